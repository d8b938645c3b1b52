// The orders of a card: acknowledge, send somebody, arrived, close. Which ones are there follows the alarm's
// step; what the operator has begun to fill in is never touched.
import { outcomeWord } from "../base/alarm_words.js";
import { make, setText, show } from "../base/dom.js";
import { model } from "../base/model.js";
import { order, orderWord, pendingOf } from "../board/orders.js";
import { named, word } from "../base/words.js";

const OUTCOMES = ["helped", "ambulance", "fire_brigade", "police", "no_help_needed", "pressed_by_mistake", "device_fault", "nobody_home", "test"];
const MINUTES = [3, 5, 8, 15];
const ALLOWED = {
  raised: ["acknowledge", "assign"],
  acknowledged: ["assign", "clear"],
  on_the_way: ["arrived", "assign", "clear"],
  arrived: ["clear"],
};

function sendForm(alarmNow) {
  const responder = make("select", { testid: "responder" });
  const minutes = make("input", { testid: "minutes", type: "number", min: "1", max: "180", inputmode: "numeric", value: "5" });
  const chips = MINUTES.map((count) =>
    make("button", { type: "button", class: "chip", onclick: () => { minutes.value = String(count); } }, String(count)));
  const who = make("span", {});
  const when = make("span", {});
  const fault = make("p", { class: "sentence is-bad", role: "alert", hidden: true });
  const send = make("button", { type: "submit", testid: "send" });
  const form = make("form", { class: "send-form", novalidate: true },
    make("label", { class: "field field-who" }, who, responder),
    make("label", { class: "field" }, when, minutes),
    make("span", { class: "chips" }, ...chips), fault, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const count = Number(minutes.value);
    const wrong = !responder.value ? "responder_missing" : !Number.isInteger(count) || count < 1 || count > 180 ? "minutes_wrong" : null;
    show(fault, wrong !== null);
    if (wrong) setText(fault, word(wrong));
    else order(alarmNow(), "assign", { staff_id: Number(responder.value), minutes: count });
  });
  const draw = (alarm, isPrimary) => {
    setText(who, word("responder"));
    setText(when, word("minutes"));
    setText(send, word(alarm.step === "on_the_way" ? "send_again" : "send"));
    send.className = isPrimary ? "primary" : "";
    const names = model.responders.map((one) => `${one.staff_id} ${named(one, "display_name")}`).join();
    if (responder.dataset.names !== names) {
      const before = responder.value;
      responder.dataset.names = names;
      responder.replaceChildren(...model.responders.map((one) => make("option", { value: String(one.staff_id) }, named(one, "display_name"))));
      if (model.responders.some((one) => String(one.staff_id) === before)) responder.value = before;
    }
  };
  return { element: form, draw, button: send };
}

function clearForm(alarmNow) {
  const outcome = make("select", { testid: "outcome" });
  const note = make("input", { testid: "note", maxlength: "2000" });
  const how = make("span", {});
  const more = make("span", {});
  const fault = make("p", { class: "sentence is-bad", role: "alert", hidden: true });
  const clear = make("button", { type: "submit", testid: "clear" });
  const form = make("form", { class: "clear-form", novalidate: true },
    make("label", { class: "field" }, how, outcome), make("label", { class: "field" }, more, note), fault, clear);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(fault, !outcome.value);
    if (outcome.value) order(alarmNow(), "clear", { outcome: outcome.value, note: note.value.trim() });
    else {
      setText(fault, word("outcome_missing"));
      outcome.focus();
    }
  });
  const draw = (isPrimary) => {
    const before = outcome.value;
    setText(how, word("outcome"));
    setText(more, word("note"));
    setText(clear, word("clear"));
    clear.className = isPrimary ? "primary" : "";
    if (outcome.dataset.language !== document.documentElement.lang) {
      outcome.dataset.language = document.documentElement.lang;
      outcome.replaceChildren(make("option", { value: "" }, word("outcome_choose")), ...OUTCOMES.map((one) => make("option", { value: one }, outcomeWord(one))));
      outcome.value = before;
    }
  };
  return { element: form, draw, button: clear, isTouched: () => note.value.trim() !== "" || outcome.value !== "" };
}

/** The orders of one card. Shape: element, draw(alarm), isTouched(). `alarmNow` gives the alarm as it is now. */
export function actions(alarmNow) {
  const acknowledge = make("button", { type: "button", class: "primary is-urgent", testid: "acknowledge", onclick: () => order(alarmNow(), "acknowledge") });
  const arrived = make("button", { type: "button", class: "primary", testid: "arrived", onclick: () => order(alarmNow(), "arrived") });
  const send = sendForm(alarmNow);
  const clear = clearForm(alarmNow);
  const waiting = make("p", { class: "card-waiting", role: "status", hidden: true });
  const element = make("div", { class: "actions" }, waiting, acknowledge, arrived, send.element, clear.element);

  function draw(alarm) {
    const allowed = alarm?.is_open ? (ALLOWED[alarm.step] ?? []) : [];
    const pending = alarm ? pendingOf(alarm.alarm_id) : null;
    const hadFocus = element.contains(document.activeElement) && document.activeElement;
    show(acknowledge, allowed.includes("acknowledge"));
    show(arrived, allowed.includes("arrived"));
    show(send.element, allowed.includes("assign"));
    show(clear.element, allowed.includes("clear"));
    show(element, allowed.length > 0);
    if (!alarm) return;
    setText(acknowledge, word("acknowledge"));
    setText(arrived, word("arrived"));
    send.draw(alarm, alarm.step === "acknowledged");
    clear.draw(alarm.step === "arrived");
    for (const button of [acknowledge, arrived, send.button, clear.button]) button.setAttribute("aria-disabled", String(pending !== null)); // disabled would lose the focus
    show(waiting, pending !== null);
    if (pending) {
      const what = orderWord(pending.what);
      setText(waiting, pending.tries ? word("order_retrying", what, pending.tries) : word("order_sending", what));
    }
    const next = { acknowledged: send.button, on_the_way: arrived, arrived: clear.element.querySelector("select") }[alarm.step];
    if (hadFocus && hadFocus.closest("[hidden]") && next) next.focus();
  }

  return { element, draw, isTouched: clear.isTouched };
}
