// The responder's page: what begins in which order; what it knows; how good the line is.
import { find, make, setText, show } from "../base/dom.js";
import * as frame from "../base/frame.js";
import { get } from "../base/http.js";
import { notice, quiet } from "../base/notices.js";
import { countAll, learn, span } from "../base/times.js";
import { onLanguage, word } from "../base/words.js";
import * as sound from "../board/sound.js";
import { drawDuty } from "./duty.js";
import { forget, keepLast, keptBy, last } from "./last.js";
import * as orders from "./orders.js";
import { codeIn } from "./scan.js";
import * as where from "./where.js";
import { drawWork, load, seenOf, stepOf } from "./work.js";

const ASK_MS = 4000;
const kept = last();
const state = { assignments: kept?.assignments ?? null, duty: kept?.duty ?? null, heardAt: kept?.at ?? null, isFresh: false, failed: null };
const panels = new Map(); // alarm_id → what is open under the hand
let known = new Set((state.assignments ?? []).map((one) => one.alarm_id));
let shown = "";
let timer = null;

const listOf = (answer) => (Array.isArray(answer) ? answer : answer.assignments).map((one) => ({ duty_phone: answer.duty_phone, ...one, ...(one.alarm ?? {}) }));

async function ask() {
  clearTimeout(timer);
  try {
    const [answer, duty] = await Promise.all([load(), get("/api/duty")]);
    if (answer.server_time_ms) learn(answer.server_time_ms);
    state.assignments = listOf(answer);
    state.duty = duty;
    state.heardAt = Date.now();
    state.isFresh = true;
    state.failed = null;
    keepLast(state.assignments, duty);
    quiet("signed-out");
    if (orders.waiting().length) orders.flush();
    callIfNew();
    where.follow(Boolean(duty.me?.is_on_duty));
  } catch (error) {
    if (error.status === undefined) throw error;
    state.isFresh = false;
    state.failed = error;
    if (error.status === 401) orders.signedOut();
    else if (error.status === 403) notice("may", () => error.message);
  }
  draw();
  timer = setTimeout(ask, ASK_MS);
}

/** A new assignment is felt and heard, where the phone allows it; the message to the telephone comes besides. */
function callIfNew() {
  const fresh = state.assignments.filter((one) => !known.has(one.alarm_id) && one.work === "ASSIGNED");
  known = new Set(state.assignments.map((one) => one.alarm_id));
  if (fresh.length) {
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([500, 200, 500, 200, 800]);
    if (sound.isArmed()) sound.loop("life");
  }
  if (!state.assignments.some((one) => stepOf(one) === "ASSIGNED")) sound.loop(null);
}

function drawLine() {
  const line = find("line");
  const count = orders.waiting().length;
  const isLost = !state.isFresh && state.heardAt !== null;
  line.dataset.state = state.failed?.status === 401 ? "signed-out" : state.isFresh && !count ? "live" : state.failed || count ? "bad" : "connecting";
  setText(line, count ? word("line_waiting", count) : isLost ? word("line_old", span(Date.now() - state.heardAt)) : word(state.isFresh ? "live" : "connecting"));
}

/** A page that cannot be heard says so; the first touch opens the sound, and lets it be heard. */
function drawSound() {
  show(find("sound"), !sound.isArmed());
}

function draw() {
  drawLine();

  drawDuty(state.duty, state.isFresh, ask);
  const text = JSON.stringify([state.assignments?.map(seenOf), orders.waiting(), [...panels].map(([id, one]) => [id, one.mode, one.health]), document.documentElement.dataset.language, state.failed?.message && state.assignments === null]);
  if (text === shown) return; // nothing moves under a hand that writes
  shown = text;
  const place = find("assignments");
  if (state.assignments === null) place.replaceChildren(make("p", { class: state.failed ? "sentence is-bad" : "room-loading" }, state.failed?.message ?? word("loading")));
  else if (!state.assignments.length) place.replaceChildren(make("p", { class: "nothing", testid: "no-work" }, word("phone_no_work")));
  else place.replaceChildren(...state.assignments.map((one) => drawWork(one, panelOf(one.alarm_id), draw)));
  countAll();
}

function panelOf(alarm_id) {
  if (!panels.has(alarm_id)) panels.set(alarm_id, { mode: null, scan: null, health: null, typed: {} });
  return panels.get(alarm_id);
}

/** Opened by the phone's own camera at a door: the code is in the address. It counts for the one door it belongs to. */
function takeDoorCode() {
  if (!location.hash.startsWith("#door=")) return;
  const code = codeIn(location.hash);
  history.replaceState(null, "", location.pathname);
  const going = (state.assignments ?? []).filter((one) => ["ASSIGNED", "ACCEPTED"].includes(stepOf(one)));
  if (going.length === 1) orders.order(going[0].alarm_id, "arrived", { by: "door", code });
  else notice("door", () => word(going.length ? "door_which" : "door_nothing"));
}

frame.start();
onLanguage(draw);
orders.start(draw);
document.querySelector(".sign-out").addEventListener("submit", (event) => {
  if (orders.waiting().length && event.target.dataset.asked !== "yes") {
    event.preventDefault();
    event.target.dataset.asked = "yes";
    notice("leaving", () => word("phone_leaving", orders.waiting().length));
  } else forget();
});
addEventListener("online", ask);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
document.addEventListener("pointerdown", () => sound.isArmed() && sound.loop(null));
// After the press has done what it was for: what it hides may not move another button under the finger.
document.addEventListener("click", () => !sound.isArmed() && sound.arm().then(() => setTimeout(drawSound, 600)));
setInterval(() => { countAll(); drawLine(); }, 1000);
drawSound();
draw();
ask().then(takeDoorCode);
navigator.serviceWorker?.register("/phone-worker.js", { scope: "/phone" })
  .then(() => navigator.serviceWorker.ready)
  .then((worker) => keptBy(worker.active))
  .catch(() => notice("worker", () => word("phone_no_worker")));
