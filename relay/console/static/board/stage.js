// The bird's-eye picture with its homes. A dot is a button; a press anywhere near one means the nearest, so that
// the target is large though the mark is small. An alarm is never hidden: it lies above all else and, where the
// operator has moved the picture away, at the stage's edge.
import { kindWord, homeWord } from "../base/alarm_words.js";
import { find, make, setText, show } from "../base/dom.js";
import { STATES, mark } from "./marks.js";
import { alarmOf, model, onChange } from "../base/model.js";
import { notice, quiet } from "../base/notices.js";
import { View } from "./view.js";
import { onLanguage, word } from "../base/words.js";

const REACH = 22; // px around a mark that mean it: targets of 44 px
const EDGE = 6; // px that stay between an alarm and the stage's edge
const stage = find("stage");
const dots = new Map(); // dwelling_id → {button, flag, state}
export const view = new View();
let chosen = null;
let choose = () => {};

export const onChoose = (listener) => (choose = listener);

/** Mark this home as the one whose card is open; null for none. */
export function showChosen(dwelling_id) {
  chosen = dwelling_id;
  for (const [id, dot] of dots) dot.button.classList.toggle("is-chosen", id === dwelling_id);
  lay();
}

const isLoud = (state) => state === "alarm" || state === "pre_alarm" || state === "acknowledged";

function draw(home) {
  let dot = dots.get(home.dwelling_id);
  if (!dot) {
    const button = make("button", { type: "button", class: "dot", testid: `dot-${home.dwelling_id}`, tabindex: "-1" });
    button.dataset.dwelling = home.dwelling_id;
    dot = { button, name: make("span"), kind: make("span", { class: "dot-kind" }), state: null };
    dot.label = make("span", { class: "dot-label", "aria-hidden": "true" }, dot.name, dot.kind);
    dots.set(home.dwelling_id, dot);
  }
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
  const isPlaced = home.x !== null && home.y !== null;
  const parent = find(isPlaced ? "dots" : "tray");
  if (dot.button.parentNode !== parent) parent.append(dot.button, dot.label);
}

function drawAll() {
  const community = model.community;
  if (!community) return;
  for (const [id, dot] of dots) {
    if (!model.dwellings.has(id)) {
      dot.button.remove();
      dot.label.remove();
      dots.delete(id);
    }
  }
  for (const image of [find("picture"), find("backdrop")]) {
    if (image.getAttribute("src") !== community.picture_url) image.setAttribute("src", community.picture_url);
  }
  view.pictureWidth = community.picture_width;
  view.pictureHeight = community.picture_height;
  for (const home of model.dwellings.values()) draw(home);
  legend();
  lay();
}

/** Put picture and dots where the view says. */
export function lay() {
  view.width = stage.clientWidth;
  view.height = stage.clientHeight;
  view.keepInside();
  const [left, top] = view.at(0, 0);
  const [end, bottom] = view.at(1, 1);
  Object.assign(find("picture").style, {
    left: `${left}px`, top: `${top}px`, width: `${end - left}px`, height: `${bottom - top}px`,
  });
  stage.classList.toggle("is-enlarged", view.zoom > 1);
  stage.style.setProperty("--dot", `${Math.min(46, Math.max(9, 20 * view.scale)).toFixed(1)}px`);
  const toLabel = Math.min(46, Math.max(9, 20 * view.scale)) + 8;
  for (const [id, { button, label, state }] of dots) {
    const home = model.dwellings.get(id);
    if (!home || home.x === null || home.y === null) continue;
    let [x, y] = view.at(home.x, home.y);
    const isBeyond = x < 0 || y < 0 || x > view.width || y > view.height;
    if (isLoud(state)) {
      const half = button.offsetWidth / 2 + EDGE;
      x = Math.min(view.width - half, Math.max(half, x));
      y = Math.min(view.height - half, Math.max(half, y));
    }
    button.classList.toggle("is-beyond", isBeyond && isLoud(state));
    button.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    const [wide, high] = [label.offsetWidth, label.offsetHeight];
    const right = x + toLabel + wide < view.width ? x + toLabel : x - toLabel - wide;
    const labelX = right >= 4 ? right : Math.max(4, Math.min(view.width - wide - 4, x - wide / 2));
    const labelY = right >= 4 ? y - high / 2 : y > view.height / 2 ? y - toLabel - high : y + toLabel;
    label.style.transform = `translate(${labelX.toFixed(0)}px, ${labelY.toFixed(0)}px)`;
  }
  const loud = [...dots.values()].filter((dot) => dot.state === "alarm").length;
  find("dots").classList.toggle("is-crowded", loud > (view.width < 700 ? 1 : 5)); // labels over labels help nobody
  show(find("tray"), find("tray").querySelector(".dot") !== null);
  find("tray").setAttribute("aria-label", word("homes_unplaced"));
  rove();
}

