// A building: floors × doors as a table, each door with its home's state, and beside it the same in three dimensions.
// The table is the tool: it says everything, works by keyboard and without WebGL. What is asked for is in the address,
// so that a link leads to one building.
import { find, make } from "../base/dom.js";
import { get } from "../base/http.js";
import { named, word } from "../base/words.js";
import { mark, STATES } from "../board/marks.js";
import { fill } from "../parts/room.js";
import { drawTower } from "./tower.js";

const asked = new URLSearchParams(location.search);
let chosen = asked.get("estate") !== null && asked.get("building") !== null
  ? { estate: asked.get("estate"), building: asked.get("building") } : null;
let community_id = asked.get("community");
let door = null; // the dwelling whose door was pressed

const scope = () => (community_id ? `?community_id=${encodeURIComponent(community_id)}` : "");

async function load() {
  const buildings = await get(`/api/buildings${scope()}`);
  if (!chosen && buildings.length) chosen = { estate: buildings[0].estate, building: buildings[0].building };
  const found = buildings.find((one) => one.estate === chosen?.estate && one.building === chosen?.building);
  const cells = found
    ? (await get(`/api/buildings/${encodeURIComponent(found.estate || "-")}/${encodeURIComponent(found.building)}${scope()}`)).cells : [];
  return { buildings, found: found ?? null, cells };
}

const room = fill({ load, draw, every_ms: 5000 });

function choose(building) {
  chosen = building;
  door = null;
  const where = new URLSearchParams({ estate: building.estate, building: building.building });
  if (community_id) where.set("community", community_id);
  history.replaceState(null, "", `?${where}`);
  room.again();
}

const buildingWord = (one) => word("building_name", one.estate, one.building);

function draw({ buildings, found, cells }) {
  if (!buildings.length) return [make("p", { class: "nothing" }, word("buildings_none"))];
  const parts = [chooser(buildings, found)];
  if (!found) return [...parts, make("p", { class: "sentence is-bad" }, word("building_gone"))];
  parts.push(make("p", { class: "building-sum", testid: "building-sum" }, summary(cells)));
  const tower = make("div", { class: "tower", testid: "tower" });
  parts.push(make("div", { class: "building" }, make("div", { class: "building-table" }, grid(found, cells), legend(), detail(cells)), tower));
  drawTower(tower, found, cells, (cell) => press(cell));
  return parts;
}

function chooser(buildings, found) {
  const select = make("select", { id: "building-choice", testid: "building-choice", onchange: () => choose(buildings[select.value]) },
    ...buildings.map((one, index) => make("option", { value: index, selected: one === found }, `${buildingWord(one)} · ${word("homes_count", one.homes)}`)));
  return make("p", { class: "row building-choice" }, make("label", { for: "building-choice" }, word("building_choose")), select);
}

/** How many doors are in which state, in words. */
function summary(cells) {
  const homes = cells.filter((cell) => cell.dwelling_id);
  const counts = STATES.map((state) => [state, homes.filter((cell) => cell.state === state).length]).filter(([, count]) => count);
  return counts.map(([state, count]) => `${word(`state_${state}`)} ${count}`).join(" · ");
}

const unitWord = (unit) => (unit ? word("unit_name", unit) : "");

/** Floors from the top down; a column for each place of a door in its unit, so that what lies above lies above. */
function grid(found, cells) {
  const units = [...new Set(cells.map((cell) => cell.unit ?? ""))].sort((a, b) => a.localeCompare(b, "zh", { numeric: true }));
  const known = cells.map((cell) => cell.floor);
  const [top, bottom] = [Math.max(...known), Math.min(1, ...known)];
  const floors = Array.from({ length: top - bottom + 1 }, (_, index) => top - index).filter((floor) => floor !== 0);
  const at = (floor, unit) => cells.filter((cell) => cell.floor === floor && (cell.unit ?? "") === unit)
    .sort((a, b) => String(a.door).localeCompare(String(b.door), "zh", { numeric: true }));
  const widths = units.map((unit) => Math.max(1, ...floors.map((floor) => at(floor, unit).length)));
  const head = make("tr", {}, make("th", { scope: "col" }, word("floor")),
    ...units.map((unit, index) => make("th", { scope: "colgroup", colspan: widths[index] }, unitWord(unit) || word("doors"))));
  const rows = floors.map((floor) => make("tr", {}, make("th", { scope: "row" }, word("floor_name", floor)),
    ...units.flatMap((unit, index) => {
      const doors = at(floor, unit);
      return Array.from({ length: widths[index] }, (_, place) => make("td", {}, doors[place] ? doorButton(doors[place]) : null));
    })));
  return make("div", { class: "grid-frame", role: "region", tabindex: "0", "aria-label": word("building_table", buildingWord(found)) },
    make("table", { class: "table is-grid doors", testid: "doors" }, make("caption", { class: "unseen" }, word("building_table", buildingWord(found))),
      make("thead", {}, head), make("tbody", {}, ...rows)));
}

function doorButton(cell) {
  const state = cell.state ?? "offline";
  const name = word(`state_${state}`);
  return make("button", {
    type: "button", class: "door", "data-state": state, testid: `door-${cell.dwelling_id}`, title: `${cell.door} · ${name}`,
    "aria-label": `${cell.label ?? cell.door} · ${name}`, "aria-pressed": String(door === cell.dwelling_id), onclick: () => press(cell),
  }, mark(state), make("span", {}, String(cell.door)));
}

function press(cell) {
  door = cell.dwelling_id;
  room.show();
  find("room").querySelector(`[data-testid="door-${CSS.escape(door)}"]`)?.focus();
}

function legend() {
  return make("ul", { class: "door-legend" }, ...STATES.map((state) => make("li", {}, mark(state), word(`state_${state}`))));
}

/** What is known of the pressed door. The resident's card is the dispatch console's, where looking is logged. */
function detail(cells) {
  const cell = cells.find((one) => one.dwelling_id === door);
  if (!cell) return make("p", { class: "door-detail door-hint" }, word("door_press"));
  return make("div", { class: "door-detail panel", testid: "door-detail", role: "status" },
    make("h2", {}, named(cell, "label")),
    make("p", { class: "row" }, mark(cell.state), make("strong", {}, word(`state_${cell.state}`))),
    make("p", {}, make("a", { class: "button", href: `/?home=${encodeURIComponent(cell.dwelling_id)}` }, word("door_open_card"))));
}
