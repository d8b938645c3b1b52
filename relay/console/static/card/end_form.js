// How it ended: said by who is at the door ("dealt with"), and the closing of the alarm. Both need an outcome.
import { outcomeWord } from "../base/alarm_words.js";
import { make, setText, show } from "../base/dom.js";
import { word } from "../base/words.js";
import { order } from "../board/orders.js";
import { enterSends, keyed } from "./keyed.js";

const OUTCOMES = ["helped", "ambulance", "fire_brigade", "police", "no_help_needed", "pressed_by_mistake", "device_fault", "nobody_home", "test"];

/** Shape: element, button, outcome, draw(alarm, allowed), isTouched(). */
export function endForm(alarmNow) {
  const outcome = make("select", { testid: "outcome" });
  const note = make("input", { testid: "note", maxlength: "2000" });
  const how = make("span", {});
  const more = make("span", {});
  const fault = make("p", { class: "sentence is-bad", role: "alert", hidden: true });
  const resolve = keyed("r", { type: "button", testid: "resolve", onclick: () => give("resolve") });
  const clear = keyed("x", { type: "submit", testid: "clear" });
  const form = make("form", { class: "clear-form", novalidate: true },
    make("label", { class: "field" }, how, outcome), make("label", { class: "field" }, more, note), fault, resolve.button, clear.button);
  let isForResolve = false;
  enterSends(form, outcome);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    give(isForResolve ? "resolve" : "clear");
  });

  function give(what) {
    const known = alarmNow()?.outcome;
    show(fault, !outcome.value && !known);
    if (outcome.value) order(alarmNow(), what, { outcome: outcome.value, note: note.value.trim() });
    else if (known && what === "clear") order(alarmNow(), what, { note: note.value.trim() });
    else {
      setText(fault, word("outcome_missing"));
      outcome.focus();
    }
  }

  /** Go to the list of outcomes; Enter there gives this order. */
  function begin(what) {
    isForResolve = what === "resolve";
    outcome.focus();
  }

  function draw(alarm, allowed) {
    const before = outcome.value;
    setText(how, word("outcome"));
    setText(more, word("note"));
    resolve.say(word("resolve"));
    clear.say(word("clear"));
    show(resolve.button, allowed.includes("resolve"));
    if (!allowed.includes("resolve")) isForResolve = false;
    clear.button.className = alarm.step === "arrived" ? "primary" : "";
    if (outcome.dataset.language !== document.documentElement.lang) {
      outcome.dataset.language = document.documentElement.lang;
      outcome.replaceChildren(make("option", { value: "" }, word("outcome_choose")), ...OUTCOMES.map((one) => make("option", { value: one }, outcomeWord(one))));
      outcome.value = before;
    }
    if (alarm.outcome && !outcome.value) outcome.value = alarm.outcome; // as it was said at the door
  }

  const isTouched = () => note.value.trim() !== "" || (outcome.value !== "" && outcome.value !== (alarmNow()?.outcome ?? ""));
  return { element: form, draw, begin, buttons: [resolve.button, clear.button], outcome, isTouched };
}
