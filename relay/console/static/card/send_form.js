// Who goes there, and in how many minutes. The nearest and free ones stand first; a digit chooses, Enter sends.
import { make, setText, show } from "../base/dom.js";
import { model } from "../base/model.js";
import { named, word } from "../base/words.js";
import { order } from "../board/orders.js";
import { keyed, enterSends } from "./keyed.js";

const MINUTES = [3, 5, 8, 15];

/** Shape: element, button, draw(alarm, isPrimary). `alarmNow` gives the alarm as it is now. */
export function sendForm(alarmNow) {
  const responder = make("select", { testid: "responder" });
  const minutes = make("input", { testid: "minutes", type: "number", min: "1", max: "180", inputmode: "numeric", value: "5" });
  const chips = MINUTES.map((count) =>
    make("button", { type: "button", class: "chip", onclick: () => { minutes.value = String(count); } }, String(count)));
  const who = make("span", {});
  const when = make("span", {});
  const fault = make("p", { class: "sentence is-bad", role: "alert", hidden: true });
  const send = keyed("s", { type: "submit", testid: "send" });
  const form = make("form", { class: "send-form", novalidate: true },
    make("label", { class: "field field-who" }, who, responder),
    make("label", { class: "field" }, when, minutes),
    make("span", { class: "chips" }, ...chips), fault, send.button);
  enterSends(form, responder);
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
    send.say(word(alarm.step === "on_the_way" ? "send_again" : "send"));
    send.button.className = isPrimary ? "primary" : "";
    const names = model.responders.map((one) => `${one.staff_id} ${named(one, "display_name")}`).join();
    if (responder.dataset.names === names) return;
    const before = responder.value;
    responder.dataset.names = names;
    responder.replaceChildren(...model.responders.map((one) => make("option", { value: String(one.staff_id) }, named(one, "display_name"))));
    if (model.responders.some((one) => String(one.staff_id) === before)) responder.value = before;
  };
  const choose = (staff_id) => {
    responder.value = String(staff_id);
    responder.focus();
  };
  return { element: form, draw, button: send.button, choose };
}
