// Hands on the stage: press, drag, pinch, wheel and keys become choose, move, zoom or place. What a press
// means is told by whoever asked: the board opens a card, the map's set-up places a home.
import { find } from "../base/dom.js";
import { lay, nearest, pointAt, step, view } from "./stage.js";

const SLACK = 6; // px a finger may tremble
const stage = find("stage");
const fingers = new Map(); // pointerId → {x, y}
let began = null; // {x, y, isMoved, home}
let meaning = { press() {}, drag: null, key: null };

/** Shape: press(dwelling_id or null, [x, y]) · drag(dwelling_id, [x, y], isDone) or null · key(id, event). */
export const mean = (next) => (meaning = next);

function inStage(event) {
  const box = stage.getBoundingClientRect();
  return [event.clientX - box.x, event.clientY - box.y];
}

const isOurs = (event) => !event.target.closest(".zoom, .tray, .legend");

function down(event) {
  if (!isOurs(event) || event.button > 0) return;
  const [x, y] = inStage(event);
  fingers.set(event.pointerId, { x, y });
  stage.setPointerCapture(event.pointerId);
  began = fingers.size === 1 ? { x, y, isMoved: false, home: nearest(x, y) } : null;
}

function move(event) {
  const finger = fingers.get(event.pointerId);
  const [x, y] = inStage(event);
  if (!finger) return pointAt(x, y);
  if (fingers.size === 2) {
    const [a, b] = [...fingers.values()];
    const before = Math.hypot(a.x - b.x, a.y - b.y);
    Object.assign(finger, { x, y });
    view.zoomAt(Math.hypot(a.x - b.x, a.y - b.y) / Math.max(1, before), (a.x + b.x) / 2, (a.y + b.y) / 2);
    lay();
    return;
  }
  if (began && (began.isMoved || Math.hypot(x - began.x, y - began.y) > SLACK)) {
    began.isMoved = true;
    if (meaning.drag && began.home) meaning.drag(began.home, view.place(x, y), false);
    else {
      view.moveBy(x - finger.x, y - finger.y);
      lay();
    }
  }
  Object.assign(finger, { x, y });
}

function up(event) {
  if (!fingers.delete(event.pointerId) || !began || fingers.size) return;
  const [x, y] = inStage(event);
  const what = began;
  began = null;
  if (event.type === "pointercancel") return;
  if (!what.isMoved) meaning.press(what.home, view.place(x, y));
  else if (meaning.drag && what.home) meaning.drag(what.home, view.place(x, y), true);
}

export function start() {
  stage.addEventListener("pointerdown", down);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
  stage.addEventListener("wheel", (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    view.zoomAt(Math.exp(-event.deltaY * 0.0015), ...inStage(event));
    lay();
  }, { passive: false });
  stage.addEventListener("keydown", (event) => {
    const id = event.target.dataset?.dwelling;
    if (!id) return;
    if (meaning.key?.(id, event)) event.preventDefault();
    else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      step(id, event.key);
    }
  });
  const middle = (factor) => () => {
    view.zoomAt(factor, view.width / 2, view.height / 2);
    lay();
  };
  find("zoom-in").addEventListener("click", middle(1.5));
  find("zoom-out").addEventListener("click", middle(1 / 1.5));
  find("zoom-fit").addEventListener("click", () => {
    view.fit();
    lay();
  });
}
