// The bird's-eye picture with its homes. A dot is a button; a press anywhere near one means the nearest, so that
// the target is large though the mark is small. An alarm is never hidden: it lies above all else and, where the
// operator has moved the picture away, at the stage's edge.
import { find, make, setText, show } from "../base/dom.js";
import { model, onChange } from "../base/model.js";
import { notice, quiet } from "../base/notices.js";
import { soon } from "../base/soon.js";
import { onLanguage, word } from "../base/words.js";
import { dots, drawAllDots, drawDot, isCrowd, isLoud, takeAtHand } from "./dots.js";
import { paint } from "./field.js";
import { STATES, mark } from "./marks.js";
import { labelAt, spread } from "./spread.js";
import { View } from "./view.js";

const REACH = 22; // px around a mark that mean it: targets of 44 px
const EDGE = 6; // px that stay between an alarm and the stage's edge
const stage = find("stage");
export const view = new View();
let chosen = null;
let pointed = null; // in a crowd: the home under the pointer
let choose = () => {};

export const onChoose = (listener) => (choose = listener);

/** In a crowd: these homes are elements though they are calm; one is always there for the keyboard. */
const atHand = () => isCrowd() && takeAtHand(chosen, pointed, model.dwellings.keys().next().value);

/** Mark this home as the one whose card is open; null for none. */
export function showChosen(dwelling_id) {
  chosen = dwelling_id;
  atHand();
  for (const [id, dot] of dots) dot.button.classList.toggle("is-chosen", id === dwelling_id);
  lay();
}

function drawAll() {
  const community = model.community;
  if (!community) return;
  for (const image of [find("picture"), find("backdrop")]) {
    if (image.getAttribute("src") !== community.picture_url) image.setAttribute("src", community.picture_url);
  }
  view.pictureWidth = community.picture_width;
  view.pictureHeight = community.picture_height;
  atHand();
  drawAllDots();
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
  layMarks();
  paint(view);
}

/** Where each element lies: homes that call inside the stage and not on one another. */
function placesOf() {
  const places = new Map();
  const loud = [];
  for (const [id, { button, state }] of dots) {
    const home = model.dwellings.get(id);
    if (!home || home.x === null || home.y === null) continue;
    const [x, y] = view.at(home.x, home.y);
    const place = { x, y, isBeyond: x < 0 || y < 0 || x > view.width || y > view.height };
    places.set(id, place);
    if (isLoud(state)) loud.push(Object.assign(place, { gap: button.offsetWidth + EDGE }));
  }
  spread(loud, view.width, view.height);
  return places;
}

/** Put the elements where the view says. */
function layMarks() {
  stage.style.setProperty("--dot", `${Math.min(46, Math.max(9, 20 * view.scale)).toFixed(1)}px`);
  const toLabel = Math.min(46, Math.max(9, 20 * view.scale)) + 8;
  const places = placesOf();
  const loud = [...places].filter(([id]) => isLoud(dots.get(id).state)).map(([id, place]) => ({ ...place, id }));
  for (const [id, { x, y, isBeyond }] of places) {
    const { button, label, state } = dots.get(id);
    button.classList.toggle("is-beyond", isBeyond && isLoud(state));
    button.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    const others = isLoud(state) || id === chosen ? loud.filter((one) => one.id !== id) : [];
    const box = { wide: label.offsetWidth, high: label.offsetHeight, away: toLabel };
    const [left, top] = labelAt({ x, y }, box, others, view.width, view.height);
    label.style.transform = `translate(${left.toFixed(0)}px, ${top.toFixed(0)}px)`;
  }
  const calling = [...dots.values()].filter((dot) => dot.state === "alarm").length;
  find("dots").classList.toggle("is-crowded", calling > (view.width < 700 ? 1 : 5)); // labels over labels help nobody
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
  const around = stage.getBoundingClientRect();
  for (const [id, dot] of dots) {
    const home = model.dwellings.get(id);
    if (!home || home.x === null) continue;
    const box = dot.button.getBoundingClientRect();
    const away = Math.hypot(box.x + box.width / 2 - around.x - px, box.y + box.height / 2 - around.y - py);
    const felt = away - (dot.state === "alarm" ? REACH / 2 : 0);
    if (away <= Math.max(REACH, box.width / 2) && (!best || felt < best.felt)) best = { id, felt };
  }
  if (isCrowd() && !isLoud(dots.get(best?.id)?.state)) best = nearestPainted(px, py) ?? best;
  return best?.id ?? null;
}

function nearestPainted(px, py) {
  let best = null;
  for (const home of model.dwellings.values()) {
    if (home.x === null) continue;
    const [x, y] = view.at(home.x, home.y);
    const felt = Math.hypot(x - px, y - py);
    if (felt <= REACH && (!best || felt < best.felt)) best = { id: home.dwelling_id, felt };
  }
  return best;
}

/** In a crowd: the home under the pointer becomes an element, with its name. */
export function pointAt(px, py) {
  if (!isCrowd()) return;
  const id = nearestPainted(px, py)?.id ?? null;
  if (id === pointed) return;
  pointed = id;
  atHand();
  layMarks();
}

/** The placed home that lies next in this direction; null for none. */
function towards(here, [dx, dy]) {
  let best = null;
  for (const home of model.dwellings.values()) {
    if (home === here || home.x === null) continue;
    const [x, y] = [(home.x - here.x) * view.pictureWidth, (home.y - here.y) * view.pictureHeight];
    const along = x * dx + y * dy;
    const cost = along + 2.5 * Math.abs(x * dy + y * dx);
    if (along > 1 && (!best || cost < best.cost)) best = { id: home.dwelling_id, cost };
  }
  return best?.id ?? null;
}

/** The home next to one in the tray: another there, or by the upward key one on the picture; null for none. */
function besideInTray(from, [dx, dy]) {
  const there = trayed();
  if (dx) return there[there.indexOf(from) + dx] ?? null;
  return dy < 0 ? ([...model.dwellings.values()].find((home) => home.x !== null)?.dwelling_id ?? null) : null;
}

/** The homes without a place, as they stand. */
const trayed = () => [...find("tray").querySelectorAll(".dot")].map((button) => button.dataset.dwelling);

/** The next dot in the direction of an arrow key. Downwards out of the picture lie the homes without a place. */
export function step(from, key) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const here = model.dwellings.get(from);
  if (!here) return;
  const next = here.x === null ? besideInTray(from, way) : (towards(here, way) ?? (way[1] > 0 ? trayed()[0] : null));
  if (!next) return;
  if (isCrowd()) {
    takeAtHand(chosen, from, next);
    layMarks();
  }
  const button = dots.get(next).button;
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
  const drawSoon = soon(() => {
    legend();
    layMarks();
    paint(view);
  });
  onChange(({ kind, value }) => {
    if (kind === "board") drawAll();
    else if (kind === "dwelling" || (kind === "alarm" && model.dwellings.has(value.dwelling_id))) {
      drawDot(model.dwellings.get(value.dwelling_id));
      drawSoon();
    }
  });
  onLanguage(drawAll);
}
