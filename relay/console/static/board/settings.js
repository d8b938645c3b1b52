// Setting up the map: choose a home, press its place; drag or arrow keys to move; undo; another picture. Alarms
// go on meanwhile: the queue stays where it is.
import { homeWord } from "../base/alarm_words.js";
import { find, make, setText, show } from "../base/dom.js";
import { put, upload } from "../base/http.js";
import { model, onChange, takeEvent, tell } from "../base/model.js";
import { notice, quiet } from "../base/notices.js";
import { onLanguage, word } from "../base/words.js";

const STEP = 0.004;
const LISTED_MAX = 200;
const PICTURE_BYTES_MAX = 20 * 1024 * 1024;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const undos = []; // {dwelling_id, x, y}: where a home was before
const saving = new Map(); // dwelling_id → {before, timer}
let chosen = null;
let parts = null;
let onChosen = () => {};
let said = null; // how the last order ended: in the panel, because a notice would move the picture under the hand

export const isOn = () => parts !== null;

function choose(dwelling_id) {
  chosen = dwelling_id;
  said = null;
  onChosen(dwelling_id);
  drawList();
}

function showAt(dwelling_id, x, y) {
  const home = { ...model.dwellings.get(dwelling_id), x, y };
  takeEvent("dwelling", null, home);
}

/** Move a home on the screen; it is saved when the hand has come to rest. */
function move(dwelling_id, x, y, isDone) {
  const home = model.dwellings.get(dwelling_id);
  const held = saving.get(dwelling_id) ?? { before: { x: home.x, y: home.y }, timer: null };
  saving.set(dwelling_id, held);
  clearTimeout(held.timer);
  showAt(dwelling_id, x, y);
  if (isDone) save(dwelling_id, x, y, held.before);
  else held.timer = setTimeout(() => save(dwelling_id, x, y, held.before), 600);
}

async function save(dwelling_id, x, y, before, isUndo = false) {
  clearTimeout(saving.get(dwelling_id)?.timer);
  saving.delete(dwelling_id);
  try {
    const entry = await put(`/api/dwellings/${encodeURIComponent(dwelling_id)}/place`, { x, y });
    takeEvent("dwelling", null, entry);
    if (!isUndo) undos.push({ dwelling_id, ...before });
    said = () => word(isUndo ? "place_undone" : "place_saved", homeWord(dwelling_id));
    quiet("place");
  } catch (error) {
    const sentence = error.message;
    showAt(dwelling_id, before.x, before.y);
    notice("place", () => sentence);
  }
  drawList();
}

function undo() {
  const last = undos.pop();
  if (!last) return;
  const home = model.dwellings.get(last.dwelling_id);
  if (home) save(last.dwelling_id, last.x, last.y, { x: home.x, y: home.y }, true);
  drawList();
}

async function changePicture(input) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  if (file.size > PICTURE_BYTES_MAX) {
    notice("upload", () => word("picture_too_large"));
    return;
  }
  notice("upload", () => word("picture_uploading"), { isGood: true });
  const form = new FormData();
  form.append("file", file);
  try {
    const community = await upload("/api/community/picture", form);
    model.community = { ...model.community, ...community };
    tell("board");
    notice("upload", () => word("picture_done"), { isGood: true, forMs: 6000 });
  } catch (error) {
    const sentence = error.message;
    notice("upload", () => sentence);
  }
}

function drawList() {
  if (!parts) return;
  const sought = parts.search.value.trim().toLowerCase();
  const homes = [...model.dwellings.values()]
    .filter((home) => `${home.label} ${home.label_en ?? ""}`.toLowerCase().includes(sought))
    .sort((a, b) => (a.x !== null) - (b.x !== null) || a.label.localeCompare(b.label, "zh", { numeric: true }));
  const more = homes.length - LISTED_MAX;
  parts.list.replaceChildren(...homes.slice(0, LISTED_MAX).map((home) =>
    make("li", {}, make("button", {
      type: "button", class: "place-home", testid: `place-${home.dwelling_id}`,
      "aria-pressed": String(home.dwelling_id === chosen), onclick: () => choose(home.dwelling_id),
    }, homeWord(home.dwelling_id), home.x === null ? make("small", {}, word("place_not_yet")) : null))),
  more > 0 ? make("li", {}, word("place_more", more)) : "");
  setText(parts.chosen, said ? said() : chosen ? word("place_chosen", homeWord(chosen)) : word("place_how"));
  parts.undo.disabled = undos.length === 0;
}

function build() {
  const file = make("input", { type: "file", accept: "image/png,image/jpeg,image/webp", class: "unseen", testid: "picture-file" });
  file.addEventListener("change", () => changePicture(file));
  parts = {
    search: make("input", { type: "search", "aria-label": word("place_search"), placeholder: word("place_search"), oninput: drawList }),
    list: make("ul", { class: "place-list" }),
    chosen: make("p", { class: "place-chosen", role: "status" }),
    undo: make("button", { type: "button", testid: "undo", onclick: undo }, word("place_undo")),
  };
  parts.root = make("article", { class: "card places", testid: "places" },
    make("h2", {}, word("place_title")),
    make("div", { class: "place-head" }, parts.chosen,
      make("div", { class: "place-orders" }, parts.undo,
        make("button", { type: "button", class: "primary", testid: "place-done", onclick: () => toggle(false) }, word("place_done")))),
    make("label", { class: "button upload" }, word("picture_upload"), make("small", {}, word("picture_hint")), file),
    parts.search, parts.list);
  find("side").replaceChildren(parts.root);
  show(find("side"), true);
  drawList();
}

let changed = () => {};

/** Turn the set-up on or off. */
export function toggle(isWanted) {
  if (isWanted === isOn()) return;
  if (isWanted) {
    changed(true); // the card gives the side to us
    build();
  } else {
    parts = null;
    chosen = said = null;
    quiet("place");
    find("side").replaceChildren();
    show(find("side"), false);
  }
  document.body.classList.toggle("is-placing", isOn());
  find("settings-button").setAttribute("aria-pressed", String(isOn()));
  if (!isWanted) changed(false);
}

/** What hands on the stage mean while the map is set up. */
export const meaning = {
  press(dwelling_id, [x, y]) {
    if (chosen && dwelling_id !== chosen) move(chosen, x, y, true);
    else if (dwelling_id) choose(dwelling_id);
  },
  drag(dwelling_id, [x, y], isDone) {
    if (chosen !== dwelling_id) choose(dwelling_id);
    move(dwelling_id, x, y, isDone);
  },
  key(dwelling_id, event) {
    const way = KEYS[event.key];
    if (!way || dwelling_id !== chosen) return false;
    const home = model.dwellings.get(dwelling_id);
    const by = STEP * (event.shiftKey ? 5 : 1);
    const inside = (value) => Math.min(1, Math.max(0, value));
    move(dwelling_id, inside(home.x + way[0] * by), inside(home.y + way[1] * by), false);
    return true;
  },
};

/** Begin. Shape: onToggled(isOn), onChosen(dwelling_id). */
export function start(onToggled, chosenIs) {
  changed = onToggled;
  onChosen = chosenIs;
  find("settings-button").addEventListener("click", () => toggle(!isOn()));
  onLanguage(() => isOn() && build());
  onChange(({ kind }) => kind === "board" && drawList());
}

export { choose };
