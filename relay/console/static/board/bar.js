// The bar that never lies: is the sound armed and really coming out, is the line live, is this computer's clock right.
import { find, setText, show } from "../base/dom.js";
import { post } from "../base/http.js";
import { model, onChange, sounding, tell } from "../base/model.js";
import { notice, quiet } from "../base/notices.js";
import * as stream from "../base/stream.js";
import { clockDiffers, clockSentence, countAll, now, timeOfDay } from "../base/times.js";
import { named, onLanguage, word } from "../base/words.js";
import * as sound from "./sound.js";

const LOST_SOUND_S = 20;
const root = document.documentElement;
let state = "connecting";
let onStart = () => {};

const consoleId = crypto.randomUUID?.() ?? `console-${Date.now()}-${Math.floor(Math.random() * 1e9)}`; // only with https
const SAY_MS = 15000;
let said = { isArmed: null, at: 0 };

/** Would an alarm be heard here? */
const isHeardHere = () => sound.isArmed() && !sound.isSilent();

/** Tell the relay whether an alarm would be heard here: without any such console it calls the next person at once. */
function sayArmed() {
  const isArmed = isHeardHere();
  if (isArmed === said.isArmed && Date.now() - said.at < SAY_MS) return;
  said = { isArmed, at: Date.now() };
  post("/api/console", { console_id: consoleId, is_armed: isArmed }).catch(() => {
    said.at = Date.now() - SAY_MS + 3000; // the bar says that the line is cut; try again soon
  });
}

function drawSound() {
  const isArmed = sound.isArmed();
  const bar = find("sound-bar");
  bar.dataset.armed = String(isHeardHere());
  bar.dataset.playing = sound.playingNow() ?? "";
  bar.dataset.heardAt = String(sound.heardAt() ?? "");
  setText(find("sound-text"), word(!isArmed ? "sound_off" : sound.isSilent() ? "sound_silent" : sound.playingNow() ? "sound_playing" : "sound_on"));
  if (find("arm-sound")) setText(find("arm-sound"), word(isArmed ? "test_tone" : "start_shift"));
}

/** What must be heard now: the gravest alarm that nobody has acknowledged, else a lost line. */
export function hear() {
  sayArmed();
  const [first] = sounding();
  const isLost = state === "signed-out" || (state === "stale" && stream.silence_s() >= LOST_SOUND_S);
  sound.loop(first ? sound.soundOf(first.kind) : isLost ? "lost" : null);
  drawSound();
}

function drawConnection() {
  const element = find("connection");
  element.dataset.state = state;
  const sentence = { live: "live", connecting: "connecting", stale: "stale", "signed-out": "signed_out" }[state];
  setText(find("connection-text"), word(sentence, stream.silence_s()));
  root.classList.toggle("is-cut", state === "stale" || state === "signed-out");
  if (state === "signed-out") {
    notice("signed-out", () => word("signed_out"), { remedy: { text: () => word("sign_in_again"), href: `/sign-in?next=${location.pathname}` } });
  }
}

function drawClock() {
  setText(find("clock"), timeOfDay(now()));
  show(find("clock-differs"), clockDiffers());
  if (clockDiffers()) setText(find("clock-differs"), clockSentence());
}

function drawNames() {
  if (model.community) setText(find("community"), named(model.community, "name"));
  if (model.me && find("me")) setText(find("me"), named(model.me, "display_name"));
}

/** The stream's state has changed, or its silence grows. */
export function connectionIs(next) {
  state = next;
  drawConnection();
  tell("connection");
}

/** Start of shift: the test tone, and the question whether it was heard. */
export async function armSound() {
  const isRunning = await sound.arm();
  if (isRunning) {
    quiet("sound");
    show(find("heard"), true);
    onStart();
  } else notice("sound", () => word("sound_broken"));
  hear();
}

async function answered(isHeard) {
  show(find("heard"), false);
  if (isHeard) return quiet("sound");
  await sound.disarm(); // this console counts as one that nobody hears
  notice("sound", () => word("sound_not_heard"));
  hear();
}

/** Begin; `started` is called when somebody starts the shift. */
export function start(started) {
  onStart = started;
  sound.onArmed(hear);
  find("arm-sound")?.addEventListener("click", armSound);
  find("heard-yes")?.addEventListener("click", () => answered(true));
  find("heard-no")?.addEventListener("click", () => answered(false));
  setInterval(() => {
    find("sound-bar").dataset.level = sound.level().toFixed(2);
    drawClock();
    countAll();
    sayArmed();
  }, 1000);
  onChange(({ kind }) => {
    if (kind === "dwelling" || kind === "technical") return; // neither makes a sound
    drawNames();
    hear();
  });
  const all = () => [drawSound, drawConnection, drawClock, drawNames].forEach((draw) => draw());
  onLanguage(all);
  all();
}
