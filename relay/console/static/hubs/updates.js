// New firmware for a community's hubs, stage by stage: how far each build is, one stage further, stop, go on, and what
// became of each hub. Stopping also withdraws it from every hub that has not installed it yet; what a hub has it keeps.
// Rule: every order but the first calm step of a stage carries a reason, which the record keeps.
import { make } from "../base/dom.js";
import { get, post } from "../base/http.js";
import { dayAndTime } from "../base/times.js";
import { hasWord, named, word } from "../base/words.js";
import { field, form, twice } from "../parts/form.js";
import { table } from "../parts/table.js";

const STAGES = [1, 10, 100];
const GOOD = "confirmed";
const BAD = ["refused", "rolled_back"];
const kept = new Map(); // build → {text, element}: drawn anew only when something of it changed
const opened = new Map(); // build → its hubs as last asked for

const known = (prefix, value) => (hasWord(`${prefix}_${value}`) ? word(`${prefix}_${value}`) : String(value ?? ""));
const count = (hubs, states) => states.reduce((sum, state) => sum + (hubs[state] ?? 0), 0);

/** The hubs of the builds that somebody looks into, asked for anew. Shape: [[build, hubs], …]. */
export async function looked() {
  for (const build of opened.keys()) opened.set(build, await get(`/api/updates/${build}/hubs`));
  return [...opened];
}

/** The part of the page about updates; `room.again()` asks for all of it anew, `room.show()` draws what is known. */
export function updates(list, room) {
  return make("section", { class: "panel", testid: "updates" }, make("h2", {}, word("updates")), make("p", {}, word("updates_hint")),
    ...(list.length ? list.map((one) => card(one, room)) : [make("p", { class: "nothing", testid: "updates-none" }, word("updates_none"))]));
}

/** What is typed in a card stays while nothing of its build has changed. */
function card(one, room) {
  const text = JSON.stringify([one, opened.get(one.build) ?? null, document.documentElement.dataset.language]);
  const before = kept.get(one.build);
  if (before?.text === text) return before.element;
  const element = make("article", { class: "update", testid: `update-${one.build}` },
    make("div", { class: "row" }, make("h3", { class: "grow" }, word("update_name", one.version, one.build)), stageTag(one)),
    one.reason ? make("p", { class: one.is_stopped ? "sentence is-bad" : "" }, word("update_reason", one.reason, dayAndTime(one.changed_at))) : null,
    make("p", { testid: `update-counts-${one.build}` }, counts(one)),
    ...orders(one, room), hubs(one, room));
  kept.set(one.build, { text, element });
  return element;
}

function stageTag(one) {
  const given = { class: "tag", testid: `update-stage-${one.build}` };
  if (one.is_stopped) return make("span", { ...given, "data-look": "bad" }, `✕ ${word("update_stopped", one.percent)}`);
  if (!one.percent) return make("span", given, word("update_not_begun"));
  return make("span", { ...given, "data-look": one.percent === 100 ? "good" : "warning" }, word("update_stage", one.percent));
}

function counts({ hubs: by, percent }) {
  const chosen = count(by, Object.keys(by));
  if (!percent || !chosen) return word("update_no_hubs");
  const bad = count(by, BAD);
  return [word("update_chosen", chosen), word("update_well", by[GOOD] ?? 0), word("update_under_way", chosen - (by[GOOD] ?? 0) - bad), bad ? word("update_bad", bad) : ""].filter(Boolean).join(" · ");
}

function orders(one, room) {
  const to = async (percent, reason) => { await post(`/api/updates/${one.build}/stage`, { percent, reason: reason || null }); room.again(); };
  const next = STAGES.find((stage) => stage > one.percent);
  if (one.is_stopped) {
    return [form({ testid: `go-on-${one.build}`, submit: "update_go_on", send: ({ reason }) => to(one.percent, reason) },
      field("reason", "update_why_on", { required: true, maxlength: 200 }))];
  }
  const wider = next === undefined ? null : form({ testid: `wider-${one.build}`, submit: `update_to_${next}`, send: ({ reason }) => to(next, reason) },
    one.percent ? field("reason", "update_why", { maxlength: 200, hint: "update_why_hint" }) : null);
  const stop = !one.percent ? null : form({ testid: `stop-${one.build}`, submit: "update_stop", isUrgent: true, send: async ({ reason }) => { await post(`/api/updates/${one.build}/stop`, { reason }); room.again(); } },
    field("reason", "update_why_stop", { required: true, maxlength: 200 }));
  return [make("div", { class: "update-orders" }, ...[wider, stop].filter(Boolean))];
}

/** What became of each hub; asked for when somebody looks. */
function hubs(one, room) {
  if (!count(one.hubs, Object.keys(one.hubs))) return null;
  const rows = opened.get(one.build);
  const place = make("div", {}, ...(rows ? [hubTable(one, rows, room)] : []));
  const element = make("details", { open: Boolean(rows), testid: `update-hubs-${one.build}` }, make("summary", {}, word("update_hubs")), place);
  element.addEventListener("toggle", async () => {
    if (!element.open) return void opened.delete(one.build);
    if (opened.has(one.build)) return;
    try {
      opened.set(one.build, await get(`/api/updates/${one.build}/hubs`));
      room.show();
    } catch (error) {
      if (error.status === undefined) throw error;
      place.replaceChildren(make("p", { class: "sentence is-bad" }, error.message));
    }
  });
  return element;
}

function hubTable(one, rows, room) {
  return table({
    caption: word("update_hubs"), rows, empty: word("update_no_hubs"), rowState: (hub) => (BAD.includes(hub.state) ? "bad" : null),
    columns: [
      { word: "home", isHead: true, cell: (hub) => [named(hub, "label"), make("br"), make("small", {}, hub.hub_id)] },
      { word: "hub_state", cell: (hub) => stateWords(hub) },
      { word: "heard", cell: (hub) => (hub.said_at ? dayAndTime(hub.said_at) : word("never")) },
      { word: "change", cell: (hub) => (BAD.includes(hub.state) && !one.is_stopped ? twice("update_again", async () => {
        await post(`/api/updates/${one.build}/hubs/${encodeURIComponent(hub.hub_id)}/again`);
        room.again();
      }, { testid: `again-${hub.hub_id}` }) : "") },
    ],
  });
}

function stateWords(hub) {
  const share = hub.state === "fetching" && hub.length ? ` ${Math.floor((100 * hub.at) / hub.length)} %` : "";
  const off = hub.is_online ? "" : ` · ${word("state_offline")}`;
  return `${known("update_state", hub.state)}${share}${hub.reason ? ` · ${known("update_for", hub.reason)}` : ""}${off}`;
}
