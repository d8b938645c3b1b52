// The wall board: the picture, who calls, who is on duty, and whether any of it can be trusted. Nothing to press: any
// press at all arms the sound, and a kiosk's browser that allows sound needs none.
import { homeWord, kindWord, stepWord } from "../base/alarm_words.js";
import { find, setText, show } from "../base/dom.js";
import { followTheNight } from "../base/frame.js";
import { get } from "../base/http.js";
import { model, onChange, tell } from "../base/model.js";
import * as stream from "../base/stream.js";
import { now } from "../base/times.js";
import { language, onLanguage, word } from "../base/words.js";
import * as bar from "./bar.js";
import * as duty from "./duty.js";
import * as queue from "./queue.js";
import * as sound from "./sound.js";
import * as stage from "./stage.js";

const RELOAD_MS = 6 * 3600 * 1000; // a wall that nobody touches learns of a new version

function drawDate() {
  const locale = language() === "zh" ? "zh-CN" : "en-GB";
  setText(find("wall-date"), new Date(now()).toLocaleDateString(locale, { month: "long", day: "numeric", weekday: "long" }));
}

function drawTechnical() {
  show(find("wall-technical"), model.technical.size > 0);
  setText(find("wall-technical"), `${word("technical")} ${model.technical.size}`);
}

async function learn(path, take) {
  try {
    take(await get(path));
  } catch (error) {
    if (error.mayRetry) setTimeout(() => learn(path, take), 4000);
  }
}

async function arm() {
  await sound.arm();
  bar.hear();
}

async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // a screen that may sleep is the computer's own setting: nothing to do about it from a page
  }
}

stage.start();
queue.start(null);
duty.start();
bar.start(() => {});
for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => !sound.isArmed() && arm());
document.addEventListener("visibilitychange", () => !document.hidden && stayAwake());
onChange(({ kind, value, before }) => {
  drawTechnical();
  show(find("wall-how"), !sound.isArmed());
  if (kind === "alarm" && value.sound && !before?.sound) {
    setText(find("announce"), word("live_alarm", kindWord(value), homeWord(value.dwelling_id), stepWord(value)));
    queue.toTop();
  }
});
onLanguage(drawDate);
setInterval(drawDate, 30_000);
setInterval(followTheNight, 30_000);
setInterval(() => model.alarms.size === 0 && location.reload(), RELOAD_MS);
drawDate();
followTheNight();
arm();
stayAwake();
learn("/api/me", (me) => {
  model.me = me;
  tell("me");
});
learn("/api/plan", (plan) => {
  model.plan = plan.steps;
  tell("plan");
});
stream.start(bar.connectionIs);
