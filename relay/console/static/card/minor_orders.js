// The orders that need a word of reason (give back, decline, reopen), the merging of two alarms of one home, an operator's
// own short message, and the alarm's life to take along. Each is behind a small button; its form opens in place and covers nothing.
import { kindWord } from "../base/alarm_words.js";
import { make, setText, show } from "../base/dom.js";
import { post } from "../base/http.js";
import { model } from "../base/model.js";
import { timeOfDay } from "../base/times.js";
import { word } from "../base/words.js";
import { order } from "../board/orders.js";
import { exportForm } from "./export_form.js";
import { keyed } from "./keyed.js";

const KEYS = { decline: "e", release: "u", reopen: "o", merge: "g", message: "m", record: "l" };
const REASONS = { decline: ["busy", "too_far"], release: ["end_of_shift", "called_away"], reopen: ["closed_too_soon", "called_again"] };
const MESSAGES = ["call_me", "on_way", "bring_key"];

/** The other open alarm of this home that this one can be merged into: the one that was there first. */
export function mergeTarget(alarm) {
  const others = [...model.alarms.values()].filter((other) =>
    other.dwelling_id === alarm.dwelling_id && other.alarm_id !== alarm.alarm_id && other.step !== "pre_alarm");
  return others.sort((a, b) => a.alarm_id - b.alarm_id)[0] ?? null;
}

function chips(keys, input) {
  return make("span", { class: "chips chips-words" }, ...keys.map((key) =>
    make("button", { type: "button", class: "chip", onclick: () => { input.value = word(key); input.focus(); } }, word(key))));
}

function reasonForm(what, alarmNow, close) {
  const input = make("input", { testid: "reason", maxlength: "200", required: "", "aria-label": word(`${what}_why`) });
  const form = make("form", { class: "minor-form", testid: `${what}-form` },
    make("label", { class: "field" }, make("span", {}, word(`${what}_why`)), input),
    chips(REASONS[what].map((one) => `reason_${one}`), input),
    make("button", { type: "submit", class: "primary" }, word(what)),
    make("button", { type: "button", class: "quiet", onclick: close }, word("not_now")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input.value.trim()) return input.focus();
    order(alarmNow(), what, { reason: input.value.trim() });
    close();
  });
  return { form, input };
}

function messageForm(alarmNow, close) {
  const to = make("select", { testid: "message-to" }, make("option", { value: "family" }, word("message_family")));
  if (alarmNow()?.assigned_to) to.append(make("option", { value: "responder" }, word("message_responder")));
  const input = make("input", { testid: "message-text", maxlength: "40", required: "" });
  const said = make("p", { class: "sentence", role: "status", hidden: true });
  const form = make("form", { class: "minor-form", testid: "message-form" },
    make("label", { class: "field" }, make("span", {}, word("message_to")), to),
    make("label", { class: "field" }, make("span", {}, word("message_text")), input),
    chips(MESSAGES.map((one) => `message_${one}`), input), said,
    make("button", { type: "submit", class: "primary" }, word("message_send")),
    make("button", { type: "button", class: "quiet", onclick: close }, word("not_now")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (input.value.trim().length < 2) return input.focus();
    try {
      const { sent_to } = await post(`/api/alarms/${alarmNow().alarm_id}/message`, { to: to.value, text: input.value.trim() });
      input.value = "";
      setText(said, word("message_sent", sent_to));
    } catch (error) {
      setText(said, error.message); // what was typed stays
    }
    show(said, true);
  });
  return { form, input: to };
}

/** Shape: element, draw(alarm, allowed), isTouched(). */
export function minorOrders(alarmNow) {
  const row = make("div", { class: "minor-row" });
  const place = make("div", { class: "minor-place" });
  let opened = null; // {what, form, input}
  const buttons = Object.fromEntries(Object.keys(KEYS).map((what) => {
    const one = keyed(KEYS[what], { type: "button", testid: what, class: "minor", onclick: () => press(what) });
    row.append(one.button);
    return [what, one];
  }));

  function close() {
    const what = opened?.what;
    opened = null;
    place.replaceChildren();
    if (what && !buttons[what].button.hidden) buttons[what].button.focus();
  }

  function press(what) {
    if (what === "merge") {
      const into = mergeTarget(alarmNow());
      if (into) order(alarmNow(), "merge", { into: into.alarm_id });
      return;
    }
    if (opened?.what === what) return close();
    const formOf = { message: messageForm, record: exportForm }[what] ?? reasonForm.bind(null, what);
    opened = { what, ...formOf(alarmNow, close) };
    place.replaceChildren(opened.form);
    opened.input.focus();
  }

  function draw(alarm, allowed) {
    for (const [what, one] of Object.entries(buttons)) {
      show(one.button, allowed.includes(what));
      const into = what === "merge" ? mergeTarget(alarm) : null;
      one.say(into ? word("merge_into", kindWord(into), timeOfDay(into.raised_at)) : word(what));
    }
    if (opened && !allowed.includes(opened.what)) close();
  }

  return { element: make("div", { class: "minors" }, row, place), draw, isTouched: () => opened !== null };
}
