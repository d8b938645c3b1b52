// The numbers of the service against its own yardsticks: how soon somebody answers, how soon somebody is at the door,
// how alarms end, how often a hub is there. Every plot has its table, and all of it goes out as CSV.
import { make } from "../base/dom.js";
import { get } from "../base/http.js";
import { language, word } from "../base/words.js";
import { outcomeWord } from "../base/alarm_words.js";
import { plot } from "../parts/plot.js";
import { fill } from "../parts/room.js";
import { table } from "../parts/table.js";

const DAY_MS = 86400000;
const BY = ["day", "shift", "community"];
const ANSWER_GOAL_PCT = 97.5; // within 30 s
const asked = { days: 30, by: "day" };

const query = () => `from=${Date.now() - asked.days * DAY_MS}&to=${Date.now()}&by=${asked.by}`;
const pct = (part, whole) => (whole ? Math.round((1000 * part) / whole) / 10 : null);
const seconds = (ms) => (ms === null || ms === undefined ? null : Math.round(ms / 100) / 10);
const shown = (value, unit) => (value === null || value === undefined ? "—" : `${value}${unit}`);

function draw(numbers) {
  return [tools(), figures(numbers), make("div", { class: "plots" }, ...plots(numbers)), outcomes(numbers), seriesTable(numbers)];
}

function tools() {
  const days = (count) => make("button", { type: "button", testid: `days-${count}`, "aria-pressed": String(asked.days === count), onclick: () => change({ days: count }) }, word("days", count));
  const by = (key) => make("button", { type: "button", testid: `by-${key}`, "aria-pressed": String(asked.by === key), onclick: () => change({ by: key }) }, word(`by_${key}`));
  return make("div", { class: "row" }, make("div", { class: "segments", role: "group", "aria-label": word("numbers_span") }, ...[7, 30, 90].map(days)),
    make("div", { class: "segments", role: "group", "aria-label": word("numbers_by") }, ...BY.map(by)),
    make("a", { class: "button", testid: "csv", href: `/api/numbers.csv?${query()}`, download: "anling-numbers.csv" }, word("csv")));
}

function change(given) {
  Object.assign(asked, given);
  room.again();
}

function figures({ answering, on_scene, false_alarms_per_home, unanswered_tests, hub_availability_pct }) {
  const within = pct(answering.within_30_s, answering.n);
  const arrived = pct(on_scene.within_45_min, on_scene.n);
  const one = (value, key, look = null) => make("div", { class: "figure", "data-look": look }, make("strong", {}, value), make("span", {}, word(key)));
  return make("div", { class: "figures", testid: "figures" },
    one(shown(within, " %"), "answered_30", within === null ? null : within >= ANSWER_GOAL_PCT ? "good" : "bad"),
    one(shown(pct(answering.within_180_s, answering.n), " %"), "answered_180"),
    one(shown(seconds(answering.p50_ms), " s"), "answer_p50"), one(shown(seconds(answering.p95_ms), " s"), "answer_p95"),
    one(shown(arrived, " %"), "on_scene_45", arrived === null ? null : arrived >= 90 ? "good" : "bad"),
    one(shown(pct(on_scene.within_60_min, on_scene.n), " %"), "on_scene_60"),
    one(shown(hub_availability_pct === null ? null : Math.round(hub_availability_pct * 100) / 100, " %"), "availability"),
    one(shown(false_alarms_per_home === null ? null : Math.round(false_alarms_per_home * 100) / 100, ""), "false_alarms"),
    one(String(unanswered_tests ?? "—"), "unanswered_tests", unanswered_tests ? "bad" : null),
    one(String(answering.n), "alarms_counted"));
}

function nameOf(entry) {
  if (entry.name !== undefined || entry.name_en !== undefined) return (language() === "en" && entry.name_en) || entry.name;
  if (entry.community_id !== undefined) return entry.community_id;
  const at = new Date(entry.at);
  const day = at.toLocaleDateString(language() === "zh" ? "zh-CN" : "en-GB", { month: "numeric", day: "numeric" });
  return asked.by === "shift" ? `${day} ${at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}` : day;
}

function plots({ series }) {
  if (!series.length) return [];
  const points = (value) => series.map((entry) => ({ name: nameOf(entry), value: value(entry) ?? null }));
  const kind = asked.by === "community" ? "bar" : "line";
  return [
    plot({ title: word("answered_30"), unit: "%", kind, limit: ANSWER_GOAL_PCT, limitName: word("goal"), points: points((one) => pct(one.answering.within_30_s, one.answering.n)), testid: "plot-answering" }),
    plot({ title: word("answer_p95"), unit: "s", kind, points: points((one) => seconds(one.answering.p95_ms)), testid: "plot-p95" }),
    plot({ title: word("false_alarms_count"), kind: "bar", points: points((one) => one.false_alarms ?? one.outcomes?.pressed_by_mistake ?? 0), testid: "plot-false" }),
    plot({ title: word("availability"), unit: "%", kind, points: points((one) => one.hub_availability_pct), testid: "plot-availability" }),
  ];
}

function outcomes({ outcomes: counted }) {
  const rows = Object.entries(counted ?? {}).sort((a, b) => b[1] - a[1]);
  return make("section", { class: "panel" }, make("h2", {}, word("how_ended")), table({
    caption: word("how_ended"), rows, empty: word("nothing_yet"), testid: "outcomes",
    columns: [{ word: "outcome", isHead: true, cell: ([key]) => outcomeWord(key) }, { word: "count", isNumber: true, cell: ([, count]) => String(count) }],
  }));
}

function seriesTable({ series }) {
  return make("section", { class: "panel" }, make("h2", {}, word("numbers_table")), table({
    caption: word("numbers_table"), rows: series, empty: word("nothing_yet"), testid: "series",
    columns: [
      { word: `by_${asked.by}`, isHead: true, cell: nameOf },
      { word: "alarms_counted", isNumber: true, cell: (one) => String(one.answering.n) },
      { word: "answered_30", isNumber: true, cell: (one) => shown(pct(one.answering.within_30_s, one.answering.n), " %") },
      { word: "answer_p95", isNumber: true, cell: (one) => shown(seconds(one.answering.p95_ms), " s") },
      { word: "on_scene_45", isNumber: true, cell: (one) => shown(one.on_scene ? pct(one.on_scene.within_45_min, one.on_scene.n) : null, " %") },
      { word: "availability", isNumber: true, cell: (one) => shown(one.hub_availability_pct, " %") },
    ],
  }));
}

const room = fill({ load: () => get(`/api/numbers?${query()}`), draw });
