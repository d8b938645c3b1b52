// What happened, in the order in which it was kept; who looked at which card and why; and whether the chain of it holds.
import { make } from "../base/dom.js";
import { get } from "../base/http.js";
import { dayAndTime } from "../base/times.js";
import { hasWord, word } from "../base/words.js";
import { fill } from "../parts/room.js";
import { table } from "../parts/table.js";

let pages = [null]; // the entries before which each page begins; the newest first
let only = "all"; // all, card
let verified = null;

const load = () => get(`/api/audit${pages.at(-1) === null ? "" : `?before=${pages.at(-1)}`}`);
const room = fill({ load, draw });
const known = (prefix, value) => (hasWord(`${prefix}_${value}`) ? word(`${prefix}_${value}`) : String(value ?? ""));

function draw(rows) {
  const shown = only === "card" ? rows.filter(isLook) : rows;
  return [chain(), filters(), table({
    caption: word("nav_audit"), testid: "audit", rows: shown, empty: word("nothing_yet"),
    columns: [
      { word: "at", isHead: true, cell: (row) => make("time", { datetime: new Date(row.at).toISOString() }, dayAndTime(row.at)) },
      { word: "what", cell: (row) => known(KINDS[row.source] ?? "history", row.what) },
      { word: "who", cell: (row) => row.by_name ?? "—" },
      { word: "whereof", cell: (row) => [row.label ?? row.dwelling_id ?? "", row.alarm_id ? ` #${row.alarm_id}` : ""].join("") },
      { word: "detail", cell: (row) => row.detail ?? "" },
    ],
  }), turning(rows)];
}

const KINDS = { alarm: "history", card: "look", deed: "deed" };
const isLook = (row) => row.source === "card";

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
  return make("div", { class: "segments" }, choice("all"), choice("card"));
}

function turning(rows) {
  const turn = (wanted) => { pages = wanted; room.again(); };
  return make("p", { class: "row" },
    pages.length > 1 ? make("button", { type: "button", testid: "page-back", onclick: () => turn(pages.slice(0, -1)) }, word("page_later")) : null,
    rows.length ? make("button", { type: "button", testid: "page-next", onclick: () => turn([...pages, rows.at(-1).entry]) }, word("page_earlier")) : null);
}
