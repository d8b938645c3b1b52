// Duty on or off. What it says is what the relay has answered, never what was only pressed.
import { find, make } from "../base/dom.js";
import { del, post } from "../base/http.js";
import { notice, quiet } from "../base/notices.js";
import { dayAndTime } from "../base/times.js";
import { word } from "../base/words.js";
import { arm } from "../board/sound.js";
import * as where from "./where.js";

const HOURS = [4, 8, 12, 24];
let isSending = false;
let shown = "";

/** Draw it. Shape: duty is {me: {is_on_duty, ends_at}} or null while unknown; `changed()` after an answer. */
export function drawDuty(duty, isFresh, changed) {
  const state = JSON.stringify([duty?.me ?? null, isFresh, isSending, where.isShared(), document.documentElement.dataset.language]);
  if (state === shown) return;
  shown = state;
  const isOn = Boolean(duty?.me?.is_on_duty);
  const hours = make("select", { id: "duty-hours", name: "hours", testid: "duty-hours" }, ...HOURS.map((count) => make("option", { value: count, selected: count === 8 }, word("duty_hours", count))));
  const act = async (send) => {
    isSending = true;
    drawDuty(duty, isFresh, changed);
    try {
      await send();
      quiet("duty");
    } catch (error) {
      if (error.status === undefined) throw error;
      const sentence = error.message;
      notice("duty", () => word("duty_not_changed", sentence));
    }
    isSending = false;
    await changed();
  };
  const place = find("duty");
  place.dataset.on = duty?.me ? String(isOn) : "unknown";
  const text = !duty?.me ? word("duty_unknown") : isOn ? word("duty_on_until", dayAndTime(duty.me.ends_at)) : word("duty_off_now");
  place.replaceChildren(
    make("p", { class: "duty-state", role: "status" }, make("strong", {}, text), isFresh ? null : make("small", {}, ` ${word("not_fresh")}`),
      isOn && where.isShared() ? make("small", { testid: "place-shared" }, ` ${word("place_shared")}`) : null),
    isOn
      ? make("button", { type: "button", testid: "duty-off", "aria-disabled": String(isSending), onclick: () => !isSending && act(() => del("/api/duty")) }, word("duty_end"))
      : make("div", { class: "duty-begin" }, make("label", { class: "unseen", for: "duty-hours" }, word("duty_how_long")), hours,
        make("button", { type: "button", class: "primary", testid: "duty-on", "aria-disabled": String(isSending), onclick: () => { arm(); where.begin(); if (!isSending) act(() => post("/api/duty", { duty: "responder", hours: Number(hours.value) })); } }, word("duty_begin"))));
}
