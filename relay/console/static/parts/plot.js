// Small plots of our own, as SVG. Each has its numbers beside it in words or in a table: a plot is for the eye only.
import { make } from "../base/dom.js";
import { word } from "../base/words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 440; // about as wide as it is shown, so that its letters keep their size
const HEIGHT = 200;
const EDGE = { left: 50, right: 24, top: 16, bottom: 30 };

function draw(tag, given, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Where the lines of a scale lie: four or five round steps from 0 up to the largest. */
export function scale(largest) {
  if (!(largest > 0)) return [0, 1];
  const rough = largest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

/** Bars or a line over named places. Shape: points [{name, value or null}]; `limit` draws a dashed line at a target. */
export function plot({ title, points, unit = "", kind = "bar", limit = null, limitName = "", testid }) {
  const marks = scale(Math.max(limit ?? 0, ...points.map((one) => one.value ?? 0)));
  const top = marks.at(-1);
  const inner = { width: WIDTH - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const x = (index) => EDGE.left + (inner.width * (index + 0.5)) / points.length;
  const y = (value) => EDGE.top + inner.height * (1 - value / top);
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img", "aria-label": `${title}: ${points.map((one) => `${one.name} ${one.value ?? "—"}${unit}`).join(", ")}` });
  for (const mark of marks) {
    svg.append(draw("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(mark), y2: y(mark), class: "plot-grid" }),
      text(EDGE.left - 6, y(mark) + 4, `${mark}${unit}`, "end"));
  }
  if (kind === "bar") for (const [index, one] of points.entries()) svg.append(...bar(one, index));
  else svg.append(...line());
  const every = Math.ceil(points.length / 6);
  for (const [index, one] of points.entries()) if (index % every === 0) svg.append(text(x(index), HEIGHT - 12, one.short ?? one.name, "middle"));
  if (limit !== null) {
    svg.append(draw("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(limit), y2: y(limit), class: "plot-limit" }), text(WIDTH - EDGE.right, y(limit) - 5, limitName, "end"));
  }
  if (!points.some((one) => one.value)) svg.append(text(WIDTH / 2, HEIGHT / 2, word("plot_none"), "middle"));
  return make("figure", { class: "plot-frame", testid }, make("figcaption", {}, title), svg);

  function bar(one, index) {
    if (!one.value) return [];
    const width = Math.min(40, (inner.width / points.length) * 0.7);
    return [draw("rect", { x: x(index) - width / 2, width, y: y(one.value), height: Math.max(1, y(0) - y(one.value)), class: "plot-bar" }, draw("title", {}, `${one.name} ${one.value}${unit}`))];
  }

  function line() {
    const parts = [];
    let run = []; // a gap in the numbers is a gap in the line
    const close = () => {
      if (run.length) parts.push(draw("polyline", { points: run.map(([index, value]) => `${x(index)},${y(value)}`).join(" "), class: "plot-line" }));
      run = [];
    };
    for (const [index, one] of points.entries()) {
      if (one.value === null || one.value === undefined) close();
      else {
        run.push([index, one.value]);
        parts.push(draw("circle", { cx: x(index), cy: y(one.value), r: 4, class: "plot-dot" }, draw("title", {}, `${one.name} ${one.value}${unit}`)));
      }
    }
    close();
    return parts;
  }
}

function text(x, y, words, anchor) {
  return draw("text", { x, y, "text-anchor": anchor, class: "plot-text" }, String(words));
}
