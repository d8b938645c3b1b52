// A page whose content is asked for: loading, failed with what to do, drawn; and how old it is when the line is gone.
// Rule 1: what is shown is never passed off as fresh: where a page asks again by itself, what is older than STALE_MS is said
// to be, whether the relay refused, or says nothing at all. Rule 2: a page is drawn anew only
// when its data or its language changed, so that nothing jumps under a hand.
import { find, make } from "../base/dom.js";
import { span } from "../base/times.js";
import { onLanguage, word } from "../base/words.js";

const AGAIN_MS = 3000;
const TOO_OFTEN_MS = 30000;
const STALE_MS = 10000;

/** Fill the room: `load()` gives the data, `draw(data)` gives its elements; asked again every `every_ms` if given. */
export function fill({ load, draw, every_ms = 0 }) {
  const element = find("room");
  const age = make("p", { class: "sentence is-bad room-age", role: "status", testid: "age" });
  const body = make("div", { class: "room-body" });
  const room = { data: null, heardAt: 0, failed: null, timer: null, shown: "" };
  element.replaceChildren(age, body);
  age.hidden = true;

  function show() {
    if (room.data !== null) keepingFocus(body, () => body.replaceChildren(...[draw(room.data)].flat()));
    else if (room.failed) body.replaceChildren(failure(room.failed, again));
    else body.replaceChildren(make("p", { class: "room-loading" }, word("loading")));
    element.dataset.state = room.data !== null ? "ready" : room.failed ? "failed" : "loading";
  }

  function tellAge() {
    const silent_ms = performance.now() - room.heardAt;
    const isOld = room.data !== null && (every_ms ? silent_ms > STALE_MS : room.failed !== null);
    age.hidden = !isOld;
    if (isOld) age.textContent = word("room_old", span(silent_ms), room.failed?.message ?? "");
  }

  async function again() {
    clearTimeout(room.timer);
    try {
      const data = await load();
      const text = JSON.stringify(data);
      room.heardAt = performance.now();
      room.failed = null;
      if (text !== room.shown || room.data === null) {
        room.data = data;
        room.shown = text;
        show();
      }
    } catch (error) {
      if (error.status === undefined) throw error; // a fault of this page, not an answer of the relay
      room.failed = error;
      if (room.data === null) show();
    }
    tellAge();
    const mayComeBack = room.failed === null || room.failed.mayRetry;
    if ((every_ms || room.failed) && mayComeBack) room.timer = setTimeout(again, !room.failed ? every_ms : room.failed.status === 429 ? TOO_OFTEN_MS : AGAIN_MS);
  }

  onLanguage(show);
  setInterval(tellAge, 1000);
  document.addEventListener("visibilitychange", () => !document.hidden && every_ms && again()); // a hidden tab's clocks are slow
  again();
  return { again, show };
}

/** Draw anew under the hands of somebody who types or walks by keyboard: they stay where they were. */
function keepingFocus(body, write) {
  const focused = body.contains(document.activeElement) ? document.activeElement : null;
  const testid = focused?.dataset.testid;
  const caret = focused?.type === "search" ? focused.selectionStart : null;
  write();
  const found = testid ? body.querySelector(`[data-testid="${CSS.escape(testid)}"]`) : null;
  found?.focus({ preventScroll: true });
  if (found && caret !== null) found.setSelectionRange(caret, caret);
}

/** One sentence about what went wrong, and the button that tries again. */
export function failure(error, again) {
  return make("div", { class: "sentence is-bad", role: "alert" },
    make("p", {}, error.message),
    make("button", { type: "button", onclick: again }, word("try_again")));
}
