// The health of hubs and of what hangs on them. Those that cannot carry a call come first; a home that is well needs
// nobody's eyes. Whoever answers for the community also widens new firmware here and puts a lost hub out.
import { make } from "../base/dom.js";
import { get } from "../base/http.js";
import { span, now } from "../base/times.js";
import { hasWord, named, word } from "../base/words.js";
import { fill } from "../parts/room.js";
import { facts, table } from "../parts/table.js";
import { claims, revocation, said } from "./fleet.js";
import { looked, updates } from "./updates.js";

const BATTERY_LOW_PCT = 20;
const WEAK_DBM = -80;
let filter = "all";
let sought = "";
let may = [];
const open = new Set(); // hubs whose devices are shown

/** What this role may see of it: an operator the hubs alone. */
async function load() {
  may = (await get("/api/me")).may ?? [];
  const [hubs, claimed, builds] = await Promise.all([get("/api/hubs"), may.includes("install") ? get("/api/claims") : null, may.includes("updates") ? get("/api/updates") : null]);
  return { hubs, claimed, builds, looked: builds && (await looked()) };
}

const heard = (at) => (at ? word("ago", span(now() - at)) : word("never"));
const kindOf = (kind) => (hasWord(`device_${kind}`) ? word(`device_${kind}`) : kind);

/** What is not well with a hub, worst first. Shape: [[look, key of a word, …], …]. */
export function faults(hub) {
  const found = [];
  if (!hub.is_online) found.push(["bad", "hub_offline"]);
  if (hub.mains === false || hub.mains === 0) found.push(["warning", "fault_on_battery"]);
  if (hub.battery_pct !== null && hub.battery_pct !== undefined && hub.battery_pct < BATTERY_LOW_PCT) found.push(["warning", "fault_battery", hub.battery_pct]);
  const overdue = hub.devices.filter((device) => device.is_overdue).length;
  if (overdue) found.push(["bad", "fault_devices_silent", overdue]);
  const flat = hub.devices.filter((device) => device.battery_pct !== null && device.battery_pct !== undefined && device.battery_pct < BATTERY_LOW_PCT).length;
  if (flat) found.push(["warning", "fault_devices_battery", flat]);
  if (hub.rssi_dbm !== null && hub.rssi_dbm !== undefined && hub.rssi_dbm < WEAK_DBM) found.push(["warning", "fault_weak", hub.rssi_dbm]);
  return found;
}

const weight = (hub) => faults(hub).reduce((sum, [look]) => sum + (look === "bad" ? 100 : 1), 0);
const tags = (list) => (list.length ? list.map(([look, key, ...given]) => make("span", { class: "tag", "data-look": look }, `${look === "bad" ? "✕" : "▲"} ${word(key, ...given)}`)) : [make("span", { class: "tag", "data-look": "good" }, `● ${word("well")}`)]);

function draw({ hubs, claimed, builds }) {
  const ill = hubs.filter((hub) => weight(hub) > 0);
  const shown = (filter === "ill" ? ill : hubs)
    .filter((hub) => `${hub.label} ${hub.label_en ?? ""} ${hub.hub_id}`.toLowerCase().includes(sought.trim().toLowerCase()))
    .sort((a, b) => weight(b) - weight(a) || a.label.localeCompare(b.label, "zh", { numeric: true }));
  return [said(), figures(hubs, ill), tools(hubs, ill), table({
    caption: word("nav_hubs"), testid: "hub-table", rows: shown, empty: word("hubs_none"),
    rowTestid: (hub) => `hub-${hub.hub_id}`, rowState: (hub) => (faults(hub).some(([look]) => look === "bad") ? "bad" : null),
    columns: [
      { word: "home", isHead: true, cell: (hub) => [named(hub, "label"), make("br"), make("small", {}, hub.hub_id)] },
      { word: "hub_state", cell: (hub) => make("span", { class: "tags" }, ...tags(faults(hub))) },
      { word: "heard", cell: (hub) => heard(hub.heard_at) },
      { word: "firmware", cell: (hub) => [hub.firmware ?? "—", hub.micropython ? make("small", {}, ` ${hub.micropython}`) : null].filter(Boolean) },
      { word: "devices", cell: (hub) => devices(hub) },
    ],
  }), builds && updates(builds, room), claimed && claims(claimed, room.again)].filter(Boolean);
}

function figures(hubs, ill) {
  const online = hubs.filter((hub) => hub.is_online).length;
  const one = (value, key, look) => make("div", { class: "figure", "data-look": look }, make("strong", {}, String(value)), make("span", {}, word(key)));
  return make("div", { class: "figures" }, one(hubs.length, "hubs_all"), one(hubs.length - online, "figure_offline", hubs.length - online ? "bad" : "good"), one(ill.length, "hubs_ill"));
}

function tools(hubs, ill) {
  const choice = (key, label) => make("button", { type: "button", testid: `filter-${key}`, "aria-pressed": String(filter === key), onclick: () => { filter = key; room.show(); } }, label);
  const search = make("input", { type: "search", id: "hub-search", value: sought, testid: "hub-search", oninput: () => { sought = search.value; room.show(); } });
  return make("div", { class: "row" }, make("div", { class: "segments" }, choice("all", `${word("all")} ${hubs.length}`), choice("ill", `${word("hubs_ill")} ${ill.length}`)),
    make("label", { class: "grow search" }, make("span", {}, word("place_search")), search));
}

/** What hangs on a hub and how it is itself: made when somebody looks, because a community has two thousand. */
function devices(hub) {
  const element = make("details", { open: open.has(hub.hub_id), testid: `devices-${hub.hub_id}` }, make("summary", {}, word("devices_count", hub.devices.length)));
  const fillIn = () => element.children.length === 1 && element.append(...inside(hub));
  element.addEventListener("toggle", () => {
    if (!element.open) return void open.delete(hub.hub_id);
    open.add(hub.hub_id);
    fillIn();
  });
  if (element.open) fillIn();
  return element;
}

const orDash = (value, text) => (value === null || value === undefined ? "—" : text(value));

function inside(hub) {
  const list = table({
    caption: `${named(hub, "label")} ${word("devices")}`, rows: hub.devices, empty: word("devices_none"),
    rowState: (device) => (device.is_overdue ? "bad" : null),
    columns: [
      { word: "device", isHead: true, cell: (device) => `${kindOf(device.kind)} ${device.label ?? ""}` },
      { word: "heard", cell: (device) => [heard(device.heard_at), device.is_overdue ? make("span", { class: "tag", "data-look": "bad" }, `✕ ${word("sensor_silent")}`) : null].filter(Boolean) },
      { word: "battery", isNumber: true, cell: (device) => orDash(device.battery_pct, (pct) => `${pct} %`) },
    ],
  });
  const more = facts([
    ["mains", orDash(hub.mains, (isOn) => word(isOn ? "mains_on" : "mains_off"))],
    ["battery", orDash(hub.battery_pct, (pct) => `${pct} %`)],
    ["signal", orDash(hub.rssi_dbm, (dbm) => `${dbm} dBm`)],
    ["heap_free", orDash(hub.heap_free, (bytes) => `${Math.round(bytes / 1024)} KB`)],
    ["resets", orDash(hub.resets, String)],
  ]);
  return [list, more, ...(may.includes("revoke") ? [revocation(hub, room.again)] : [])];
}

const room = fill({ load, draw, every_ms: 6000 });
