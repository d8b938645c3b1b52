// Somebody rings the hotline: who it probably is, in the header's flow, covering nothing. Each call stays until somebody
// opened or closed it here; a call is not an alarm and makes no sound.
import { find, make, show } from "../base/dom.js";
import { model, onChange } from "../base/model.js";
import { timeOfDay } from "../base/times.js";
import { named, onLanguage, word } from "../base/words.js";

const KEPT = 5;
const GONE_MS = 10 * 60 * 1000;
let open = () => {};

function close(call) {
  model.calls = model.calls.filter((one) => one !== call);
  draw();
}

function match(call, one) {
  const who = [one.who, one.relation].filter(Boolean).join(" · ");
  return make("button", { type: "button", class: "call-home", testid: `call-${one.dwelling_id}`, onclick: () => take(call, one) },
    make("b", {}, named(one, "label")), make("span", {}, who),
    one.open_alarms.length ? make("span", { class: "found-alarm" }, word("state_alarm")) : "");
}

function take(call, one) {
  close(call);
  open(one.dwelling_id, one.open_alarms[0] ?? null);
}

/** Open the home of the newest call. False when nobody rings. */
export function takeNewest() {
  const call = model.calls[0];
  if (!call?.matches.length) return false;
  take(call, call.matches[0]);
  return true;
}

function draw() {
  show(find("calls"), model.calls.length > 0);
  find("calls").replaceChildren(...model.calls.map((call) =>
    make("div", { class: "call", testid: "call" },
      make("span", { class: "call-what" }, "☎ ", make("b", {}, word("call_from", call.phone)), ` ${timeOfDay(call.called_at)}`),
      ...(call.matches.length ? call.matches.map((one) => match(call, one)) : [make("span", {}, word("call_unknown"))]),
      make("button", { type: "button", class: "quiet", "aria-label": word("close"), onclick: () => close(call) }, "✕"))));
}

export function start(onOpen) {
  open = onOpen;
  onChange(({ kind, value }) => {
    if (kind !== "call") return;
    model.calls = [value, ...model.calls.filter((one) => one.phone !== value.phone)].slice(0, KEPT);
    draw();
    setTimeout(() => close(value), GONE_MS);
  });
  onLanguage(draw);
}
