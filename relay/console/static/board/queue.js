// The open alarms at the side: always there, life first. A new one never takes the operator's card away; it
// comes to the top of this list with a loud mark until its card was opened or somebody acknowledged it.
import { homeWord, kindWord, nextWords, stepWord, workWords } from "../base/alarm_words.js";
import { find, make, setText, show } from "../base/dom.js";
import { model, onChange, queued } from "../base/model.js";
import { soon } from "../base/soon.js";
import { countAll } from "../base/times.js";
import { onLanguage, word } from "../base/words.js";
import { orderWord, pendingOf } from "./orders.js";

const STORM = 12; // so many that call at once stand still: colour, shape and sound are enough
const items = new Map(); // alarm_id → element parts
const seen = new Map(); // alarm_id → activations the operator has looked at
let open = () => {}; // null on a wall, where nothing is pressed
let openedAlarm = null;

/** Remember which alarm's card is open. */
export function opened(alarm_id) {
  openedAlarm = alarm_id;
  const alarm = model.alarms.get(alarm_id);
  if (alarm) seen.set(alarm_id, alarm.activations);
  drawSoon();
}

/** The alarm that needs somebody most and is not the one that is open, if there is another; null when nobody waits. */
export function nextWaiting() {
  const waiting = queued().filter((alarm) => alarm.sound);
  return waiting.find((alarm) => alarm.alarm_id !== openedAlarm) ?? waiting[0] ?? null;
}

/** The alarm below (1) or above (-1) the one that is open. */
export function beside(way) {
  const alarms = queued();
  const at = alarms.findIndex((alarm) => alarm.alarm_id === openedAlarm);
  return at < 0 ? (alarms[0] ?? null) : (alarms[at + way] ?? null);
}

/** Bring the item of this alarm into sight within the list. */
export function bringIntoSight(alarm_id) {
  items.get(alarm_id)?.element.scrollIntoView({ block: "nearest" });
}

const drawSoon = soon(draw);

const isNew = (alarm) => alarm.sound && (seen.get(alarm.alarm_id) ?? 0) < alarm.activations;

function itemOf(alarm) {
  if (items.has(alarm.alarm_id)) return items.get(alarm.alarm_id);
  const part = {
    mark: make("span", { class: "item-mark" }),
    kind: make("span", { class: "item-kind" }),
    since: make("time", { class: "item-since" }),
    home: make("span", { class: "item-home" }),
    step: make("span", { class: "item-step" }),
    what: make("span", {}),
    until: make("time", { class: "until" }),
  };
  part.next = make("span", { class: "item-next" }, part.what, part.until);
  const pressed = open && { type: "button", onclick: () => open(model.alarms.get(alarm.alarm_id) ?? alarm) };
  part.button = make(open ? "button" : "div", { class: "item", testid: `queue-item-${alarm.alarm_id}`, ...pressed }, make("span", { class: "item-head" }, part.mark, part.kind, part.since),
  make("span", { class: "item-rest" }, part.home, part.step), part.next);
  part.element = make("li", {}, part.button);
  items.set(alarm.alarm_id, part);
  return part;
}

function draw() {
  const alarms = queued();
  const ids = new Set(alarms.map((alarm) => alarm.alarm_id));
  for (const [id, part] of items) {
    if (!ids.has(id)) {
      part.element.remove();
      items.delete(id);
      seen.delete(id);
    }
  }
  const list = find("queue-list");
  alarms.forEach((alarm, index) => {
    const part = itemOf(alarm);
    setText(part.mark, isNew(alarm) ? word("new_mark") : "");
    setText(part.kind, kindWord(alarm));
    part.since.dataset.since = alarm.activated_at ?? alarm.raised_at;
    setText(part.home, [homeWord(alarm.dwelling_id), alarm.resident_name].filter(Boolean).join(" · "));
    const again = alarm.activations > 1 ? ` · ${word("again", alarm.activations)}` : "";
    const pending = pendingOf(alarm.alarm_id);
    const said = pending ? word("order_sending", orderWord(pending.what)) : workWords(alarm) || stepWord(alarm);
    setText(part.step, said + again);
    const next = nextWords(alarm, model.plan);
    show(part.next, Boolean(next && alarm.next_at));
    setText(part.what, next);
    if (alarm.next_at) part.until.dataset.until = String(alarm.next_at);
    part.button.dataset.step = alarm.step;
    part.button.dataset.kind = alarm.kind;
    part.button.classList.toggle("is-new", isNew(alarm));
    if (open) part.button.setAttribute("aria-pressed", String(alarm.alarm_id === openedAlarm));
    if (list.children[index] !== part.element) list.insertBefore(part.element, list.children[index] ?? null);
  });
  setText(find("queue-count"), alarms.length ? String(alarms.length) : "");
  show(find("queue-empty"), alarms.length === 0);
  const homes = [...model.dwellings.values()];
  const online = homes.filter((home) => home.is_hub_online).length;
  const silent = homes.length - online; // from these no call would come
  const isCut = document.documentElement.classList.contains("is-cut"); // then calm would be a lie
  find("queue-empty").classList.toggle("is-unknown", isCut);
  if (isCut) setText(find("queue-empty"), word("queue_unknown"));
  else if (model.community) setText(find("queue-empty"), [word("queue_calm", homes.length, online), silent ? word("queue_silent", silent) : ""].filter(Boolean).join(" "));
  find("queue-empty").classList.toggle("is-doubtful", !isCut && silent * 10 >= homes.length && silent > 0);
  const loud = alarms.filter((alarm) => alarm.sound).length;
  find("queue").classList.toggle("is-loud", loud > 0);
  document.body.classList.toggle("is-storm", loud > STORM); // a hundred pulses help nobody and hold an old computer
  if (open) {
    show(find("bar-alarms"), loud > 0);
    setText(find("bar-alarms"), `${word("state_alarm")} ${loud}`);
  }
  document.title = loud ? word("title_alarms", loud) : `${word("board_title")} · ${word("brand")}`;
  countAll();
}

/** The newest call is at the top: show the top. */
export function toTop() {
  find("queue-list").scrollTop = 0;
}

/** Begin; `onOpen` gets the alarm whose item was pressed; null: items are no buttons. */
export function start(onOpen) {
  open = onOpen;
  find("bar-alarms")?.addEventListener("click", () => {
    scrollTo({ top: 0 });
    toTop();
    find("queue-list").querySelector("button")?.focus();
  });
  onChange(drawSoon);
  onLanguage(draw);
}
