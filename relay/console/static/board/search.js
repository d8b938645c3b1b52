// Finding a home: by name, initials, telephone or address. What is found stands in the queue's column, under the alarms.
import { find, make, setText, show } from "../base/dom.js";
import { get } from "../base/http.js";
import { named, onLanguage, word } from "../base/words.js";

const PAUSE_MS = 180;
let timer = null;
let asked = "";
let found = [];
let open = () => {};

function draw(sentence = null) {
  show(find("found"), asked !== "");
  find("found").replaceChildren(
    ...(sentence ? [make("li", { class: "found-none" }, sentence)] : []),
    ...found.map((one) => make("li", {}, make("button", { type: "button", class: "found-home", onclick: () => choose(one) },
      make("b", {}, named(one, "label")), make("span", {}, one.names.join("、")),
      one.open_alarms ? make("span", { class: "found-alarm" }, word("state_alarm")) : ""))));
}

function choose(one) {
  clear();
  open(one.dwelling_id);
}

/** Empty the field and what was found. True when there was something. */
export function clear() {
  const had = asked !== "" || find("search").value !== "";
  clearTimeout(timer);
  asked = find("search").value = "";
  found = [];
  draw();
  return had;
}

async function ask(text) {
  try {
    const homes = await get(`/api/search?q=${encodeURIComponent(text)}`);
    if (text !== asked) return; // overtaken by what was typed since
    found = homes;
    draw(homes.length ? null : word("search_none"));
  } catch (error) {
    if (text !== asked) return;
    found = [];
    draw(error.message);
  }
}

export function start(onOpen) {
  open = onOpen;
  const field = find("search");
  field.addEventListener("input", () => {
    clearTimeout(timer);
    asked = field.value.trim();
    if (!asked) return void clear();
    timer = setTimeout(() => ask(asked), PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && clear()) event.stopPropagation();
    if (event.key === "Enter" && !event.isComposing && found[0]) choose(found[0]);
    if (event.key === "ArrowDown" && found[0]) {
      event.preventDefault();
      find("found").querySelector("button").focus();
    }
  });
  find("found").addEventListener("keydown", (event) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const all = [...find("found").querySelectorAll("button")];
    (all[all.indexOf(document.activeElement) + way] ?? field).focus();
  });
  onLanguage(() => {
    find("search").placeholder = word("search");
    draw();
  });
  setText(find("found"), "");
}
