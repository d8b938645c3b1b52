// Clusters and calm homes on one canvas. Thirty thousand elements would stand still; some hundred drawn circles do not.
// The canvas is larger than the map by a margin, moves with it while a hand drags, and is drawn anew when it rests or
// when the margin is used up.
import { named, onLanguage } from "../base/words.js";
import { model } from "./state.js";

const MARGIN = 0.35; // of the map's size, on each side
const NAMES_FROM_ZOOM = 14;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Make the layer; `pressed(found)` gets the cluster or home under a press. */
export function dotsLayer(map, pressed) {
  const L = window.L;
  const canvas = L.DomUtil.create("canvas", "dots-canvas", map.createPane("dots"));
  const context = canvas.getContext("2d");
  let drawn = []; // {x, y, r, feature} in the canvas's pixels, for presses
  let origin = null; // layer point of the canvas's corner
  let colours = null;

  function palette() {
    colours = { safe: colour("--safe"), line: colour("--safe-line"), panel: colour("--panel"), text: colour("--text"), off: colour("--off"), primary: colour("--primary"), primaryText: colour("--primary-text") };
  }

  function draw() {
    if (!model.clusters.size) return;
    if (!colours) palette();
    const size = map.getSize();
    const margin = size.multiplyBy(MARGIN).round();
    origin = map.containerPointToLayerPoint([0, 0]).subtract(margin);
    const full = size.add(margin.multiplyBy(2));
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== full.x * scale || canvas.height !== full.y * scale) {
      canvas.width = full.x * scale;
      canvas.height = full.y * scale;
      canvas.style.width = `${full.x}px`;
      canvas.style.height = `${full.y}px`;
    }
    L.DomUtil.setPosition(canvas, origin);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, full.x, full.y);
    const corner = (x, y) => map.layerPointToLatLng(origin.add([x, y]));
    const [northWest, southEast] = [corner(0, 0), corner(full.x, full.y)];
    const box = [northWest.lng, southEast.lat, southEast.lng, northWest.lat];
    const zoom = Math.round(map.getZoom());
    drawn = [];
    for (const index of model.clusters.values()) for (const feature of index.getClusters(box, zoom)) drawn.push(drawOne(index, feature));
    for (const community of model.district?.communities ?? []) drawName(community, zoom);
  }

  /** The community's name above its homes, where they are wide enough on the map to carry it. */
  function drawName(community, zoom) {
    if (community.latitude === null || zoom < NAMES_FROM_ZOOM) return;
    const at = map.latLngToLayerPoint([community.latitude, community.longitude]).subtract(origin);
    const text = named(community, "name");
    context.font = "600 15px system-ui, sans-serif";
    context.textAlign = "center";
    context.lineWidth = 4;
    context.strokeStyle = colours.panel;
    context.strokeText(text, at.x, at.y - 26);
    context.fillStyle = colours.text;
    context.fillText(text, at.x, at.y - 26);
  }

  function drawOne(index, feature) {
    const [lng, lat] = feature.geometry.coordinates;
    const at = map.latLngToLayerPoint([lat, lng]).subtract(origin);
    const count = feature.properties.point_count;
    const one = { x: at.x, y: at.y, r: count ? Math.min(26, 11 + Math.log2(count) * 1.2) : 7, feature, index };
    if (count) cluster(one, feature.properties);
    else home(one, feature.properties.state);
    return one;
  }

  function cluster({ x, y, r }, { point_count: count, offline }) {
    circle(x, y, r, colours.panel, colours.line, 1.5);
    const share = (offline / count) * 2 * Math.PI;
    ring(x, y, r - 2.5, 0, 2 * Math.PI, colours.safe, 5);
    if (offline) {
      ring(x, y, r - 2.5, -Math.PI / 2, -Math.PI / 2 + Math.max(share, 0.12), colours.off, 5);
    }
    context.fillStyle = colours.text;
    context.font = `600 ${count > 999 ? 12 : 13}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(count), x, y + 0.5);
  }

  function home({ x, y, r }, state) {
    if (state === "offline") {
      circle(x, y, r, "#eef0f2", "#3f4650", 2);
      context.beginPath();
      for (const side of [-1, 1]) { context.moveTo(x - 3.4, y - 3.4 * side); context.lineTo(x + 3.4, y + 3.4 * side); }
      context.stroke();
    } else if (state === "away") {
      circle(x, y, r, colours.panel, colours.line, 2);
      context.beginPath();
      context.arc(x, y, r - 1, -Math.PI / 2, Math.PI / 2);
      context.fillStyle = colours.safe;
      context.fill();
    } else circle(x, y, r, colours.safe, colours.line, 1.5);
  }

  function circle(x, y, r, fill, stroke, width) {
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.stroke();
  }

  function ring(x, y, r, from, to, stroke, width) {
    context.beginPath();
    context.arc(x, y, r, from, to);
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.stroke();
  }

  /** While the map moves: only when its edge comes near the canvas's is there something to draw. */
  function moved() {
    if (!origin) return;
    const at = map.containerPointToLayerPoint([0, 0]).subtract(origin);
    const margin = map.getSize().multiplyBy(MARGIN);
    if (Math.abs(at.x - margin.x) > margin.x * 0.9 || Math.abs(at.y - margin.y) > margin.y * 0.9) draw();
  }

  function under(point) {
    const at = map.containerPointToLayerPoint(point).subtract(origin ?? [0, 0]);
    return drawn.find((one) => Math.hypot(one.x - at.x, one.y - at.y) <= Math.max(one.r, 14)) ?? null;
  }

  map.on("moveend zoomend resize viewreset", draw);
  map.on("move", moved);
  map.on("click", (event) => {
    const found = under(event.containerPoint);
    if (found) pressed(found.feature, found.index);
  });
  map.on("mousemove", (event) => { map.getContainer().style.cursor = under(event.containerPoint) ? "pointer" : ""; });
  onLanguage(draw);
  new MutationObserver(() => { colours = null; draw(); }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { colours = null; draw(); });
  return { draw, count: () => drawn.length };
}
