// The whole console by keyboard. Each key presses what stands on the screen with that key beside it: there is one way to
// order a thing, whoever orders it. Keys are read by their place where an input method hides their letter.
// Rule 1: in a field, keys are letters. Rule 2: they can be switched off (WCAG 2.1.4). Rule 3: an order is for the card
// that is open; without one nothing is ordered.
import { find, make, setText, show } from "../base/dom.js";
import { onLanguage, word } from "../base/words.js";

const OFF = "anling_keys_off";
const orders = new Map(); // key → {key, word, run}
let isOff = localStorage.getItem(OFF) === "1";

/** Name keys and what they do. Shape: [[key, key of its word, run], …]; run returns false when there is nothing to do. */
export function define(list) {
  for (const [key, name, run] of list) orders.set(key, { key, name, run });
}

const isField = (element) =>
  element.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]") ?? false;

function keyOf(event) {
  if (event.key === "?" || event.key === "？") return "?";
  if (event.code === "Slash" && !event.shiftKey) return "/";
  const isHidden = event.key === "Process" || event.key === "Unidentified" || event.isComposing;
  const letter = isHidden && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : event.key;
  return letter.length === 1 ? letter.toLowerCase() : letter;
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const key = keyOf(event);
  if (key === "Escape") return escape(event);
  if (isField(event.target)) return;
  if (key === "?") {
    event.preventDefault();
    toggleHelp();
    return;
  }
  const order = orders.get(key);
  if (isOff || !order || (event.repeat && key !== "j" && key !== "k")) return; // a key held down orders once
  event.preventDefault();
  if (order.run() === false) setText(find("key-said"), word("key_not_now", word(order.name)));
  else setText(find("key-said"), "");
}

function escape(event) {
  if (isField(event.target)) {
    event.target.blur();
    return;
  }
  if (!find("keys").hidden) toggleHelp();
  else orders.get("Escape")?.run();
}

function drawHelp() {
  const rows = [...orders.values()].filter((one) => one.name).map((one) =>
    make("li", {}, make("kbd", {}, one.key.length === 1 ? one.key.toUpperCase() : word(`key_name_${one.key.toLowerCase()}`)), make("span", {}, word(one.name))));
  const box = make("input", { type: "checkbox", testid: "keys-on", checked: !isOff });
  box.addEventListener("change", () => {
    isOff = !box.checked;
    localStorage.setItem(OFF, isOff ? "1" : "0");
  });
  find("keys").replaceChildren(make("h2", {}, word("keys")), make("ul", { class: "key-list" }, ...rows),
    make("p", { class: "keys-foot" }, word("keys_fields")),
    make("label", { class: "keys-switch" }, box, word("keys_on")),
    make("button", { type: "button", class: "quiet", onclick: toggleHelp }, word("close")));
}

export function toggleHelp() {
  const isShown = find("keys").hidden;
  if (isShown) drawHelp();
  show(find("keys"), isShown);
  find("help-button").setAttribute("aria-expanded", String(isShown));
}

export function start() {
  addEventListener("keydown", pressed);
  find("help-button").addEventListener("click", toggleHelp);
  onLanguage(drawHelp);
}
