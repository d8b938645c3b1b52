// The family's page: what happened in this one home, and who went. The link in the address is the key; it is sent to
// nobody but the relay, and nothing of it is kept in this browser.
import { find, make } from "../base/dom.js";
import * as frame from "../base/frame.js";
import { get } from "../base/http.js";
import { dayAndTime, timeOfDay } from "../base/times.js";
import { hasWord, named, word } from "../base/words.js";
import { fill } from "../parts/room.js";

const secret = location.pathname.split("/").pop();
const known = (prefix, value) => (hasWord(`${prefix}_${value}`) ? word(`${prefix}_${value}`) : String(value));

function draw(told) {
  const open = told.alarms.filter((alarm) => alarm.is_open);
  return [
    make("p", { class: "family-names" }, told.resident_names.join("、"), make("small", {}, ` ${named(told, "community_name")}`)),
    now(open, told),
    hub(told),
    told.duty_phone ? make("p", {}, make("a", { class: "button", href: `tel:${told.duty_phone}` }, word("family_call", told.duty_phone))) : null,
    make("h2", {}, word("family_past")),
    told.alarms.length ? make("ol", { class: "family-alarms", testid: "family-alarms" }, ...told.alarms.map(alarmItem)) : make("p", { class: "nothing" }, word("family_none")),
    looked(told.looked_at_card),
  ].filter(Boolean);
}

function now(open, told) {
  if (!open.length) return make("p", { class: "sentence is-good family-now", testid: "family-now" }, word(told.is_hub_online ? "family_calm" : "family_calm_offline"));
  const [alarm] = open;
  const latest = alarm.steps.at(-1);
  return make("div", { class: "sentence is-bad family-now", role: "status", testid: "family-now" },
    make("strong", {}, `${known("kind", alarm.kind)} · ${dayAndTime(alarm.raised_at)}`),
    latest ? make("p", {}, stepWords(latest)) : null);
}

const hub = (told) => make("p", { class: "row" }, make("span", { class: "tag", "data-look": told.is_hub_online ? "good" : "warning" },
  `${told.is_hub_online ? "●" : "✕"} ${word(told.is_hub_online ? "hub_online" : "hub_offline")}`), told.is_hub_online ? null : make("small", {}, word("family_offline_means")));

const stepWords = (step) => [known("history", step.what), named(step, "who_display")].filter(Boolean).join(" · ");

function alarmItem(alarm) {
  return make("li", { class: "panel" },
    make("h3", {}, `${known("kind", alarm.kind)} · ${dayAndTime(alarm.raised_at)}`),
    make("ol", { class: "family-steps" }, ...alarm.steps.map((step) => make("li", {}, make("time", { datetime: new Date(step.at).toISOString() }, timeOfDay(step.at)), ` ${stepWords(step)}`))),
    alarm.outcome ? make("p", {}, make("strong", {}, word("closed_with", known("outcome", alarm.outcome)))) : null);
}

/** Who opened the notes on health, by role: the family may know, names it need not. */
function looked(entries) {
  return make("details", { class: "family-looked" }, make("summary", {}, word("family_looked", entries.length)),
    make("ul", {}, ...entries.map((entry) => make("li", {}, [dayAndTime(entry.at), known("role", entry.role), entry.is_health ? word("family_looked_health") : "", entry.reason ?? ""].filter(Boolean).join(" · ")))));
}

frame.start();
fill({ load: () => get(`/api/family/${encodeURIComponent(secret)}`), draw, every_ms: 6000 });
find("main").dataset.ready = "true";