/** One dot is reached by Tab, the others by arrow keys: the one that is chosen, in alarm, or the first. */
function rove() {
  const all = [...dots.values()];
  const focused = all.find((dot) => dot.button === document.activeElement);
  const first = focused ?? dots.get(chosen) ?? all.find((dot) => dot.state === "alarm") ?? all[0];
  for (const dot of all) dot.button.tabIndex = dot === first ? 0 : -1;
}

function legend() {
  const counts = new Map(STATES.map((state) => [state, 0]));
  for (const home of model.dwellings.values()) counts.set(home.state, (counts.get(home.state) ?? 0) + 1);
  find("legend").replaceChildren(
    ...STATES.filter((state) => state === "safe" || counts.get(state)).map((state) =>
      make("li", { testid: `legend-${state}` }, mark(state), `${word(`state_${state}`)} ${counts.get(state)}`),
    ),
  );
}

/** The home nearest to a pixel of the stage, within reach; null for none. Alarms win over others. */
export function nearest(px, py) {
  let best = null;
  for (const [id, dot] of dots) {
    const home = model.dwellings.get(id);
    if (!home || home.x === null) continue;
    const box = dot.button.getBoundingClientRect();
    const around = stage.getBoundingClientRect();
    const away = Math.hypot(box.x + box.width / 2 - around.x - px, box.y + box.height / 2 - around.y - py);
    const felt = away - (dot.state === "alarm" ? REACH / 2 : 0);
    if (away <= Math.max(REACH, box.width / 2) && (!best || felt < best.felt)) best = { id, felt };
  }
  return best?.id ?? null;
}

/** The next dot in the direction of an arrow key. */
export function step(from, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const here = model.dwellings.get(from);
  if (!here || here.x === null) return;
  let best = null;
  for (const home of model.dwellings.values()) {
    if (home.dwelling_id === from || home.x === null) continue;
    const [x, y] = [(home.x - here.x) * view.pictureWidth, (home.y - here.y) * view.pictureHeight];
    const along = x * dx + y * dy;
    const cost = along + 2.5 * Math.abs(x * dy + y * dx);
    if (along > 1 && (!best || cost < best.cost)) best = { id: home.dwelling_id, cost };
  }
  if (!best) return;
  const button = dots.get(best.id).button;
  for (const dot of dots.values()) dot.button.tabIndex = dot.button === button ? 0 : -1;
  button.focus();
}

export function start() {
  new ResizeObserver(lay).observe(stage);
  find("picture").addEventListener("error", () => notice("picture", () => word("picture_failed")));
  find("picture").addEventListener("load", () => quiet("picture"));
  stage.addEventListener("click", (event) => {
    const button = event.target.closest?.(".dot");
    if (button && (event.detail === 0 || button.parentNode === find("tray"))) choose(button.dataset.dwelling);
  });
  onChange(({ kind, value }) => {
    if (kind === "board") drawAll();
    else if (kind === "dwelling" || (kind === "alarm" && model.dwellings.has(value.dwelling_id))) {
      draw(model.dwellings.get(value.dwelling_id));
      legend();
      lay();
    }
  });
  onLanguage(drawAll);
}
