// The line to the relay: board first, then events from there on. It says live only while it hears something.
// Rule 1: silence of STALE_MS is a lost connection, whatever the browser believes. Rule 2: after every loss the
// board is loaded anew and the events go on from it, so that nothing falls between.
import { get } from "./http.js";
import { model, takeBoard, takeEvent } from "./model.js";
import { learn } from "./times.js";

const STALE_MS = 9000; // the relay ticks every 5 s
const AGAIN_MS = [300, 700, 1500, 3000, 4000];
const OPEN_MS = 5000;

let source = null;
let heardAt = performance.now();
let opensBy = 0;
let failures = 0;
let timer = null;
let state = "connecting"; // connecting, live, stale, signed-out
let heardId = null; // the newest event heard: what rang while the line was cut is replayed from here
let tellState = () => {};

export const silence_s = () => Math.floor((performance.now() - heardAt) / 1000);

function become(next) {
  state = next;
  tellState(next);
}

function heard() {
  heardAt = performance.now();
  failures = 0;
  if (state !== "live") become("live");
}

function again() {
  source?.close();
  source = null;
  clearTimeout(timer);
  if (state === "signed-out") return;
  timer = setTimeout(begin, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)] * (0.75 + Math.random() / 2));
  failures += 1;
}

async function begin() {
  try {
    const board = await get("/api/board");
    learn(board.server_time_ms);
    takeBoard(board);
    listen();
  } catch (error) {
    if (error.status === 401) become("signed-out");
    else again();
  }
}

function listen() {
  source?.close();
  const opened = new EventSource(`/api/events?last_event_id=${Math.min(heardId ?? Infinity, model.lastEventId)}`);
  source = opened;
  opensBy = performance.now() + OPEN_MS;
  const on = (name, take) =>
    opened.addEventListener(name, (event) => {
      if (source !== opened) return;
      heard();
      const id = event.lastEventId ? Number(event.lastEventId) : null;
      heardId = id ?? heardId;
      take(JSON.parse(event.data), id);
    });
  for (const name of ["alarm", "dwelling", "dwelling_gone", "technical", "call", "duty"]) on(name, (value, id) => takeEvent(name, id, value));
  on("tick", (value) => learn(value.server_time_ms));
  on("reload", () => {
    heardId = null; // away for too long: what is older than the board is not told any more
    again();
  });
  opened.addEventListener("error", () => {
    if (source !== opened) return;
    if (state === "live") become("connecting");
    again();
  });
}

function watch() {
  const silent = performance.now() - heardAt >= STALE_MS;
  if (silent && (state === "live" || state === "connecting")) become("stale");
  else if (state === "stale") tellState(state); // the seconds go on counting
  if (silent && source && performance.now() > opensBy) again();
}

/** Begin, and never give up; `tell` gets each state. */
export function start(tell) {
  tellState = tell;
  setInterval(watch, 1000);
  addEventListener("offline", () => state === "live" && (become("connecting"), again()));
  addEventListener("online", () => state !== "live" && state !== "signed-out" && ((failures = 0), again()));
  return begin();
}
