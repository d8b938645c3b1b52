// Forms: a label on every field, one order at a time, and the answer of the relay beside the button that asked.
import { make } from "../base/dom.js";
import { word } from "../base/words.js";

let made = 0;

/** A labelled field. Shape: `given` are attributes of the input; `hint` is a key of the catalogue. */
export function field(name, label, { tag = "input", value = "", hint = null, options = null, ...given } = {}) {
  const id = `f${++made}-${name}`;
  const element = options
    ? make("select", { id, name, ...given }, ...options.map(([key, text]) => make("option", { value: key, selected: String(key) === String(value) }, text)))
    : make(tag, { id, name, ...given, "aria-describedby": hint ? `${id}-hint` : null });
  if (!options && given.type !== "checkbox" && given.type !== "file") element.value = value ?? "";
  if (given.type === "checkbox") element.checked = Boolean(value);
  return make("p", { class: `form-field form-${given.type ?? tag}` }, make("label", { for: id }, word(label)), element,
    hint ? make("small", { id: `${id}-hint` }, word(hint)) : null);
}

/** What the fields of a form hold, by name. Empty texts stay empty texts. */
export function values(form) {
  const found = {};
  for (const element of form.elements) {
    if (!element.name) continue;
    found[element.name] = element.type === "checkbox" ? element.checked : element.value.trim();
  }
  return found;
}

/** A form with its button; `send(values)` may throw an answer of the relay, which is shown; its result is told. */
export function form({ testid, submit, send, done = null, isUrgent = false }, ...fields) {
  const said = make("p", { class: "form-said", role: "status", testid: testid && `${testid}-said` });
  const button = make("button", { type: "submit", class: isUrgent ? "is-urgent" : "primary" }, word(submit));
  const element = make("form", { class: "form", testid, novalidate: true }, ...fields, make("p", { class: "form-end" }, button), said);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    if (!element.reportValidity()) return;
    button.setAttribute("aria-disabled", "true");
    tell(said, word("form_sending"), "");
    try {
      const result = await send(values(element), element);
      tell(said, done ? (typeof done === "function" ? done(result) : word(done)) : "", "is-good");
    } catch (error) {
      if (error.status === undefined && !error.isSentence) throw error;
      tell(said, error.message, "is-bad");
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
  return element;
}

function tell(said, text, look) {
  said.textContent = text;
  said.className = `form-said ${text && look ? `sentence ${look}` : ""}`;
}

/** A sentence about what was typed, shown as an answer of the relay would be. */
export function refusal(key, ...given) {
  return Object.assign(new Error(word(key, ...given)), { isSentence: true });
}

/** A button that asks once more before it does what cannot be undone; a refusal of the relay is shown beside it. */
export function twice(label, act, { testid } = {}) {
  const button = make("button", { type: "button", testid }, word(label));
  const said = make("span", { class: "twice-said", role: "alert" });
  let isSure = false;
  const calm = () => { isSure = false; button.textContent = word(label); button.classList.remove("is-urgent"); };
  button.addEventListener("blur", calm);
  button.addEventListener("click", async () => {
    if (!isSure) {
      isSure = true;
      button.textContent = word("really", word(label));
      button.classList.add("is-urgent");
      return;
    }
    calm();
    said.textContent = "";
    try {
      await act(button);
    } catch (error) {
      if (error.status === undefined) throw error;
      said.textContent = error.message;
    }
  });
  return make("span", { class: "twice" }, button, said);
}
