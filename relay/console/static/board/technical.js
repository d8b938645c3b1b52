// The faults of the system, under the alarms and folded by kind: two thousand hubs that went offline are one line that
// opens, and never push a person's call out of sight.
import { homeWord, technicalWord } from "../base/alarm_words.js";
import { find, make, setText, show } from "../base/dom.js";
import { post } from "../base/http.js";
import { model, onChange } from "../base/model.js";
import { notice } from "../base/notices.js";
import { soon } from "../base/soon.js";
import { dayAndTime } from "../base/times.js";
import { onLanguage, serverSentence, word } from "../base/words.js";

const ALONE = 3; // so many of a kind stand each for itself
const LISTED = 100; // of an opened kind; more by a press
const opened = new Map(); // kind → how many are listed

async function close(entry) {
  try {
    await post(`/api/technical/${entry.id}/close`);
  } catch (error) {
    const sentence = error.message;
    notice(`technical-${entry.id}`, () => sentence);
  }
}

function where(entry) {
  if (entry.dwelling_ids?.length) return [entry.building, word("homes", entry.dwelling_ids.length)].filter(Boolean).join(" · ");
  return entry.dwelling_id ? homeWord(entry.dwelling_id) : (entry.hub_id ?? "");
}

function row(entry) {
  const more = [dayAndTime(entry.raised_at), serverSentence(entry.detail ?? ""), entry.count > 1 ? word("times", entry.count) : ""];
  return make("li", { class: "technical-entry" },
    make("span", { class: "technical-what" }, make("b", {}, technicalWord(entry.kind)), ` ${where(entry)}`, make("small", {}, more.filter(Boolean).join(" · "))),
    make("button", { type: "button", class: "quiet", onclick: () => close(entry) }, word("technical_close")));
}

function group(kind, entries) {
  if (entries.length <= ALONE) return entries.map(row);
  const listed = opened.get(kind) ?? 0;
  const head = make("button", { type: "button", class: "technical-kind", "aria-expanded": String(listed > 0), onclick: () => {
    if (listed) opened.delete(kind);
    else opened.set(kind, LISTED);
    draw();
  } }, make("b", {}, technicalWord(kind)), make("span", { class: "count" }, String(entries.length)));
  const rest = entries.length - listed;
  const more = listed && rest > 0
    ? [make("li", {}, make("button", { type: "button", class: "quiet", onclick: () => { opened.set(kind, listed + LISTED); draw(); } }, word("technical_more", rest)))]
    : [];
  return [make("li", { class: "technical-group" }, head), ...entries.slice(0, listed).map(row), ...more];
}

function draw() {
  const all = [...model.technical.values()].sort((a, b) => b.id - a.id);
  show(find("technical"), all.length > 0);
  setText(find("technical-count"), String(all.length));
  const kinds = new Map();
  for (const entry of all) kinds.set(entry.kind, kinds.get(entry.kind) ?? []).get(entry.kind).push(entry);
  find("technical-list").replaceChildren(...[...kinds].flatMap(([kind, entries]) => group(kind, entries)));
}

export function start() {
  const drawSoon = soon(draw);
  onChange(({ kind }) => (kind === "board" || kind === "technical") && drawSoon());
  onLanguage(draw);
}
