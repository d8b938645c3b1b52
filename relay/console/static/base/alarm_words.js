// How an alarm and a home are called on the screen.
import { model } from "./model.js";
import { timeOfDay } from "./times.js";
import { hasWord, named, word } from "./words.js";

const known = (prefix, value) => (hasWord(`${prefix}_${value}`) ? word(`${prefix}_${value}`) : String(value));

export const kindWord = (alarm) => known("kind", alarm.kind);
export const stepWord = (alarm) => known("step", alarm.step);
export const outcomeWord = (outcome) => known("outcome", outcome);
export const technicalWord = (kind) => known("technical", kind);

export function homeWord(dwelling_id) {
  const home = model.dwellings.get(dwelling_id);
  return home ? named(home, "label") : dwelling_id;
}

/** What was pressed and where: "bedside button, bedroom, pressed once". */
export function triggerWords(alarm) {
  const device = alarm.device_label || alarm.device_id || word("unknown_device");
  return [device, alarm.room, known("activation", alarm.activation)].filter(Boolean).join(" · ");
}

/** Who does what about it, in one line; "" while nobody does. */
export function workWords(alarm) {
  if (alarm.step === "cleared" && alarm.outcome) return word("closed_with", outcomeWord(alarm.outcome));
  if (alarm.assigned_to !== null && ["on_the_way", "arrived"].includes(alarm.step)) {
    const who = person(alarm.assigned_to, alarm.assigned_to_name);
    return alarm.minutes === null ? word("assigned_no_minutes", who) : word("assigned", who, alarm.minutes);
  }
  if (alarm.acknowledged_by === null || !alarm.acknowledged_at) return "";
  const at = timeOfDay(alarm.acknowledged_at);
  return alarm.acknowledged_by === model.me?.staff_id
    ? word("acknowledged_by_you", at)
    : word("acknowledged_by", person(alarm.acknowledged_by, alarm.acknowledged_by_name), at);
}

function person(staff_id, name) {
  const found = model.responders.find((one) => one.staff_id === staff_id);
  return found ? named(found, "display_name") : name;
}

const targets = (step) => step.to.map((target) => known("target", target)).join(word("and"));

/** What happens at an alarm's next time if nobody does anything. Shape: `plan` steps {to, wait_s}; "" when closed. */
export function nextWords(alarm, plan) {
  if (!alarm.is_open) return "";
  if (alarm.step === "raised") {
    const step = plan[Math.min(alarm.plan_step, plan.length - 1)];
    return step ? word("next_raised", targets(step)) : word("next_raised_unknown");
  }
  const state = ["on_the_way", "arrived"].includes(alarm.step) ? alarm.work : alarm.step;
  return hasWord(`next_${state}`) ? word(`next_${state}`) : "";
}
