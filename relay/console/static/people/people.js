// Homes and the people in them: find, change, add; take in a whole list, after a dry run that names each bad line.
import { make } from "../base/dom.js";
import { get } from "../base/http.js";
import { named, onLanguage, word } from "../base/words.js";
import { field, form } from "../parts/form.js";
import { failure, fill } from "../parts/room.js";
import { table } from "../parts/table.js";
import { editor } from "./edit.js";
import { importer } from "./import.js";

const COUNT = 50;
let mode = "list"; // list, edit, import
let editing = null; // a home, or null for a new one
let pages = [""]; // the ids after which each page begins
let sought = "";
let may = [];

async function load() {
  const me = await get("/api/me");
  may = me.may ?? [];
  if (sought) return { found: await get(`/api/search?q=${encodeURIComponent(sought)}`) };
  return { homes: await get(`/api/people?count=${COUNT}&after=${encodeURIComponent(pages.at(-1))}`) };
}

const room = fill({ load, draw });
const mayEdit = () => may.includes("edit_people");

function go(next, home = null) {
  mode = next;
  editing = home;
  if (next === "list") room.again();
  room.show();
  document.getElementById("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

function draw(data) {
  if (mode === "edit") return [editor(editing, () => go("list"))];
  if (mode === "import") return [importer({ address: "/api/people/import", how: "import_how", done: () => go("list") })];
  return [tools(), data.found ? foundTable(data.found) : homesTable(data.homes), data.found ? null : turning(data.homes)].filter(Boolean);
}

function tools() {
  const search = make("input", { type: "search", id: "people-search", value: sought, testid: "people-search", autocomplete: "off", "aria-describedby": "people-hint" });
  const searchForm = make("form", { class: "row grow", role: "search" }, make("label", { for: "people-search" }, word("people_find")), search,
    make("button", { testid: "people-find" }, word("find")), make("small", { id: "people-hint" }, word("people_find_hint")));
  searchForm.addEventListener("submit", (event) => {
    event.preventDefault();
    sought = search.value.trim();
    room.again();
  });
  return make("div", { class: "people-tools" }, searchForm, make("div", { class: "row" },
    mayEdit() ? make("button", { type: "button", class: "primary", testid: "home-add", onclick: () => go("edit") }, word("home_add")) : null,
    may.includes("import") ? make("button", { type: "button", testid: "import", onclick: () => go("import") }, word("import")) : null,
    may.includes("import") ? make("a", { class: "button", href: "/api/people/export.csv", download: "homes.csv", testid: "export" }, word("export")) : null),
  may.includes("import") ? healthExport() : null);
}

/** The same table with notes on health: for a reason, which the relay keeps in each home's log. */
function healthExport() {
  return make("details", { testid: "export-health" }, make("summary", {}, word("export_health")), form({
    testid: "export-health-form", submit: "export", send: async ({ reason }) => {
      make("a", { href: `/api/people/export.csv?reason=${encodeURIComponent(reason)}`, download: "homes-health.csv" }).click();
    },
  }, field("reason", "export_why", { required: true, minlength: 2, maxlength: 200 })));
}

const names = (list) => list.map((one) => one.name).join("、") || "—";

function homesTable(homes) {
  return table({
    caption: word("nav_people"), testid: "homes", rows: homes, empty: word("people_none"), rowTestid: (home) => `home-${home.dwelling_id}`,
    columns: [
      { word: "home", isHead: true, cell: (home) => [named(home, "label"), make("br"), make("small", {}, home.address)] },
      { word: "residents", cell: (home) => names(home.residents) },
      { word: "contacts", cell: (home) => String(home.contacts.length) },
      { word: "keyholders", cell: (home) => String(home.keyholders.length) },
      { word: "hub", cell: (home) => home.hub_id ?? make("span", { class: "tag", "data-look": "warning" }, `▲ ${word("no_hub")}`) },
      { word: "change", cell: (home) => (mayEdit() ? make("button", { type: "button", testid: `edit-${home.dwelling_id}`, "aria-label": `${word("change")} ${named(home, "label")}`, onclick: () => go("edit", home) }, word("change")) : "") },
    ],
  });
}

function foundTable(found) {
  return table({
    caption: word("people_find"), testid: "found", rows: found, empty: word("found_none", sought),
    columns: [
      { word: "home", isHead: true, cell: (home) => [named(home, "label"), make("br"), make("small", {}, home.address)] },
      { word: "residents", cell: (home) => home.names.join("、") },
      { word: "change", cell: (home) => (mayEdit() ? make("button", { type: "button", testid: `edit-${home.dwelling_id}`, "aria-label": `${word("change")} ${named(home, "label")}`, onclick: (event) => open(home.dwelling_id, event.target) }, word("change")) : "") },
    ],
  });
}

async function open(dwelling_id, button) {
  try {
    go("edit", await get(`/api/people/dwellings/${encodeURIComponent(dwelling_id)}`));
  } catch (error) {
    if (error.status === undefined) throw error;
    button.replaceWith(failure(error, () => open(dwelling_id, button)));
  }
}

function turning(homes) {
  const turn = (next) => { pages = next; room.again(); };
  return make("p", { class: "row" },
    pages.length > 1 ? make("button", { type: "button", testid: "page-back", onclick: () => turn(pages.slice(0, -1)) }, word("page_back")) : null,
    homes.length === COUNT ? make("button", { type: "button", testid: "page-next", onclick: () => turn([...pages, homes.at(-1).dwelling_id]) }, word("page_next")) : null);
}

onLanguage(() => mode === "list" && room.show());
