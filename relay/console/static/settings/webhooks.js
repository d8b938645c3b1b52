// Programs that are told of alarms: an address, and a secret by which they know that it is us.
import { make } from "../base/dom.js";
import { del, post } from "../base/http.js";
import { dayAndTime } from "../base/times.js";
import { word } from "../base/words.js";
import { field, form, twice } from "../parts/form.js";
import { table } from "../parts/table.js";

let told = null; // a secret, shown once

export function webhooks(list, board, again) {
  const hooks = Array.isArray(list) ? list : list.webhooks;
  return [
    make("p", {}, word("webhooks_hint")),
    told ? make("div", { role: "status", testid: "webhook-secret" }, make("p", {}, word("shown_once")), make("p", { class: "secret" }, told)) : null,
    table({ caption: word("settings_webhooks"), testid: "webhooks", rows: hooks, empty: word("nothing_yet"), columns: [
      { word: "address_url", isHead: true, cell: (one) => make("code", {}, one.url) },
      { word: "made", cell: (one) => (one.made_at ? dayAndTime(one.made_at) : "—") },
      { word: "change", cell: (one) => twice("take_out", async () => { await del(`/api/webhooks/${one.webhook_id}`); again(); }) },
    ] }),
    form({ testid: "webhook-form", submit: "webhook_add", send: async (typed) => {
      const made = await post("/api/webhooks", { url: typed.url });
      told = made.secret ?? null;
      again();
    } }, field("url", "address_url", { type: "url", required: true, maxlength: 500 })),
  ].filter(Boolean);
}
