// A button that opens the camera for a QR code, and closes it again. Decides nothing about what the code says.
import { make } from "../base/dom.js";
import { word } from "../base/words.js";
import { scanner } from "../phone/scan.js";

const WORDS = { look: "install_scan_look", none: "install_scan_none", type: "install_scan_type" };

/** Shape: `label` of the button; `found(text)` is called with what was read. `close()` frees the camera. */
export function scanning(label, found) {
  const place = make("div", {});
  let open = null;
  const close = () => {
    open?.close();
    open = null;
    place.replaceChildren();
  };
  const toggle = () => {
    if (open) return close();
    open = scanner((text) => { close(); found(text); }, WORDS);
    place.replaceChildren(open.element);
  };
  const element = make("div", { class: "scanning" }, make("button", { type: "button", testid: `scan-${label}`, onclick: toggle }, word(label)), place);
  return { element, close };
}
