// The card of one home: who lives there, what was pressed, and the two buttons that matter. It stays with its
// home until the operator opens another; what is typed in it survives every update.
import { homeWord, kindWord, stepWord, triggerWords, workWords } from "../base/alarm_words.js";
import { actions, ordersOf } from "./card_actions.js";
import { people } from "./card_people.js";
import { find, make, setText, show } from "../base/dom.js";
import { get } from "../base/http.js";
import { alarmOf, model, onChange } from "../base/model.js";
import { soon } from "../base/soon.js";
import { refresh, showTimeline } from "./timeline.js";
import { countAll, dayAndTime } from "../base/times.js";
import { onLanguage, word } from "../base/words.js";

let current = null; // {dwelling_id, alarm_id, data, failed, parts}
let tellClosed = () => {};

export const openHome = () => current?.dwelling_id ?? null;

/** The alarm that the open card is about: open, or closed while it was looked at. */
export function alarmShown() {
  if (!current) return null;
  const { alarm_id, dwelling_id } = current;
  return model.alarms.get(alarm_id) ?? alarmOf(dwelling_id) ?? model.closed.get(alarm_id) ?? null;
}

/** Is the operator in the middle of an alarm here? Then nothing may take this card away. */
export const isBusy = () => Boolean(current && (alarmShown()?.is_open || current.parts.actions.isTouched()));

/** Open the card of a home, about this alarm or its most urgent one. */
export function open(dwelling_id, alarm_id = null) {
  const wanted = alarm_id ?? alarmOf(dwelling_id)?.alarm_id ?? null;
  if (current?.dwelling_id === dwelling_id && current.alarm_id === wanted) return;
  const isSame = current?.dwelling_id === dwelling_id;
  current = { dwelling_id, alarm_id: wanted, data: isSame ? current.data : null, failed: null, parts: frame() };
  find("side").replaceChildren(current.parts.root);
  show(find("side"), true);
  draw();
  load(current);
}

export function close() {
  current = null;
  showTimeline(null);
  find("side").replaceChildren();
  show(find("side"), false);
  tellClosed();
}

/** Press what stands on the open card under this name; false when it is not there now. */
export function press(testid) {
  const button = current?.parts.root.querySelector(`[data-testid="${testid}"]`);
  if (!button || button.closest("[hidden]")) return false;
  button.click();
  return true;
}

/** Go to a field of the open card; false when it is not there now. */
export function goTo(selector) {
  const field = current?.parts.root.querySelector(selector);
  if (!field || field.closest("[hidden]")) return false;
  field.focus();
  return true;
}

/** Go to the outcome; Enter there gives this order. */
export function beginEnd(what) {
  const may = current && ordersOf(alarmShown()).includes(what);
  if (may) current.parts.actions.begin(what);
  return Boolean(may);
}

/** On a narrow screen the card lies below the picture: go there when the operator asked for it. */
export function bringIntoSight() {
  if (matchMedia("(max-width: 860px)").matches) current?.parts.root.scrollIntoView({ block: "start" });
}

function frame() {
  const parts = {
    kind: make("span", { class: "card-kind" }),
    since: make("time", { class: "card-since", testid: "since" }),
    close: make("button", { type: "button", class: "quiet card-close", testid: "card-close", onclick: close }, "✕"),
    resident: make("h2", { class: "card-resident" }),
    address: make("p", { class: "card-address", testid: "address" }),
    trigger: make("p", { class: "card-trigger", testid: "trigger" }),
    work: make("p", { class: "card-work", testid: "work" }),
    told: make("p", { class: "card-told", testid: "told" }),
    body: make("div", { class: "card-body" }),
    actions: actions(alarmShown),
  };
  parts.head = make("div", { class: "card-head" }, parts.kind, parts.since, parts.close);
  parts.root = make("article", { class: "card", testid: "card", tabindex: "-1" },
    parts.head, parts.resident, parts.address, parts.trigger, parts.work, parts.told, parts.actions.element, parts.body);
  return parts;
}

