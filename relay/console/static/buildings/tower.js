// The building in three dimensions, drawn by MapLibre without any map beneath it: the walls as glass, and each home as
// a small lit cell at its floor. Only this page loads MapLibre, and only where there is WebGL; without it the page
// says so and loses nothing else, because the table says the same.
import { make } from "../base/dom.js";
import { word } from "../base/words.js";
import { rings } from "./cells.js";

const VENDOR = "/static/vendor/maplibre";
const LIGHT = { safe: "#f4c51c", away: "#a99a58", offline: "#7d8794", pre_alarm: "#ff9d00", alarm: "#e3161d", acknowledged: "#3f86d8" };
let loading = null;
let map = null;
let home = null; // the element that holds the map: kept when the page is drawn anew
let shownFor = "";
let onPress = () => {};

/** Is there a WebGL to draw with? A lost one counts as none. */
export function hasWebGL() {
  try {
    const canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
  } catch {
    return false;
  }
}

function library() {
  loading ??= new Promise((done, failed) => {
    const style = make("link", { rel: "stylesheet", href: `${VENDOR}/maplibre-gl.css` });
    const script = make("script", { src: `${VENDOR}/maplibre-gl-csp.js`, onload: () => done(window.maplibregl), onerror: failed });
    document.head.append(style, script);
  }).then((library) => {
    library.setWorkerUrl(`${VENDOR}/maplibre-gl-csp-worker.js`); // a file of ours: the CSP needs no blob for it
    return library;
  });
  return loading;
}

/** Draw the building into this place. */
export async function drawTower(place, building, cells, press) {
  onPress = press;
  if (!hasWebGL()) {
    place.replaceChildren(make("p", { class: "tower-none", testid: "no-3d" }, word("no_3d")));
    return;
  }
  home ??= make("div", { class: "tower-map" });
  place.replaceChildren(home, make("p", { class: "tower-hint" }, word("tower_hint")));
  try {
    await begin(await library(), building, cells);
    place.dataset.state = "ready";
  } catch {
    place.replaceChildren(make("p", { class: "tower-none", testid: "no-3d" }, word("no_3d")));
  }
}

const number = (value) => (Number.isFinite(value) ? value : 0);

async function begin(library, building, cells) {
  const { walls, homes, centre, height_m } = rings(cells, number(building.latitude), number(building.longitude));
  if (!map) {
    map = new library.Map({
      container: home, style: style(), center: centre, zoom: 17.4, pitch: 58, bearing: -28, attributionControl: false,
      fadeDuration: 0, canvasContextAttributes: { antialias: true }, maxPitch: 75,
    });
    map.addControl(new library.NavigationControl({ visualizePitch: true }));
    map.on("click", "homes", (event) => {
      const found = event.features?.[0]?.properties.dwelling_id;
      if (found) onPress({ dwelling_id: found });
    });
    await new Promise((done) => map.once("load", done));
    home.querySelector("canvas").setAttribute("aria-label", word("tower_label"));
  }
  map.getSource("walls").setData(walls);
  map.getSource("homes").setData(homes);
  map.resize();
  const name = `${building.estate}/${building.building}`;
  if (shownFor !== name) {
    shownFor = name;
    const [[west, south], , [east, north]] = walls.features[0].geometry.coordinates[0];
    map.fitBounds([[west, south], [east, north]], { animate: false, bearing: -28, padding: 40, maxZoom: 20 });
    map.jumpTo({ pitch: 58, zoom: map.getZoom() - Math.log2(1 + height_m / 90) - 0.4 });
  }
}

function style() {
  const light = ["match", ["get", "state"], ...Object.entries(LIGHT).flat(), LIGHT.offline];
  const empty = { type: "FeatureCollection", features: [] };
  return {
    version: 8,
    sources: { walls: { type: "geojson", data: empty }, homes: { type: "geojson", data: empty } },
    light: { anchor: "viewport", position: [1.2, 210, 35], intensity: 0.35 },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#1b241f" } },
      { id: "foot", type: "line", source: "walls", paint: { "line-color": "#5f6f66", "line-width": 2 } },
      {
        id: "homes", type: "fill-extrusion", source: "homes",
        paint: { "fill-extrusion-color": light, "fill-extrusion-base": ["get", "base"], "fill-extrusion-height": ["get", "top"], "fill-extrusion-opacity": 1 },
      },
      {
        id: "walls", type: "fill-extrusion", source: "walls",
        paint: { "fill-extrusion-color": "#9fb3a8", "fill-extrusion-height": ["get", "top"], "fill-extrusion-opacity": 0.28 },
      },
    ],
  };
}
