// The homes of the district as numbers: where they lie, in which state, in which community. It draws nothing.
// Rule 1: a home with an open alarm is never inside a cluster: it is taken out of them and drawn by itself.
// Rule 2: a cluster never mixes communities, because each has its own staff: every community is clustered by itself,
// which also means that a change in one costs a few hundred homes and not thirty thousand.
import { model } from "./state.js";

const ALONE = new Set(["alarm", "pre_alarm", "acknowledged"]);
const CLUSTER_PX = 60;
export const ZOOM_MIN = 8; // farther out there is nothing to see, and every level costs its share of the start
const ALONE_FROM_ZOOM = 17; // from here on every home is drawn for itself
const members = new Map(); // community_id → its homes

/** Shape: homes.rows [[dwelling_id, latitude, longitude, state, index into homes.communities], …] as homes.fields says. */
export function takeHomes(homes) {
  const at = Object.fromEntries(homes.fields.map((name, index) => [name, index]));
  const [id, lat, lng, state, community] = ["dwelling_id", "latitude", "longitude", "state", "community"].map((name) => at[name]);
  model.homes = new Map();
  members.clear();
  for (const row of homes.rows) {
    const home = { id: row[id], lat: row[lat], lng: row[lng], state: row[state], community: homes.communities[row[community]] };
    model.homes.set(home.id, home);
    if (!members.has(home.community)) members.set(home.community, []);
    members.get(home.community).push(home);
  }
  model.clusters.clear();
  gather(members.keys());
}

/** Cluster these communities anew. */
export function gather(communities) {
  for (const community of communities) {
    const calm = members.get(community).filter((home) => !ALONE.has(home.state))
      .map((home) => ({ type: "Feature", properties: home, geometry: { type: "Point", coordinates: [home.lng, home.lat] } }));
    const index = new window.Supercluster({
      radius: CLUSTER_PX, minZoom: ZOOM_MIN, maxZoom: ALONE_FROM_ZOOM - 1, minPoints: 3, extent: 256, nodeSize: 64,
      map: (home) => ({ offline: home.state === "offline" ? 1 : 0 }),
      reduce: (sum, one) => { sum.offline += one.offline; },
    });
    model.clusters.set(community, index.load(calm));
  }
  model.alone = [...model.homes.values()].filter((home) => ALONE.has(home.state));
}

/** A home's state has changed; the community to gather anew, or null. */
export function changeHome(dwelling_id, state) {
  const home = model.homes.get(dwelling_id);
  if (!home || home.state === state) return null;
  home.state = state;
  return home.community;
}

/** A home was taken out; the community to gather anew, or null. */
export function forgetHome(dwelling_id) {
  const home = model.homes.get(dwelling_id);
  if (!home) return null;
  model.homes.delete(dwelling_id);
  members.set(home.community, members.get(home.community).filter((one) => one !== home));
  return home.community;
}

/** The outline of each community: the hull of its homes, as [lat, lng]. Shape: community_id → ring. */
export function outlines() {
  return new Map([...members].map(([community_id, list]) =>
    [community_id, hull(list.map((home) => [home.lng, home.lat])).map(([lng, lat]) => [lat, lng])]));
}

/** The convex hull, by Andrew's monotone chain. */
export function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const cross = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const found = [];
    for (const point of list) {
      while (found.length >= 2 && cross(found.at(-2), found.at(-1), point) <= 0) found.pop();
      found.push(point);
    }
    return found.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}