async function load(card) {
  try {
    card.data = await get(`/api/dwellings/${encodeURIComponent(card.dwelling_id)}/card`);
    card.failed = null;
  } catch (error) {
    card.failed = error.message;
    if (error.mayRetry) setTimeout(() => current === card && load(card), 3000);
  }
  if (current === card) {
    card.bodyIsOld = true;
    draw();
  }
}

function draw() {
  if (!current) return;
  const { parts, data, dwelling_id } = current;
  const alarm = alarmShown();
  const home = model.dwellings.get(dwelling_id);
  parts.root.setAttribute("aria-label", `${word("card")} ${homeWord(dwelling_id)}`);
  parts.root.dataset.dwelling = dwelling_id;
  parts.root.dataset.step = alarm?.step ?? "none";
  setText(parts.kind, alarm ? `${kindWord(alarm)} · ${stepWord(alarm)}` : word("no_alarm_here"));
  show(parts.since, Boolean(alarm));
  if (alarm) {
    parts.since.dataset.since = alarm.activated_at ?? alarm.raised_at;
    parts.since.setAttribute("datetime", new Date(alarm.activated_at ?? alarm.raised_at).toISOString());
  }
  parts.close.setAttribute("aria-label", word("close"));
  setText(parts.resident, data?.residents?.map((one) => one.name).join("、") || alarm?.resident_name || homeWord(dwelling_id));
  setText(parts.address, data?.address ?? alarm?.address ?? homeWord(dwelling_id));
  const again = alarm && alarm.activations > 1 ? ` · ${word("again", alarm.activations)}` : "";
  setText(parts.trigger, alarm ? `${dayAndTime(alarm.activated_at ?? alarm.raised_at)} · ${triggerWords(alarm)}${again}` : word(home?.is_hub_online ? "hub_online" : "hub_offline"));
  parts.trigger.classList.toggle("is-again", Boolean(again) && alarm?.step === "raised");
  const work = alarm ? workWords(alarm) : "";
  setText(parts.work, alarm?.condition === "returned" && alarm.is_open ? `${work} ${word("returned")}`.trim() : work);
  show(parts.work, Boolean(parts.work.textContent));
  drawTold(parts.told, alarm);
  parts.actions.draw(alarm);
  showTimeline(alarm);
  if (current.bodyIsOld !== false) {
    parts.body.replaceChildren(...people(data, current.failed, () => load(current), () => {
      current.bodyIsOld = true;
      draw();
    }));
    current.bodyIsOld = false;
  }
  countAll();
}

/** Whether the home has heard how far its alarm is. */
function drawTold(element, alarm) {
  const isTelling = alarm && ["acknowledged", "on_the_way", "arrived", "cleared"].includes(alarm.step);
  show(element, Boolean(isTelling));
  if (!isTelling) return;
  const isTold = alarm.told_step === alarm.step;
  setText(element, isTold ? word("told_done", stepWord({ step: alarm.told_step })) : word("told_none"));
  element.classList.toggle("is-told", isTold);
}

/** Begin; `onClosed` is called when the operator closes the card. */
export function start(onClosed) {
  tellClosed = onClosed;
  const drawSoon = soon(draw); // a storm elsewhere is nothing to this card
  onChange(({ kind, value }) => {
    if (!current) return;
    if (kind === "alarm" && value.dwelling_id === current.dwelling_id) {
      if (current.alarm_id === null) current.alarm_id = value.alarm_id;
      if (value.alarm_id === current.alarm_id && !value.is_open) load(current);
      refresh(value);
      draw();
    } else if (kind !== "dwelling" && kind !== "technical") drawSoon();
    else if (value.dwelling_id === current.dwelling_id) drawSoon();
  });
  onLanguage(() => {
    if (current) current.bodyIsOld = true;
    draw();
  });
}
