// Who goes there, and in how many minutes. Whoever is on duty, free and near stands first, as the relay counts it; a digit
// chooses, Enter sends. What the operator has chosen is never changed under the hand.
import { make, setText, show } from "../base/dom.js";
import { get } from "../base/http.js";
import { model } from "../base/model.js";
import { named, word } from "../base/words.js";
import { order } from "../board/orders.js";
import { keyed, enterSends } from "./keyed.js";

const MINUTES = [3, 5, 8, 15];
const ASK_MS = 20000;

/** What is known of somebody who may go: "on duty · 350 m". */
function about(one) {
  if (one.is_on_duty === undefined) return "";
  const away = one.distance_m === null ? "" : one.distance_m < 1000 ? word("metres", one.distance_m) : word("kilometres", (one.distance_m / 1000).toFixed(1));
  return [word(one.is_busy ? "goes_elsewhere" : one.is_on_duty ? "on_duty_short" : "off_duty_short"), away].filter(Boolean).join(" · ");
}

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
  let people = null; // as the relay orders them for this alarm; until then everybody who can be sent
  let asked = { alarm_id: null, at: 0 };
  let isTouched = false;
  enterSends(form, responder);
  responder.addEventListener("change", () => { isTouched = true; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const count = Number(minutes.value);
    const wrong = !responder.value ? "responder_missing" : !Number.isInteger(count) || count < 1 || count > 180 ? "minutes_wrong" : null;
    show(fault, wrong !== null);
    if (wrong) setText(fault, word(wrong));
    else order(alarmNow(), "assign", { staff_id: Number(responder.value), minutes: count });
  });

  async function ask(alarm) {
    if (asked.alarm_id === alarm.alarm_id && performance.now() - asked.at < ASK_MS) return;
    asked = { alarm_id: alarm.alarm_id, at: performance.now() };
    try {
      people = await get(`/api/alarms/${alarm.alarm_id}/responders`);
      drawPeople();
    } catch (error) {
      if (error.status === undefined) throw error;
      asked.at = 0; // the names are there all the same; the next change of the alarm asks again
    }
  }

  function drawPeople() {
    const list = people ?? model.responders;
    const texts = list.map((one) => [one.staff_id, [named(one, "display_name"), about(one)].filter(Boolean).join(" · ")]);
    if (responder.dataset.names === texts.join() || document.activeElement === responder) return;
    const before = responder.value;
    responder.dataset.names = texts.join();
    responder.replaceChildren(...texts.map(([staff_id, text]) => make("option", { value: String(staff_id) }, text)));
    if (isTouched && list.some((one) => String(one.staff_id) === before)) responder.value = before;
  }

  const draw = (alarm, isPrimary) => {
    setText(who, word("responder"));
    setText(when, word("minutes"));
    send.say(word(alarm.step === "on_the_way" ? "send_again" : "send"));
    send.button.className = isPrimary ? "primary" : "";
    drawPeople();
    if (!form.hidden) ask(alarm);
  };
  const choose = (staff_id) => {
    responder.value = String(staff_id);
    isTouched = true;
    responder.focus();
  };
  return { element: form, draw, button: send.button, choose };
}
