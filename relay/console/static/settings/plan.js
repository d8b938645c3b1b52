// The plan: who is told, in which order, and how long each has before the next. It holds for alarms raised from now on;
// those that are open keep theirs.
import { make } from "../base/dom.js";
import { put } from "../base/http.js";
import { word } from "../base/words.js";
import { form, refusal } from "../parts/form.js";

const TARGETS = ["console", "duty_phone", "deputy", "supervisor", "children"];

export function plan({ steps }, board, again) {
  const list = make("ol", { class: "plan", testid: "plan" });
  const add = (step) => { list.append(planStep(step, list)); number(list); };
  for (const step of steps) add(step);
  return [make("p", {}, word("plan_hint")), form({ testid: "plan-form", submit: "save", done: "saved", send: async () => {
    const body = { steps: [...list.children].map(read) };
    const empty = body.steps.findIndex((step) => !step.to.length);
    if (empty >= 0) throw refusal("plan_step_empty", empty + 1);
    await put("/api/plan", body);
    again();
  } }, list, make("p", {}, make("button", { type: "button", testid: "plan-add", onclick: () => add({ to: ["duty_phone"], wait_s: 60 }) }, `+ ${word("plan_add")}`)))];
}

function planStep(step, list) {
  const boxes = TARGETS.map((target) => {
    const box = make("input", { type: "checkbox", value: target });
    box.checked = step.to.includes(target);
    return make("label", { class: "plan-target" }, box, word(`target_${target}`));
  });
  const wait = make("input", { type: "number", class: "plan-wait", min: 5, max: 3600, value: step.wait_s, required: true });
  wait.value = step.wait_s;
  const item = make("li", { class: "plan-step" }, make("fieldset", {}, make("legend"), make("div", { class: "row" }, ...boxes),
    make("label", { class: "row" }, word("plan_wait"), wait),
    make("p", {}, make("button", { type: "button", onclick: () => { item.remove(); number(list); } }, word("take_out")))));
  return item;
}

function number(list) {
  [...list.children].forEach((item, index) => { item.querySelector("legend").textContent = word("plan_step", index + 1); });
}

const read = (item) => ({ to: [...item.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value), wait_s: Number(item.querySelector(".plan-wait").value) });
