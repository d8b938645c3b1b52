// Sentences at the top of the screen: what went wrong and what to do. Each stays until it is closed, replaced
// or no longer true.
import { find, make, setText } from "./dom.js";
import { onLanguage, word } from "./words.js";

const shown = new Map(); // name → {element, text, write}

/** Show a sentence under this name. Shape: text is a function, so that a change of language reaches it. */
export function notice(name, text, { remedy = null, isGood = false, forMs = 0 } = {}) {
  quiet(name);
  const said = make("span", {}, text());
  const link = remedy ? make("a", { class: "button", href: remedy.href }, remedy.text()) : null;
  const close = make("button", { type: "button", class: "quiet", onclick: () => quiet(name) }, "✕");
  const element = make("div", { class: `notice${isGood ? " is-good" : ""}`, testid: "notice" }, said, link, close);
  const write = () => {
    setText(said, text());
    if (link) setText(link, remedy.text());
    close.setAttribute("aria-label", word("close"));
  };
  write();
  shown.set(name, { element, write });
  find("notices").append(element);
  if (forMs) setTimeout(() => shown.get(name)?.element === element && quiet(name), forMs);
}

export function quiet(name) {
  shown.get(name)?.element.remove();
  shown.delete(name);
}

onLanguage(() => shown.forEach((one) => one.write()));
