// Programs that are told what happens: an address, of what, and a secret by which they know that it is us.
import { make } from "../base/dom.js";
import { del, post } from "../base/http.js";
import { dayAndTime } from "../base/times.js";
import { word } from "../base/words.js";
import { field, form, refusal, twice } from "../parts/form.js";
import { table } from "../parts/table.js";

const NAMES = ["alarm", "technical", "dwelling", "dwelling_gone", "duty", "call"];
const FIRST = ["alarm", "technical"]; // what a new one is told unless said otherwise
let told = null; // a secret, shown once

export function webhooks(list, board, again) {
  return [
    make("p", {}, word("webhooks_hint")),
    told ? make("div", { role: "status", testid: "webhook-secret" }, make("p", {}, word("shown_once")), make("p", { class: "secret" }, told)) : null,
    table({ caption: word("settings_webhooks"), testid: "webhooks", rows: list, empty: word("nothing_yet"), columns: [
      { word: "address_url", isHead: true, cell: (one) => make("code", {}, one.url) },
      { word: "told_of", cell: (one) => one.names.map((name) => word(`event_${name}`)).join("、") },
      { word: "hub_state", cell: (one) => how(one) },
      { word: "change", cell: (one) => twice("take_out", async () => { await del(`/api/webhooks/${one.webhook_id}`); again(); }) },
    ] }),
    form({ testid: "webhook-form", submit: "webhook_add", send: async (typed) => {
      const names = NAMES.filter((name) => typed[`of_${name}`]);
      if (!names.length) throw refusal("webhook_of_nothing");
      told = (await post("/api/webhooks", { url: typed.url, names })).secret;
      again();
    } }, field("url", "address_url", { type: "url", required: true, maxlength: 500 }),
    make("fieldset", {}, make("legend", {}, word("told_of")), make("div", { class: "form-columns" },
      ...NAMES.map((name) => field(`of_${name}`, `event_${name}`, { type: "checkbox", value: FIRST.includes(name) }))))),
  ].filter(Boolean);
}

function how(one) {
  if (one.failing_since) return make("span", { class: "tag", "data-look": "bad" }, `✕ ${word("webhook_failing", dayAndTime(one.failing_since), one.last_error ?? "")}`);
  return one.sent_at ? word("webhook_sent", dayAndTime(one.sent_at)) : word("never");
}
