// Beside the map: the district's figures, every open alarm, the communities, and the people of the chosen one.
import { kindWord, stepWord } from "../base/alarm_words.js";
import { find, make } from "../base/dom.js";
import { countAll, dayAndTime } from "../base/times.js";
import { language, named, word } from "../base/words.js";
import { table } from "../parts/table.js";
import { communityOf, model } from "./state.js";

let hooks = { choose: () => {}, goTo: () => {} };

export function start(given) {
  hooks = given;
  setInterval(countAll, 1000);
}

const total = (name) => (model.district?.communities ?? []).reduce((sum, one) => sum + (one[name] ?? 0), 0);

/** The address; in English the home's short name, because addresses are Chinese. */
const whereOf = (alarm) => (language() === "en" && alarm.label_en ? alarm.label_en : alarm.address);

const figure = (value, label, look = null) =>
  make("div", { class: "figure", "data-look": look }, make("strong", {}, String(value)), make("span", {}, label));

export function drawFigures() {
  const open = model.alarms.size;
  const waiting = [...model.alarms.values()].filter((alarm) => alarm.sound).length;
  const offline = total("offline_hubs");
  find("figures").replaceChildren(
    figure(open, waiting ? word("figure_alarms_waiting", waiting) : word("figure_alarms"), waiting ? "bad" : null),
    figure(total("homes").toLocaleString(), word("figure_homes", model.district?.communities.length ?? 0)),
    figure(offline.toLocaleString(), word("figure_offline")),
    figure(total("on_duty"), word("figure_on_duty")));
}

/** Every open alarm of the district: those that nobody has taken first, then the oldest. */
export function drawAlarms() {
  const sorted = [...model.alarms.values()].sort((a, b) => Number(b.sound) - Number(a.sound) || a.raised_at - b.raised_at);
  const items = sorted.map((alarm) => {
    const home = model.homes.get(alarm.dwelling_id);
    const community = communityOf(alarm);
    return make("li", {}, make("button", {
      type: "button", class: `open-alarm${alarm.sound ? " is-waiting" : alarm.step === "pre_alarm" ? " is-pre" : ""}`, testid: `open-${alarm.alarm_id}`, "data-alarm": alarm.alarm_id,
      onclick: () => { if (community) hooks.choose(community.community_id); if (home) hooks.goTo(home.lat, home.lng); },
    },
    make("strong", {}, `${kindWord(alarm)} · ${community ? named(community, "name") : ""}`),
    make("span", {}, `${whereOf(alarm)} · ${stepWord(alarm)}`),
    make("time", { "data-since": alarm.activated_at ?? alarm.raised_at, datetime: new Date(alarm.raised_at).toISOString() })));
  });
  find("panel-alarms").replaceChildren(make("h2", {}, word("district_alarms")),
    items.length ? make("ul", { class: "open-alarms" }, ...items) : make("p", { class: "nothing" }, word("district_calm")));
  countAll();
}

export function drawCommunities() {
  const waiting = new Set([...model.alarms.values()].filter((alarm) => alarm.sound).map((alarm) => alarm.community_id));
  const rows = (model.district?.communities ?? []).map((one) => ({ ...one, isWaiting: waiting.has(one.community_id) }))
    .sort((a, b) => Number(b.isWaiting) - Number(a.isWaiting) || b.open_alarms - a.open_alarms || a.name.localeCompare(b.name, "zh", { numeric: true }));
  find("panel-communities").replaceChildren(make("h2", {}, word("communities")), table({
    caption: word("communities"), testid: "communities", rows, empty: word("communities_none"),
    rowState: (one) => (one.isWaiting ? "bad" : null), rowTestid: (one) => `community-${one.community_id}`,
    columns: [
      { word: "community", isHead: true, cell: (one) => make("button", { type: "button", class: "community-name", "aria-pressed": String(one.community_id === model.chosen), onclick: () => hooks.choose(one.community_id, true) }, named(one, "name")) },
      { word: "homes_number", isNumber: true, cell: (one) => String(one.homes) },
      { word: "queue", isNumber: true, cell: (one) => String(one.open_alarms) },
      { word: "state_offline", isNumber: true, cell: (one) => String(one.offline_hubs) },
      { word: "on_duty_now", isNumber: true, cell: (one) => String(one.on_duty) },
    ],
  }));
}

const phoneLink = (phone) => (phone ? make("a", { class: "button phone-link", href: `tel:${phone}`, "aria-label": `${word("call")} ${phone}` }, `☎ ${phone}`) : null);

/** The chosen community: its duty telephone, who is on duty, its open alarms. */
export function drawDetail() {
  const place = find("panel-detail");
  const community = model.district?.communities.find((one) => one.community_id === model.chosen);
  place.hidden = !community;
  if (!community) return;
  const { detail } = model;
  const body = !detail ? [make("p", {}, word("loading"))] : detail.failed ? [make("p", { class: "sentence is-bad" }, detail.failed)] : people(detail);
  place.replaceChildren(make("div", { class: "row" }, make("h2", { class: "grow" }, named(community, "name")),
    make("button", { type: "button", class: "quiet", "aria-label": word("close"), onclick: () => hooks.choose(null) }, "✕")),
  ...body, make("p", {}, make("a", { class: "button", href: `/buildings?community=${encodeURIComponent(community.community_id)}` }, word("nav_buildings"))));
}

function people(detail) {
  const onDuty = detail.on_duty.map((one) => make("li", { class: "row" },
    make("span", { class: "grow" }, make("strong", {}, named(one, "display_name")), ` ${word(`duty_${one.duty}`)}${one.ends_at ? ` · ${word("until", dayAndTime(one.ends_at))}` : ""}`), phoneLink(one.phone)));
  const open = detail.alarms.map((alarm) => make("li", {}, make("strong", {}, kindWord(alarm)), ` ${whereOf(alarm)} · ${stepWord(alarm)} `, make("time", { "data-since": alarm.raised_at })));
  return [
    detail.duty_phone ? make("p", { class: "row" }, make("span", { class: "grow" }, word("duty_phone")), phoneLink(detail.duty_phone)) : null,
    make("h3", {}, word("on_duty_now")), onDuty.length ? make("ul", { class: "people", testid: "on-duty" }, ...onDuty) : make("p", { class: "sentence is-warning" }, word("nobody_on_duty")),
    make("h3", {}, word("queue")), open.length ? make("ul", { class: "people" }, ...open) : make("p", { class: "nothing" }, word("no_alarms_here")),
  ].filter(Boolean);
}
