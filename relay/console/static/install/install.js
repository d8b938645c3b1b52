// The relay's part of an installation: the label, the dwelling, the walk test. What needs the hub in reach (Wi-Fi, sensors)
// is anling-install's. The label's secret stands behind the '#', is taken out of the address at once, and is kept nowhere.
import { make } from "../base/dom.js";
import { get, post } from "../base/http.js";
import { named, word } from "../base/words.js";
import { field, form, refusal } from "../parts/form.js";
import { walk } from "./walk.js";

const LISTED_MAX = 50; // as many as the relay lists at once
const room = document.getElementById("room");
const show = (...what) => { room.replaceChildren(...what); room.dataset.state = "ready"; };
const section = (title, ...what) => make("section", { class: "panel" }, make("h2", {}, word(title)), ...what);

/** [hub, secret] of a scanned address or of "hub letters"; null for anything else. */
export function labelOf(text) {
  const rest = text.includes("#") ? text.slice(text.indexOf("#") + 1) : text.trim();
  const at = rest.search(/[. ]/);
  return at > 0 && rest.length > at + 1 ? [rest.slice(0, at), rest.slice(at + 1)] : null;
}

function askLabel(given) {
  show(section("install_label", make("p", {}, word("install_label_hint")),
    form({ testid: "label-form", submit: "next", send: (typed) => look(labelOf(typed.label)) },
      field("label", "install_code", { value: given ?? "", required: true, autocomplete: "off", spellcheck: "false", maxlength: 200 }))),
  section("walk_test", make("p", {}, word("walk_any")), search((home) => begin(home.dwelling_id), (home) => home.hub_id)));
}

async function look(label) {
  if (!label) throw refusal("install_no_label");
  const [hub, secret] = label;
  const seen = await post(`/api/claims/${encodeURIComponent(hub)}/look`, { secret });
  if (seen.state === "claimed" || seen.state === "installed") await claimed(await take(hub, secret, seen.dwelling_id));
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
    search(async (home) => claimed(await take(hub, secret, home.dwelling_id)), (home) => !home.hub_id)));
}

async function claimed(claim) {
  const said = make("p", { role: "status", class: "form-said" });
  show(section("install_claimed", make("p", { testid: "claimed" }, `${claim.label}　${claim.address}　${claim.hub_id}`),
    make("p", {}, word(claim.is_online ? "install_online" : "install_program")),
    claim.is_online ? null : make("pre", {}, "anling-install"),
    make("p", {}, make("button", { type: "button", class: "primary", testid: "walk-begin",
      onclick: async () => { try { await begin(claim.dwelling_id); } catch (error) { said.textContent = error.message; } } }, word("walk_begin"))), said));
}

async function begin(dwelling_id) {
  const begun = await post("/api/walk-tests", { dwelling_id });
  show(await walk(begun, () => askLabel()));
}

askLabel(location.hash ? location.hash.slice(1) : "");
if (location.hash) history.replaceState(null, "", location.pathname);
