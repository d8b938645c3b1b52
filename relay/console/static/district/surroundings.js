// What lies around: clinics, stations, defibrillators. A layer that is off until somebody wants it.
import { make } from "../base/dom.js";
import { get } from "../base/http.js";
import { onLanguage, word } from "../base/words.js";
import { model } from "./state.js";

const SIGNS = { clinic: "✚", station: "★", defibrillator: "♥" };

/** The layer with its switch, in the corner of the map. */
export function surroundingsLayer(map) {
  const L = window.L;
  const layer = L.layerGroup();
  const button = make("button", { type: "button", class: "surroundings-switch", testid: "surroundings", "aria-pressed": "false" });
  const Switch = L.Control.extend({
    onAdd() {
      L.DomEvent.disableClickPropagation(button);
      return button;
    },
  });
  new Switch({ position: "topright" }).addTo(map);

  function draw() {
    button.textContent = word("surroundings");
    layer.clearLayers();
    for (const place of model.surroundings ?? []) layer.addLayer(placeMarker(place));
  }

  button.addEventListener("click", async () => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isOn));
    if (!isOn) {
      layer.remove();
      return;
    }
    layer.addTo(map);
    try {
      model.surroundings ??= await get("/api/surroundings");
      draw();
      if (!model.surroundings.length) button.textContent = word("surroundings_none");
    } catch (error) {
      button.setAttribute("aria-pressed", "false");
      layer.remove();
      button.textContent = `${word("surroundings")} · ${error.message}`;
    }
  });
  onLanguage(draw);
  draw();
}

function placeMarker(place) {
  const name = `${word(`place_kind_${place.kind}`)} · ${place.name}${place.phone ? ` · ${place.phone}` : ""}`;
  const html = make("span", { "aria-hidden": "true" }, SIGNS[place.kind] ?? "•");
  const icon = window.L.divIcon({ className: `place place-${place.kind}`, html, iconSize: [28, 28] });
  const marker = window.L.marker([place.latitude, place.longitude], { icon, title: name, alt: name });
  marker.on("add", () => marker.getElement()?.setAttribute("aria-label", name));
  return marker.bindPopup(() => make("p", {}, make("strong", {}, place.name), make("br"), word(`place_kind_${place.kind}`),
    place.phone ? make("a", { class: "phone-link", href: `tel:${place.phone}` }, ` ${place.phone}`) : null));
}
