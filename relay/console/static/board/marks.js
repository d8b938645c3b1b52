// One mark for each state of a home: told apart by shape as well as by colour.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  safe: [["circle", { r: 7 }]],
  away: [["circle", { r: 7 }], ["path", { d: "M0-7A7 7 0 0 1 0 7Z", class: "cut" }]],
  offline: [["circle", { r: 7.5 }], ["path", { d: "M-3.6-3.6 3.6 3.6M3.6-3.6-3.6 3.6", class: "line" }]],
  pre_alarm: [["path", { d: "M0-10.500 10.500 0 0 10.500-10.500 0Z" }], ["path", { d: "M0-5V1.500M0 4.600V5", class: "line" }]],
  alarm: [["path", { d: "M-4.400-10.600H4.400L10.600-4.400V4.400L4.400 10.600H-4.400L-10.600 4.400V-4.400Z" }], ["path", { d: "M0-6V1.500M0 5.200V5.600", class: "line" }]],
  acknowledged: [["rect", { x: -8.5, y: -8.5, width: 17, height: 17, rx: 4 }], ["path", { d: "M-4.500 .3-1.300 3.600 4.600-3.400", class: "line" }]],
};

export const STATES = Object.keys(SHAPES);

/** The drawn mark of a state. */
export function mark(state) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-12 -12 24 24");
  svg.setAttribute("class", `mark mark-${state}`);
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, given] of SHAPES[state] ?? SHAPES.offline) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(given)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}
