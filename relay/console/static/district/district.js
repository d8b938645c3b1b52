// The district: what begins in which order.
import { find, make } from "../base/dom.js";
import { get } from "../base/http.js";
import { span } from "../base/times.js";
import { onLanguage, word } from "../base/words.js";
import { start as startLive } from "./live.js";
import { makeMap } from "./map.js";
import * as panel from "./panel.js";
import { model, onChange, tell, unplaced } from "./state.js";

const room = find("room");
const line = make("p", { class: "sentence is-bad", role: "status", testid: "line", hidden: true });
const mapElement = make("div", { id: "map", class: "map", testid: "map", role: "application" });
const note = make("p", { class: "map-note", role: "status" });
room.replaceChildren(line, make("div", { id: "figures", class: "figures" }),
  make("div", { class: "district-floor" }, make("div", { class: "map-frame" }, mapElement, note),
    make("div", { class: "district-side" },
      make("section", { id: "panel-alarms", class: "panel", testid: "panel-alarms" }),
      make("section", { id: "panel-detail", class: "panel", testid: "panel-detail", hidden: true }),
      make("section", { id: "panel-communities", class: "panel" }))));

async function choose(community_id, isSought = false) {
  if (model.chosen !== community_id) model.detail = null;
  model.chosen = community_id;
  tell("chosen");
  const community = model.district?.communities.find((one) => one.community_id === community_id);
  if (!community) return;
  if (isSought && community.latitude !== null) view.map.setView([community.latitude, community.longitude], 15);
  await loadDetail();
  if (isSought) find("panel-detail").scrollIntoView({ block: "nearest" });
}

async function loadDetail() {
  const wanted = model.chosen;
  if (!wanted) return;
  let found;
  try {
    found = await get(`/api/district/communities/${encodeURIComponent(wanted)}`);
  } catch (error) {
    if (error.status === undefined) throw error;
    found = { failed: error.message };
  }
  if (model.chosen !== wanted) return;
  model.detail = found;
  tell("chosen");
}

const view = makeMap(choose);
panel.start({ choose, goTo: view.goTo });

function drawAll() {
  mapElement.setAttribute("aria-label", word("map_label"));
  panel.drawFigures();
  panel.drawAlarms();
  panel.drawCommunities();
  panel.drawDetail();
  note.hidden = unplaced() <= 0;
  note.textContent = word("homes_without_place", unplaced());
}

onChange((kind) => {
  if (kind === "chosen") {
    panel.drawDetail();
    panel.drawCommunities();
  } else if (kind !== "states") drawAll();
  if (kind === "alarms" && model.chosen) loadDetail();
  if (kind === "homes") requestAnimationFrame(() => requestAnimationFrame(() => {
    room.dataset.state = "ready";
    room.dataset.readyMs = String(Math.round(performance.now()));
  }));
});
onLanguage(drawAll);
drawAll();
startLive((state, sentence, silent_ms) => {
  line.hidden = state === "live";
  room.dataset.line = state;
  line.textContent = state === "live" ? "" : sentence ?? word("room_old", span(silent_ms), word("no_network"));
});
