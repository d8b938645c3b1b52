// What happened, in the order in which it was kept: who did what to which home, alarm, hub or colleague, when, and why;
// who looked at which card; and whether the chain of it holds.
import { kindWord, technicalWord } from "../base/alarm_words.js";
import { make } from "../base/dom.js";
import { detailWords, historyWord } from "../base/history_words.js";
import { get } from "../base/http.js";
import { dayAndTime } from "../base/times.js";
import { hasWord, named, serverSentence, word } from "../base/words.js";
import { fill } from "../parts/room.js";
import { table } from "../parts/table.js";

let pages = [null]; // the entries before which each page begins; the newest first
let only = "all"; // all, alarm, card, deed
let verified = null;
const OF_THE_HOME = ["pre_alarm", "raised", "raised_again", "activated_before", "cancelled", "cancelled_in_home", "restored", "told"];

const load = () => get(`/api/audit${pages.at(-1) === null ? "" : `?before=${pages.at(-1)}`}`);
const room = fill({ load, draw });
const known = (prefix, value) => (hasWord(`${prefix}_${value}`) ? word(`${prefix}_${value}`) : String(value ?? ""));

function draw(rows) {
  const shown = only === "all" ? rows : rows.filter((row) => row.source === only);
  return [chain(), filters(), table({
    caption: word("nav_audit"), testid: "audit", rows: shown, empty: word("nothing_yet"), rowTestid: (row) => `entry-${row.entry}`,
    columns: [
      { word: "at", isHead: true, cell: (row) => make("time", { datetime: new Date(row.at).toISOString() }, dayAndTime(row.at)) },
      { word: "who", cell: who },
      { word: "what", cell: (row) => [whatWords(row), more(row)].filter(Boolean).join(" · ") },
      { word: "whereof", cell: whereof },
      { word: "why", cell: why },
    ],
  }), turning(rows)];
}

function who(row) {
  if (row.by !== null) return named({ name: row.by_name, name_en: row.by_name_en }, "name");
  return word(row.source === "alarm" && OF_THE_HOME.includes(row.what) ? "by_the_home" : "by_the_relay");
}

function whatWords(row) {
  if (row.source === "alarm") return historyWord(row.what);
  if (row.source === "card") return word(row.is_health ? "look_health" : "look_looked_at_card");
  return known("deed", row.what);
}

/** What was said with a deed besides its reason: a stage, a role, a duty and for how long. */
function more({ fields }) {
  return [
    fields.build && word("build", fields.build),
    fields.percent !== undefined && `${fields.percent} %`,
    fields.role && known("role", fields.role),
    fields.duty && known("duty", fields.duty),
    fields.hours && word("duty_hours", fields.hours),
    fields.days && word("days", fields.days),
  ].filter(Boolean).join(" · ");
}

/** The home, the alarm (as a page to print), the hub, the colleague or the fault that it was about. */
function whereof(row) {
  const home = row.label ? named(row, "label") : row.dwelling_id;
  const of = row.of_name ? named({ name: row.of_name, name_en: row.of_name_en }, "name") : null;
  const fault = row.technical_kind && technicalWord(row.technical_kind);
  const given = row.fields.display_name ?? row.fields.label ?? row.fields.name;
  const texts = [home, row.hub_id, fault, of, of || home ? null : given].filter(Boolean);
  const alarm = row.alarm_id ? make("a", { href: `/alarms/${row.alarm_id}/print`, target: "_blank", rel: "noopener" },
    `${row.alarm_kind ? kindWord({ kind: row.alarm_kind }) : word("state_alarm")} #${row.alarm_id}`) : null;
  return make("span", {}, texts.join(" · "), texts.length && alarm ? " · " : "", alarm);
}

function why(row) {
  if (row.source === "alarm") return detailWords(row);
  return row.reason ?? serverSentence(row.fields.text ?? "");
}

function chain() {
  const said = make("p", { role: "status", testid: "chain", class: verified ? `sentence ${verified.look}` : "" }, verified?.text ?? word("chain_hint"));
  const button = make("button", { type: "button", class: "primary", testid: "verify", onclick: async () => {
    button.setAttribute("aria-disabled", "true");
    try {
      const { ok, rows, broken_at } = await get("/api/audit/verify");
      verified = ok ? { look: "is-good", text: word("chain_holds", rows) } : { look: "is-bad", text: word("chain_broken", broken_at) };
    } catch (error) {
      if (error.status === undefined) throw error;
      verified = { look: "is-bad", text: error.message };
    }
    room.show();
  } }, word("chain_verify"));
  return make("section", { class: "panel chain" }, make("h2", {}, word("chain")), said, make("p", {}, button));
}

function filters() {
  const choice = (key) => make("button", { type: "button", testid: `only-${key}`, "aria-pressed": String(only === key), onclick: () => { only = key; room.show(); } }, word(`audit_${key}`));
  return make("div", { class: "segments" }, ...["all", "alarm", "card", "deed"].map(choice));
}

function turning(rows) {
  const turn = (wanted) => { pages = wanted; room.again(); };
  return make("p", { class: "row" },
    pages.length > 1 ? make("button", { type: "button", testid: "page-back", onclick: () => turn(pages.slice(0, -1)) }, word("page_later")) : null,
    rows.length ? make("button", { type: "button", testid: "page-next", onclick: () => turn([...pages, rows.at(-1).entry]) }, word("page_earlier")) : null);
}
