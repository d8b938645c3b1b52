// The part of an installation that needs the hub in reach: connects, goes through the steps, begins anew where it stopped.
// What was settled lies in the hub and at the relay; this page keeps nothing, so that a second try is the first one again.
import { make } from "../base/dom.js";
import { word } from "../base/words.js";
import { Channel } from "./channel.js";
import { secretOf } from "./label.js";
import { canReach, reach } from "./radio.js";
import { STEPS } from "./steps.js";

/** The element of this part; `done()` when the hub is on the line. Shape: `claim` as the relay gave it; `letters` of the label. */
export function hubPart(claim, letters, done) {
  const secret = secretOf(letters);
  if (!canReach()) return elsewhere();
  const stage = make("div", { testid: "hub-stage" });
  const said = make("p", { role: "alert", class: "form-said", testid: "hub-said" });
  const button = make("button", { type: "button", class: "primary", testid: "hub-connect" }, word("install_connect"));
  const start = make("div", {}, make("p", {}, word("install_press")), make("p", { class: "form-end" }, button));
  const bar = make("progress", { max: String(STEPS.length), value: "0", "aria-label": word("install_progress") });
  const element = make("div", { class: "hub-part" }, bar, said, start, stage);

  const tell = (text) => {
    said.textContent = text;
    said.className = `form-said ${text ? "sentence is-bad" : ""}`;
  };

  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    tell("");
    let radio = null;
    try {
      radio = await reach(claim.hub_id);
      const hub = new Channel(radio, secret, claim.hub_id);
      await hub.open();
      start.hidden = true;
      await goThrough({ claim, letters, radio, hub, stage }, bar);
      done();
    } catch (error) {
      if (!error.isSentence && error.status === undefined) throw error;
      tell(error.message);
    } finally {
      radio?.leave();
      stage.replaceChildren();
      start.hidden = false;
      button.removeAttribute("aria-disabled");
    }
  });
  return element;
}

async function goThrough(work, bar) {
  for (const [number, [title, step]] of STEPS.entries()) {
    bar.value = number;
    const body = make("div", { testid: `step-${title}` });
    work.stage.replaceChildren(make("h3", {}, word("install_step", number + 1, STEPS.length, word(title))), body);
    await step(work, body);
  }
  bar.value = STEPS.length;
}

/** No Web Bluetooth here: an iPhone, Firefox, or a page without https. */
function elsewhere() {
  return make("div", { testid: "no-bluetooth" }, make("p", {}, word(window.isSecureContext ? "install_no_bluetooth" : "install_no_https")),
    make("p", {}, word("install_program")), make("pre", {}, "anling-install"));
}

