// The orders of a card. Which ones are there follows from where the alarm stands, who is signed in and who was sent;
// what the operator has begun to fill in is never touched.
import { make, setText, show } from "../base/dom.js";
import { model } from "../base/model.js";
import { now } from "../base/times.js";
import { word } from "../base/words.js";
import { order, orderWord, pendingOf } from "../board/orders.js";
import { endForm } from "./end_form.js";
import { keyed } from "./keyed.js";
import { mergeTarget, minorOrders } from "./minor_orders.js";
import { sendForm } from "./send_form.js";

const REOPEN_MAX_MS = 24 * 3600 * 1000;
const ORDERS = {
  raised: ["acknowledge", "assign", "merge", "message", "record"],
  acknowledged: ["assign", "clear", "release", "merge", "message", "record"],
  ASSIGNED: ["accept", "decline", "arrived", "assign", "clear", "message", "record"],
  ACCEPTED: ["decline", "arrived", "assign", "clear", "message", "record"],
  ON_SCENE: ["resolve", "clear", "message", "record"],
  RESOLVED: ["clear", "message", "record"],
  CLOSED: ["reopen", "record"],
};
const MINOR = ["decline", "release", "reopen", "merge", "message", "record"];

/** What may be ordered about an alarm as it is now. */
export function ordersOf(alarm) {
  if (!alarm) return [];
  const state = ["on_the_way", "arrived"].includes(alarm.step) ? alarm.work : alarm.step === "cleared" ? alarm.work : alarm.step;
  const mine = alarm.assigned_to !== null && alarm.assigned_to === model.me?.staff_id;
  const may = (what) => !model.me?.may || what === "message" || model.me.may.includes(what);
  return (ORDERS[state] ?? []).filter((what) => {
    if (what === "accept" || what === "decline") return mine && may(what);
    if (what === "record") return may("clear");
    if (what === "merge") return mergeTarget(alarm) !== null && may(what);
    if (what === "reopen") return Boolean(alarm.outcome) && now() - alarm.raised_at < REOPEN_MAX_MS && may(what);
    return may(what);
  });
}

/** The orders of one card. Shape: element, draw(alarm), isTouched(). `alarmNow` gives the alarm as it is now. */
export function actions(alarmNow) {
  const press = (key, what, style) =>
    keyed(key, { type: "button", class: style, testid: what, onclick: () => order(alarmNow(), what) });
  const acknowledge = press("a", "acknowledge", "primary is-urgent");
  const accept = press("y", "accept", "primary");
  const arrived = press("d", "arrived", "primary");
  const send = sendForm(alarmNow);
  const end = endForm(alarmNow);
  const minor = minorOrders(alarmNow);
  const waiting = make("p", { class: "card-waiting", role: "status", hidden: true });
  const element = make("div", { class: "actions" }, waiting, acknowledge.button, accept.button, arrived.button, send.element, end.element, minor.element);

  function draw(alarm) {
    const allowed = ordersOf(alarm);
    const pending = alarm ? pendingOf(alarm.alarm_id) : null;
    const hadFocus = element.contains(document.activeElement) && document.activeElement;
    show(acknowledge.button, allowed.includes("acknowledge"));
    show(accept.button, allowed.includes("accept"));
    show(arrived.button, allowed.includes("arrived"));
    show(send.element, allowed.includes("assign"));
    show(end.element, allowed.includes("clear"));
    show(minor.element, allowed.some((what) => MINOR.includes(what)));
    show(element, allowed.length > 0);
    if (!alarm) return;
    acknowledge.say(word("acknowledge"));
    accept.say(word("accept"));
    arrived.say(word("arrived"));
    send.draw(alarm, alarm.step === "acknowledged");
    end.draw(alarm, allowed);
    minor.draw(alarm, allowed);
    for (const button of [acknowledge.button, accept.button, arrived.button, send.button, ...end.buttons]) {
      button.setAttribute("aria-disabled", String(pending !== null)); // disabled would lose the focus
    }
    show(waiting, pending !== null);
    if (pending) {
      const what = orderWord(pending.what);
      setText(waiting, pending.tries ? word("order_retrying", what, pending.tries) : word("order_sending", what));
    }
    const next = { acknowledged: send.button, on_the_way: arrived.button, arrived: end.outcome }[alarm.step];
    if (hadFocus && hadFocus.closest("[hidden]") && next) next.focus();
  }

  return { element, draw, begin: end.begin, choose: send.choose, isTouched: () => end.isTouched() || minor.isTouched() };
}
