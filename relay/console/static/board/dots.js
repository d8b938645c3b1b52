// The homes on the picture that are elements of their own: buttons with a mark and a name. In a community of FEW homes
// every home is one; in a larger one only those that call, and the one at hand: the others are painted (field.js).
import { homeWord, kindWord } from "../base/alarm_words.js";
import { find, make, setText } from "../base/dom.js";
import { alarmOf, model } from "../base/model.js";
import { word } from "../base/words.js";
import { mark } from "./marks.js";

const FEW = 400;
export const dots = new Map(); // dwelling_id → {button, label, name, kind, state}
const atHand = new Set(); // homes that are elements for now: chosen, pointed at, focused

export const isLoud = (state) => state === "alarm" || state === "pre_alarm" || state === "acknowledged";
export const isCrowd = () => model.dwellings.size > FEW;
export const isElement = (home) => !isCrowd() || isLoud(home.state) || atHand.has(home.dwelling_id);

function makeDot(home) {
  const button = make("button", { type: "button", class: "dot", testid: `dot-${home.dwelling_id}`, tabindex: "-1" });
  button.dataset.dwelling = home.dwelling_id;
  const dot = { button, name: make("span"), kind: make("span", { class: "dot-kind" }), state: null };
  dot.label = make("span", { class: "dot-label", "aria-hidden": "true" }, dot.name, dot.kind);
  dots.set(home.dwelling_id, dot);
  return dot;
}

function drop(id) {
  const dot = dots.get(id);
  if (!dot) return;
  dot.button.remove();
  dot.label.remove();
  dots.delete(id);
}

/** Draw a home's element, or take it away where the home is only painted. */
export function drawDot(home) {
  if (!isElement(home)) {
    if (dots.get(home.dwelling_id)?.button !== document.activeElement) drop(home.dwelling_id);
    return;
  }
  const dot = dots.get(home.dwelling_id) ?? makeDot(home);
  if (dot.state !== home.state) {
    dot.state = home.state;
    dot.button.dataset.state = home.state;
    dot.button.replaceChildren(mark(home.state));
  }
  const name = homeWord(home.dwelling_id);
  const alarm = isLoud(home.state) ? alarmOf(home.dwelling_id) : null;
  dot.button.setAttribute("aria-label", `${name}, ${alarm ? `${kindWord(alarm)}, ` : ""}${word(`state_${home.state}`)}`);
  setText(dot.name, name);
  setText(dot.kind, alarm ? ` · ${kindWord(alarm)}` : "");
  const parent = find(home.x !== null && home.y !== null ? "dots" : "tray");
  if (dot.button.parentNode !== parent) parent.append(dot.button, dot.label);
}

/** Draw all homes anew; those that are gone leave. */
export function drawAllDots() {
  for (const id of [...dots.keys()]) if (!model.dwellings.has(id)) drop(id);
  for (const home of model.dwellings.values()) if (isElement(home) || dots.has(home.dwelling_id)) drawDot(home);
}

/** Make these homes elements, and no others that are calm. Shape: dwelling ids, null among them is nobody. */
export function takeAtHand(...ids) {
  const before = [...atHand];
  atHand.clear();
  for (const id of ids) if (id !== null && id !== undefined) atHand.add(id);
  for (const id of new Set([...before, ...atHand])) {
    const home = model.dwellings.get(id);
    if (home) drawDot(home);
  }
}
