// The board begins here, in this order: words, stage, queue, card, sound, and last the line to the relay.
import { homeWord, kindWord, stepWord } from "../base/alarm_words.js";
import * as bar from "./bar.js";
import * as card from "../card/card.js";
import { find, setText, show } from "../base/dom.js";
import * as frame from "../base/frame.js";
import * as duty from "./duty.js";
import * as gestures from "./gestures.js";
import * as hotline from "./hotline.js";
import * as keys from "./keys.js";
import { get } from "../base/http.js";
import { model, onChange, queued, tell } from "../base/model.js";
import * as orders from "./orders.js";
import * as queue from "./queue.js";
import * as search from "./search.js";
import * as settings from "./settings.js";
import * as stage from "./stage.js";
import * as stream from "../base/stream.js";
import * as technical from "./technical.js";
import { onLanguage, word } from "../base/words.js";

function openCard(dwelling_id, alarm_id = null) {
  settings.toggle(false);
  card.open(dwelling_id, alarm_id);
  stage.showChosen(dwelling_id);
  queue.opened(card.alarmShown()?.alarm_id ?? null);
}

const watching = { press: (dwelling_id) => dwelling_id && openCard(dwelling_id), drag: null, key: null };

/** A new alarm, or one pressed again, opens its card unless the operator is working in another. */
function raised(alarm, before) {
  const isNew = alarm.is_open && alarm.sound && (!before?.sound || alarm.activations > before.activations);
  if (!isNew) return;
  setText(find("announce"), word("live_alarm", kindWord(alarm), homeWord(alarm.dwelling_id), stepWord(alarm)));
  queue.toTop();
  if (!settings.isOn() && !card.isBusy()) openCard(alarm.dwelling_id, alarm.alarm_id);
}

async function whoAmI() {
  try {
    model.me = await get("/api/me");
    show(find("settings-button"), model.me.may ? model.me.may.includes("place") : model.me.role === "operator");
    tell("me");
  } catch (error) {
    if (error.mayRetry) setTimeout(whoAmI, 2000);
    else if (error.status !== 401) throw error; // 401 is told by the stream
  }
}

frame.start();
stage.start();
gestures.start();
gestures.mean(watching);
queue.start((alarm) => {
  openCard(alarm.dwelling_id, alarm.alarm_id);
  card.bringIntoSight();
});
card.start(() => {
  stage.showChosen(null);
  queue.opened(null);
});
settings.start((isOn) => {
  if (isOn) card.close();
  gestures.mean(isOn ? settings.meaning : watching);
  stage.showChosen(null);
}, stage.showChosen);
technical.start();
search.start(openCard);
hotline.start(openCard);
duty.start();

function openAlarm(alarm) {
  if (!alarm) return false;
  openCard(alarm.dwelling_id, alarm.alarm_id);
  queue.bringIntoSight(alarm.alarm_id);
  card.bringIntoSight();
}

keys.define([
  ["n", "key_next", () => openAlarm(queue.nextWaiting())],
  ["j", "key_down", () => openAlarm(queue.beside(1))],
  ["k", "key_up", () => openAlarm(queue.beside(-1))],
  ["a", "acknowledge", () => card.press("acknowledge")],
  ["s", "send", () => card.goTo('[data-testid="responder"]')],
  ["y", "accept", () => card.press("accept")],
  ["e", "decline", () => card.press("decline")],
  ["d", "arrived", () => card.press("arrived")],
  ["r", "resolve", () => card.beginEnd("resolve")],
  ["x", "clear", () => card.beginEnd("clear")],
  ["c", "key_call", () => card.goTo("a[href^='tel:']")],
  ["m", "message", () => card.press("message")],
  ["l", "record", () => card.press("record")],
  ["g", "merge", () => card.press("merge")],
  ["u", "release", () => card.press("release")],
  ["o", "reopen", () => card.press("reopen")],
  ["h", "health_open", () => card.press("health-open")],
  ["p", "key_hotline", () => hotline.takeNewest()],
  ["/", "search", () => find("search").focus()],
  ["t", "test_tone", () => void bar.armSound()],
  ["Escape", "key_close", () => card.close()],
]);
keys.start();
stage.onChoose((dwelling_id) => (settings.isOn() ? settings.choose(dwelling_id) : openCard(dwelling_id)));
bar.start(duty.begin);
let isFirst = true;
onChange(({ kind, value, before }) => {
  if (kind === "board" && isFirst) {
    isFirst = false;
    const asked = new URLSearchParams(location.search).get("home"); // from a building's door or the list of people
    if (model.dwellings.has(asked)) openCard(asked);
    orders.resume();
  }
  if (kind === "alarm") raised(value, before);
  else if (kind === "board" && before) for (const alarm of queued()) raised(alarm, before.get(alarm.alarm_id));
});
onLanguage(() => setText(find("announce"), ""));

async function learnPlan() {
  try {
    model.plan = (await get("/api/plan")).steps;
    tell("plan");
  } catch (error) {
    if (error.mayRetry) setTimeout(learnPlan, 5000);
  }
}

whoAmI();
learnPlan();
stream.start(bar.connectionIs);
