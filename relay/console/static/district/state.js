// What the district's page knows. Whoever changes it tells the listeners which part.
const listeners = new Set();

export const model = {
  district: null, // {district, communities}
  homes: new Map(), // dwelling_id → {id, lat, lng, state, community}
  alone: [], // homes drawn outside every cluster
  clusters: new Map(), // community_id → supercluster
  alarms: new Map(), // open ones of the whole district
  chosen: null, // community_id
  detail: null, // the chosen community's people and alarms
  surroundings: null,
};

export const onChange = (listener) => listeners.add(listener);

export function tell(kind) {
  for (const listener of listeners) listener(kind);
}

const communityBy = (community_id) => model.district?.communities.find((one) => one.community_id === community_id) ?? null;

/** The community of a home on the map, or of an alarm. */
export const communityOf = (thing) => communityBy(thing.community ?? thing.community_id);

/** Homes that are counted but have no place on the ground. */
export const unplaced = () => (model.district?.communities ?? []).reduce((sum, one) => sum + one.homes, 0) - model.homes.size;

/** The state of a home that is drawn by itself: its alarm knows better than the points, which are from afar. */
export function stateOf(home) {
  const alarm = alarmAt(home.id);
  if (!alarm) return home.state;
  return alarm.sound ? "alarm" : alarm.step === "pre_alarm" ? "pre_alarm" : "acknowledged";
}

/** The open alarm of a home that needs a person most, or null. */
export function alarmAt(dwelling_id) {
  const here = [...model.alarms.values()].filter((alarm) => alarm.dwelling_id === dwelling_id);
  return here.sort((a, b) => Number(b.sound) - Number(a.sound) || a.raised_at - b.raised_at)[0] ?? null;
}
