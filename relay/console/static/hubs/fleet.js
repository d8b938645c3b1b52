// Hubs as belongings: those that were claimed and never heard, with the claim given up; and one that is lost or stolen,
// put out of the system for good. What is typed stays when the page is drawn anew.
import { make } from "../base/dom.js";
import { post } from "../base/http.js";
import { dayAndTime } from "../base/times.js";
import { word } from "../base/words.js";
import { field, form, refusal, twice } from "../parts/form.js";
import { table } from "../parts/table.js";

const kept = new Map(); // hub_id → {language, element}
let told = null; // how the last order ended

export const said = () => (told ? make("p", { class: "sentence is-good", role: "status", testid: "fleet-said" }, word(...told)) : null);

/** Claimed for a home, and never heard from there. Shape: claims as the API lists them. */
export function claims(list, again) {
  const rows = list.filter((one) => one.state === "claimed");
  return make("section", { class: "panel", testid: "claims" }, make("h2", {}, word("claims")), make("p", {}, word("claims_hint")), table({
    caption: word("claims"), testid: "claim-table", rows, empty: word("claims_none"),
    columns: [
      { word: "home", isHead: true, cell: (one) => [one.label ?? "", make("br"), make("small", {}, one.hub_id)] },
      { word: "who", cell: (one) => one.claimed_by_name ?? "—" }, { word: "at", cell: (one) => (one.claimed_at ? dayAndTime(one.claimed_at) : "—") },
      { word: "change", cell: (one) => twice("claim_release", async () => {
        await post(`/api/claims/${encodeURIComponent(one.hub_id)}/release`);
        told = ["claim_released", one.hub_id];
        again();
      }, { testid: `release-${one.hub_id}` }) },
    ],
  }));
}

/** Put this hub out of the system. There is no way back, so its name is typed as well. */
export function revocation(hub, again) {
  const language = document.documentElement.dataset.language;
  const before = kept.get(hub.hub_id);
  if (before?.language === language) return before.element;
  const element = make("details", { class: "revoke", testid: `revoke-${hub.hub_id}` }, make("summary", {}, word("revoke")), make("p", {}, word("revoke_hint")),
    form({ testid: `revoke-form-${hub.hub_id}`, submit: "revoke", isUrgent: true, send: async ({ reason, name }) => {
      if (name !== hub.hub_id) throw refusal("revoke_wrong_name", hub.hub_id);
      await post(`/api/hubs/${encodeURIComponent(hub.hub_id)}/revoke`, { reason });
      told = ["revoked", hub.hub_id];
      kept.delete(hub.hub_id);
      again();
    } }, make("div", { class: "form-columns" }, field("reason", "revoke_why", { required: true, maxlength: 64 }),
      field("name", "revoke_name", { required: true, maxlength: 32, autocomplete: "off", autocapitalize: "none", spellcheck: "false" }))));
  kept.set(hub.hub_id, { language, element });
  return element;
}
