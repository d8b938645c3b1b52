// The district's line: districts, homes and alarms first, then each change as it comes.
// Rule 1: silence of STALE_MS is a lost line. Rule 2: after a loss all is asked for anew, so that nothing falls between.
import { get } from "../base/http.js";
import { changeHome, forgetHome, gather, takeHomes } from "./homes.js";
import { model, tell } from "./state.js";

const STALE_MS = 9000; // the relay ticks every 5 s
const AGAIN_MS = 2500;
const DISTRICT_MS = 5000; // counts of hubs and of people on duty
const GATHER_MS = 200; // a few changes at once are drawn together

let source = null;
let heardAt = 0;
let openedAt = 0;
const dirty = new Set(); // communities to gather anew
let tellLine = () => {};

async function district() {
  model.district = await get("/api/district");
  tell("district");
}

async function all() {
  const [, homes, open] = await Promise.all([district(), get("/api/district/homes"), get("/api/open")]);
  model.alarms = new Map(open.alarms.map((alarm) => [alarm.alarm_id, alarm]));
  takeHomes(homes);
  tell("homes");
  tell("alarms");
}

function heard() {
  heardAt = performance.now();
  tellLine("live");
}

function listen() {
  source?.close();
  source = new EventSource("/api/events");
  openedAt = performance.now();
  const on = (name, take) => source.addEventListener(name, (event) => { heard(); take(JSON.parse(event.data)); });
  on("tick", () => {});
  on("reload", begin);
  on("dwelling", (home) => {
    const community = changeHome(home.dwelling_id, home.state);
    if (community) dirty.add(community);
  });
  on("dwelling_gone", ({ dwelling_id }) => {
    const community = forgetHome(dwelling_id);
    if (community) dirty.add(community);
  });
  on("alarm", (alarm) => {
    if (alarm.is_open) model.alarms.set(alarm.alarm_id, alarm);
    else model.alarms.delete(alarm.alarm_id);
    tell("alarms");
  });
  source.addEventListener("error", () => source.readyState === EventSource.CLOSED && setTimeout(begin, AGAIN_MS));
}

async function begin() {
  try {
    source?.close();
    listen(); // first, so that nothing falls between the two
    await all();
    heard();
  } catch (error) {
    if (error.status === undefined) throw error;
    if (error.status === 401 || error.status === 403) tellLine("refused", error.message);
    else {
      tellLine("stale", error.message);
      setTimeout(begin, AGAIN_MS);
    }
  }
}

function watch() {
  const silent_ms = performance.now() - heardAt;
  if (heardAt && silent_ms > STALE_MS) tellLine("stale", null, silent_ms);
  if (heardAt && silent_ms > STALE_MS && performance.now() - openedAt > STALE_MS) begin();
}

/** Begin, and never give up. Shape: told(state, sentence or null, silent for how many ms). */
export function start(told) {
  tellLine = told;
  setInterval(watch, 1000);
  setInterval(() => district().catch((error) => { if (error.status === undefined) throw error; }), DISTRICT_MS); // its silence is seen by the watch
  setInterval(() => {
    if (!dirty.size) return;
    gather([...dirty]);
    dirty.clear();
    tell("states");
  }, GATHER_MS);
  return begin();
}
