// An installation: the label, the dwelling, the hub in reach (hub.js), the walk test. The label's secret stands behind the
// '#', is taken out of the address at once, and is kept nowhere.
import { make } from "../base/dom.js";
import { get, post } from "../base/http.js";
import { named, word } from "../base/words.js";
import { field, form, refusal } from "../parts/form.js";
import { hubPart } from "./hub.js";
import { labelOf } from "./label.js";
import { scanning } from "./scanning.js";
import { walk } from "./walk.js";

const LISTED_MAX = 50; // as many as the relay lists at once
const room = document.getElementById("room");
const show = (...what) => { room.replaceChildren(...what); room.dataset.state = "ready"; };
const section = (title, ...what) => make("section", { class: "panel" }, make("h2", {}, word(title)), ...what);

function askLabel(given) {
  const code = field("label", "install_code", { value: given ?? "", required: true, autocomplete: "off", spellcheck: "false", maxlength: 200 });
  const asked = form({ testid: "label-form", submit: "next", send: (typed) => look(labelOf(typed.label)) }, code);
  const scan = scanning("install_scan_label", (text) => { code.querySelector("input").value = text; asked.requestSubmit(); });
  show(section("install_label", make("p", {}, word("install_label_hint")), asked, scan.element),
    section("walk_test", make("p", {}, word("walk_any")), search((home) => begin(home.dwelling_id), (home) => home.hub_id)));
}

async function look(label) {
  if (!label) throw refusal("install_no_label");
  const [hub, secret] = label;
  const seen = await post(`/api/claims/${encodeURIComponent(hub)}/look`, { secret });
  if (seen.state === "claimed" || seen.state === "installed") claimed(await take(hub, secret, seen.dwelling_id), secret);
  else chooseDwelling(hub, secret);
}

const take = (hub, secret, dwelling_id) => post(`/api/claims/${encodeURIComponent(hub)}/take`, { secret, dwelling_id });

/** Dwellings by building, name or initials; `choose(home)` of those that `may` be chosen. */
function search(choose, may) {
  const found = make("div", { class: "choices", testid: "dwellings", role: "group", "aria-label": word("install_dwelling") });
  const said = make("p", { role: "status" });
  const send = async ({ q }) => {
    const all = await get(`/api/claims/dwellings?q=${encodeURIComponent(q)}`);
    const rows = all.filter(may);
    said.textContent = all.length >= LISTED_MAX ? word("install_more") : rows.length ? "" : word("install_none");
    found.replaceChildren(...rows.map((home) => make("button", {
      type: "button", testid: `dwelling-${home.dwelling_id}`,
      onclick: async () => { try { await choose(home); } catch (error) { said.textContent = error.message; } },
    }, `${named(home, "label")}　${home.names ?? ""}　${home.address}`)));
  };
  return make("div", {}, form({ submit: "find", send }, field("q", "install_search", { maxlength: 64, autocomplete: "off" })), said, found);
}

function chooseDwelling(hub, secret) {
  show(section("install_dwelling", make("p", {}, word("install_hub", hub)),
    search(async (home) => claimed(await take(hub, secret, home.dwelling_id), secret), (home) => !home.hub_id)));
}

/** The hub is this dwelling's: what is to be done with it here, or the walk test when it is on the line. */
function claimed(claim, secret) {
  const about = make("p", { testid: "claimed" }, `${claim.label}　${claim.address}　${claim.hub_id}`);
  const online = () => claimed({ ...claim, is_online: true }, secret);
  if (!claim.is_online) {
    show(section("install_claimed", about, hubPart(claim, secret, online)));
    return;
  }
  const again = make("details", { testid: "hub-again" }, make("summary", {}, word("install_again")), hubPart(claim, secret, online));
  show(section("install_claimed", about, make("p", {}, word("install_online")), walkButton(claim.dwelling_id), again));
}

function walkButton(dwelling_id) {
  const said = make("p", { role: "status", class: "form-said" });
  const start = async () => { try { await begin(dwelling_id); } catch (error) { said.textContent = error.message; } };
  return make("div", {}, make("p", {}, make("button", { type: "button", class: "primary", testid: "walk-begin", onclick: start }, word("walk_begin"))), said);
}

async function begin(dwelling_id) {
  const begun = await post("/api/walk-tests", { dwelling_id });
  show(await walk(begun, () => askLabel()));
}

askLabel(location.hash ? location.hash.slice(1) : "");
if (location.hash) history.replaceState(null, "", location.pathname);
