// The strip at the top of every page that is not the board: whoever looks at numbers or people still sees that
// somebody calls. It asks instead of holding a stream: a browser keeps six lines to one server for all its tabs, and
// a seventh tab with a stream would stand still.
// Rule 1: what was not heard for STALE_MS is not shown as calm.
import { kindWord } from "./alarm_words.js";
import { find, setText } from "./dom.js";
import { get } from "./http.js";
import { named, onLanguage, word } from "./words.js";

const ASK_MS = 3000;
const STALE_MS = 9000;
const strip = find("strip");
const title = document.title;
let heardAt = performance.now();
let last = null; // what the relay said last
let hasEnded = false; // signed out

function stateNow() {
  if (hasEnded) return "signed-out";
  if (performance.now() - heardAt >= STALE_MS) return "stale";
  if (last === null) return "connecting";
  return last.alarms.some((alarm) => alarm.sound) ? "alarm" : last.alarms.length ? "taken" : "calm";
}

function sentence(state) {
  if (state === "signed-out") return word("signed_out");
  if (state === "stale") return word("strip_stale", Math.floor((performance.now() - heardAt) / 1000));
  if (state === "connecting") return word("connecting");
  if (state === "calm") return word("strip_calm");
  if (state === "taken") return word("strip_taken", last.alarms.length);
  const waiting = last.alarms.filter((alarm) => alarm.sound);
  const [first] = waiting;
  return word("strip_alarm", waiting.length, `${named(first, "label")} ${kindWord(first)}`);
}

function draw() {
  const state = stateNow();
  strip.dataset.state = state;
  strip.href = state === "signed-out" ? `/sign-in?next=${encodeURIComponent(location.pathname)}` : "/";
  const text = sentence(state);
  if (state === "alarm" && find("strip-text").textContent !== text) setText(find("announce"), text);
  setText(find("strip-text"), text);
  const waiting = state === "alarm" ? last.alarms.filter((alarm) => alarm.sound).length : 0;
  document.title = waiting ? word("title_alarms", waiting) : title;
}

async function ask() {
  try {
    last = await get("/api/open");
    heardAt = performance.now();
  } catch (error) {
    if (error.status === 401) hasEnded = true; // the page says so; anything else is shown by its silence
  }
  draw();
  if (!hasEnded) setTimeout(ask, ASK_MS);
}

export function start() {
  onLanguage(draw);
  setInterval(draw, 1000);
  ask();
}
