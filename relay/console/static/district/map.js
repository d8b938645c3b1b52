// The map of the district: outlines of communities on a quiet ground, their homes, and every open alarm above them all.
// There are no tiles: a map server elsewhere would be told where our residents live.
import { make } from "../base/dom.js";
import { named, onLanguage, word } from "../base/words.js";
import { alarmsLayer } from "./alarms.js";
import { dotsLayer } from "./dots.js";
import { outlines, ZOOM_MIN } from "./homes.js";
import { communityOf, model, onChange } from "./state.js";
import { surroundingsLayer } from "./surroundings.js";

const CLOSE_ZOOM = 17;

/** Make the map in its element; `choose(community_id)` when somebody presses a community. */
export function makeMap(choose) {
  const L = window.L;
  const map = L.map("map", { zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, minZoom: ZOOM_MIN, maxZoom: 19, zoomSnap: 1, preferCanvas: true, inertia: true });
  const zoom = L.control.zoom({ zoomInTitle: word("zoom_in"), zoomOutTitle: word("zoom_out") }).addTo(map);
  onLanguage(() => {
    for (const [name, key] of [["_zoomInButton", "zoom_in"], ["_zoomOutButton", "zoom_out"]]) {
      zoom[name].title = word(key);
      zoom[name].setAttribute("aria-label", word(key));
    }
  });
  L.control.scale({ imperial: false }).addTo(map);
  const shapes = L.layerGroup().addTo(map);
  const dots = dotsLayer(map, (feature, index) => press(map, feature, index, choose));
  surroundingsLayer(map);
  const drawAlarms = alarmsLayer(map, choose);
  onChange((kind) => {
    if (kind === "homes") {
      drawOutlines(map, shapes, choose);
      showAll(map);
    }
    if (kind === "homes" || kind === "states") {
      dots.draw();
      drawAlarms();
    }
    if (kind === "alarms") drawAlarms();
    if (kind === "chosen") markChosen(map, shapes);
  });
  onLanguage(() => { drawOutlines(map, shapes, choose); drawAlarms(); });
  return { map, dots, goTo: (latitude, longitude) => map.setView([latitude, longitude], CLOSE_ZOOM), showAll: () => showAll(map) };
}

function showAll(map) {
  const places = [...model.homes.values()].map((home) => [home.lat, home.lng]);
  const centres = (model.district?.communities ?? []).filter((one) => one.latitude !== null).map((one) => [one.latitude, one.longitude]);
  const all = places.length ? places : centres;
  if (all.length) map.fitBounds(window.L.latLngBounds(all), { padding: [12, 12], maxZoom: CLOSE_ZOOM });
  else map.setView([30.66, 104.06], 11);
}

function drawOutlines(map, shapes, choose) {
  shapes.clearLayers();
  for (const [community_id, ring] of outlines()) {
    const community = communityOf({ community_id });
    if (!community) continue;
    const shape = window.L.polygon(ring, { className: "outline", weight: 2, color: "#5f7d6f", fillColor: "#7ea08f", fillOpacity: 0.14 });
    shape.community_id = community.community_id;
    shape.bindTooltip(named(community, "name"), { sticky: true });
    shape.on("click", () => choose(community.community_id));
    shapes.addLayer(shape);
  }
  markChosen(map, shapes);
}

function markChosen(map, shapes) {
  shapes.eachLayer((shape) => {
    const isChosen = shape.community_id === model.chosen;
    shape.setStyle({ weight: isChosen ? 5 : 2, fillOpacity: isChosen ? 0.3 : 0.14 });
  });
}

function press(map, feature, index, choose) {
  const [lng, lat] = feature.geometry.coordinates;
  if (feature.properties.cluster) {
    map.setView([lat, lng], Math.min(CLOSE_ZOOM + 1, index.getClusterExpansionZoom(feature.id)));
    return;
  }
  const home = feature.properties;
  const community = communityOf(home);
  window.L.popup({ autoPan: true }).setLatLng([lat, lng])
    .setContent(make("p", {}, `${community ? named(community, "name") : ""} · ${home.id} · ${word(`state_${home.state}`)}`)).openOn(map);
  if (community) choose(community.community_id);
}
