// The calm homes of a large community, painted: thirty thousand elements would hold the page for seconds. Each state
// has its own shape here, too. Whoever calls is never painted: that is an element above all this (dots.js).
import { find } from "../base/dom.js";
import { model } from "../base/model.js";
import { isCrowd, isElement } from "./dots.js";

const canvas = find("field");
const pen = canvas.getContext("2d");

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function circles(homes, view, radius) {
  pen.beginPath();
  for (const home of homes) {
    const [x, y] = view.at(home.x, home.y);
    if (x < -radius || y < -radius || x > view.width + radius || y > view.height + radius) continue;
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 7);
  }
}

function crosses(homes, view, radius) {
  pen.beginPath();
  for (const home of homes) {
    const [x, y] = view.at(home.x, home.y);
    pen.moveTo(x - radius, y - radius);
    pen.lineTo(x + radius, y + radius);
    pen.moveTo(x + radius, y - radius);
    pen.lineTo(x - radius, y + radius);
  }
}

/** Paint what is not an element. */
export function paint(view) {
  canvas.hidden = !isCrowd();
  if (canvas.hidden) return;
  const scale = devicePixelRatio || 1;
  const [width, height] = [Math.round(view.width * scale), Math.round(view.height * scale)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, view.width, view.height);
  const of = { safe: [], away: [], offline: [] };
  for (const home of model.dwellings.values()) if (home.x !== null && !isElement(home)) of[home.state]?.push(home);
  const radius = Math.min(9, Math.max(1.6, 7 * view.scale * Math.sqrt(400 / model.dwellings.size) * 1.6));
  pen.lineWidth = Math.max(0.8, radius / 4);
  pen.strokeStyle = colour("--safe-line");
  pen.fillStyle = colour("--safe");
  circles(of.safe, view, radius);
  pen.fill();
  if (radius > 2.5) pen.stroke();
  circles(of.away, view, radius); // a ring: nobody is at home
  pen.stroke();
  pen.strokeStyle = colour("--off");
  pen.lineWidth = Math.max(1.2, radius / 2);
  crosses(of.offline, view, radius * 0.8);
  pen.stroke();
}
