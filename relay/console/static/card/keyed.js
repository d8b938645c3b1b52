// A button that shows its key, and forms that a keyboard alone can send. keys.js presses what stands here.
import { make, setText } from "../base/dom.js";

/** A button with its key beside its word. Shape: button, say(text). */
export function keyed(key, given) {
  const text = make("span", {});
  const button = make("button", { ...given, "aria-keyshortcuts": key }, text, make("kbd", { "aria-hidden": "true" }, key.toUpperCase()));
  return { button, say: (said) => setText(text, said) };
}

/** Enter in this list sends its form; a digit chooses the entry with that number. */
export function enterSends(form, select) {
  select.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    } else if (/^[1-9]$/.test(event.key)) {
      const options = [...select.options].filter((one) => one.value !== "");
      const chosen = options[Number(event.key) - 1];
      if (!chosen) return;
      event.preventDefault();
      select.value = chosen.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
