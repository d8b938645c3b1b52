// Every open alarm on the map, drawn by itself above all else, and reached by the keyboard.
// Rule: an alarm hides no other. Where two would lie on each other, the later one stands aside on the nearest free
// place, and a line leads to its home; the most urgent ones keep their places. One whose home is not in sight waits at
// the map's edge.
import { find } from "../base/dom.js";
import { named, word } from "../base/words.js";
import { mark } from "../board/marks.js";
import { alarmAt, communityOf, model, stateOf } from "./state.js";

const SIZE_PX = 44;
const APART_PX = 48;
const RINGS = 14;
const EDGE_PX = 26;
// What lies over the map's corners already: the zoom buttons, the switch of the surroundings.
const CONTROLS = ({ x }) => [{ x: 32, y: 32 }, { x: 32, y: 78 }, { x: x - 40, y: 32 }, { x: x - 88, y: 32 }];
const ORDER = ["alarm", "pre_alarm", "acknowledged"];

/** The layer of alarms; `choose(community_id)` when one is pressed. */
export function alarmsLayer(map, choose) {
  const L = window.L;
  map.createPane("alarms");
  const layer = L.layerGroup().addTo(map);

  function draw() {
    const focused = document.activeElement?.dataset?.testid;
    layer.clearLayers();
    const size = map.getSize();
    const homes = model.alone.map((home) => ({ home, state: stateOf(home), at: map.latLngToContainerPoint([home.lat, home.lng]) }))
      .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    for (const { home, state, at, place } of apart(homes, size)) {
      const isBeyond = at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y;
      const where = map.containerPointToLatLng([place.x, place.y]);
      if (!isBeyond && (at.x !== place.x || at.y !== place.y)) {
        layer.addLayer(L.polyline([[home.lat, home.lng], where], { color: "#a30f14", weight: 2, interactive: false }));
      }
      layer.addLayer(marker(home, state, where, isBeyond, pressed));
    }
    if (focused?.startsWith("alarm-dot-")) find("map").querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  function pressed(home, isBeyond) {
    if (isBeyond) map.panTo([home.lat, home.lng], { animate: false });
    if (home.community) choose(home.community);
    find("panel-alarms")?.querySelector(`[data-alarm="${alarmAt(home.id)?.alarm_id}"]`)?.scrollIntoView({ block: "nearest" });
  }

  map.on("moveend zoomend resize", draw);
  return draw;
}

/** Give each a place of its own inside the map. Pure: points and the map's size in, points out; the first ones keep theirs. */
export function apart(homes, size) {
  const taken = CONTROLS(size);
  const isFree = (x, y) => taken.every((one) => Math.hypot(one.x - x, one.y - y) >= APART_PX);
  const within = (value, most) => Math.min(Math.max(value, EDGE_PX), most - EDGE_PX);
  return homes.map((one) => {
    const place = freePlace({ x: within(one.at.x, size.x), y: within(one.at.y, size.y) }, size, isFree);
    taken.push(place);
    return { ...one, place };
  });
}

function freePlace(at, size, isFree) {
  if (isFree(at.x, at.y)) return at;
  for (let ring = 1; ring <= RINGS; ring += 1) {
    const count = 8 * ring;
    for (let step = 0; step < count; step += 1) {
      const angle = (2 * Math.PI * step) / count;
      const [x, y] = [at.x + Math.cos(angle) * APART_PX * ring, at.y + Math.sin(angle) * APART_PX * ring];
      const isInside = x >= EDGE_PX && y >= EDGE_PX && x <= size.x - EDGE_PX && y <= size.y - EDGE_PX;
      if (isInside && isFree(x, y)) return { x, y };
    }
  }
  return at; // hundreds on one spot: the list beside the map still has each
}

function marker(home, state, place, isBeyond, pressed) {
  const alarm = alarmAt(home.id);
  const community = communityOf(home);
  const name = [word(`state_${state}`), community ? named(community, "name") : "", alarm ? named(alarm, "label") : ""].filter(Boolean).join(" · ");
  const icon = window.L.divIcon({ className: `alarm-dot alarm-${state}${isBeyond ? " is-beyond" : ""}`, html: mark(state), iconSize: [SIZE_PX, SIZE_PX] });
  const made = window.L.marker(place, { icon, pane: "alarms", keyboard: true, title: name, alt: name, zIndexOffset: (2 - ORDER.indexOf(state)) * 1000 });
  made.on("add", () => {
    const element = made.getElement();
    element.setAttribute("aria-label", name);
    element.dataset.testid = `alarm-dot-${home.id}`;
    element.dataset.state = state;
  });
  made.on("click", () => pressed(home, isBeyond));
  return made;
}
