// One assignment: where, who, how to get in, and the one thing to do next. What was pressed but is not delivered yet is
// shown as that: the step goes on under the hand, and the page says that the relay does not know.
import { kindWord, outcomeWord } from "../base/alarm_words.js";
import { make } from "../base/dom.js";
import { get, post } from "../base/http.js";
import { notice } from "../base/notices.js";
import { word } from "../base/words.js";
import { order, orderWord, waitingFor } from "./orders.js";
import { routes } from "./route.js";
import { scanner } from "./scan.js";

const MINUTES = [3, 5, 10, 15, 20, 30];
const REASONS = ["too_far", "busy", "unwell", "other"];
const OUTCOMES = ["helped", "no_help_needed", "pressed_by_mistake", "ambulance", "fire_brigade", "police", "nobody_home", "device_fault", "test"];
const AFTER = { accept: "ACCEPTED", arrived: "ON_SCENE", resolve: "RESOLVED", decline: "DECLINED" };

const phone = (number, name) => make("a", { class: "button phone-link", href: `tel:${number}`, "aria-label": `${word("call")} ${name} ${number}` }, `☎ ${number}`);
const button = (given, ...children) => make("button", { type: "button", ...given }, ...children);

/** The step as the responder sees it: the relay's, moved on by what waits to be delivered. */
export function stepOf(one) {
  return AFTER[waitingFor(one.alarm_id).at(-1)?.what] ?? one.work;
}

/** What of an assignment is seen: only a change of these draws it anew, so that nothing jumps under a hand. */
export const seenOf = (one) => ["alarm_id", "work", "minutes", "address", "resident_name", "access_note", "latitude", "longitude", "keyholders", "duty_phone", "kind", "raised_at", "activated_at", "activations"].map((name) => one[name]);

/** Shape: one is an assignment as the API gives it; `panel` keeps what is under the hand: {mode, scan, health, typed}. */
export function drawWork(one, panel, again) {
  const step = stepOf(one);
  const pending = waitingFor(one.alarm_id);
  return make("article", { class: "panel work", testid: `work-${one.alarm_id}`, "data-step": step, "aria-label": `${kindWord(one)} ${one.address}` },
    make("header", { class: "work-head" }, make("strong", {}, kindWord(one)), make("time", { "data-since": one.activated_at ?? one.raised_at })),
    ...pending.map((waits) => make("p", { class: "sentence is-bad undelivered", role: "status", testid: "undelivered" },
      word("phone_not_delivered", orderWord(waits.what)), one.duty_phone ? phone(one.duty_phone, word("duty_phone")) : null)),
    make("h2", { class: "work-address" }, one.address),
    make("p", { class: "work-who" }, one.resident_name ?? ""),
    one.access_note ? make("div", { class: "work-access" }, make("h3", {}, word("access_note")), make("p", {}, one.access_note)) : null,
    make("p", { class: "row" }, ...routes(one).map((way) => make("a", { class: "button", href: way.href }, word(way.word)))),
    keyholders(one), make("div", { class: "work-next" }, ...next(one, step, panel, again)), health(one, panel, again));
}

function keyholders(one) {
  if (!one.keyholders?.length) return null;
  return make("details", { class: "work-keys" }, make("summary", {}, word("keyholders")),
    make("ul", {}, ...one.keyholders.map((holder) => make("li", { class: "row" }, make("span", { class: "grow" }, `${holder.name} ${holder.note ?? ""}`), phone(holder.phone, holder.name)))));
}

function next(one, step, panel, again) {
  const set = (mode) => { panel.scan?.close(); panel.scan = null; panel.mode = mode; again(); };
  const send = (what, body) => { panel.scan?.close(); panel.scan = null; panel.mode = null; panel.typed = {}; order(one.alarm_id, what, body); };
  if (panel.mode === "decline") return declining(panel, send, set);
  if (step === "ASSIGNED") return accepting(one, panel, send, set);
  if (step === "ACCEPTED") return arriving(one, panel, send, set);
  if (step === "ON_SCENE") return resolving(panel, send);
  return [make("p", { class: "sentence is-good", role: "status" }, word(step === "DECLINED" ? "phone_declined" : "phone_resolved"))];
}

/** What was typed or chosen stays when the page is drawn anew. */
function kept(panel, ...elements) {
  for (const element of elements) {
    if (panel.typed[element.name] !== undefined) element.value = panel.typed[element.name];
    element.addEventListener("input", () => { panel.typed[element.name] = element.value; });
  }
}

function accepting(one, panel, send, set) {
  const choices = [...new Set([...MINUTES, ...(one.minutes ? [one.minutes] : [])])].sort((a, b) => a - b);
  const minutes = make("select", { id: `minutes-${one.alarm_id}`, name: "minutes", testid: "minutes" }, ...choices.map((count) => make("option", { value: count, selected: count === (one.minutes ?? 10) }, word("minutes_count", count))));
  kept(panel, minutes);
  return [make("p", { class: "form-field" }, make("label", { for: minutes.id }, word("minutes")), minutes),
    button({ class: "primary huge", testid: "accept", onclick: () => send("accept", { minutes: Number(minutes.value) }) }, word("phone_accept")),
    button({ testid: "decline", onclick: () => set("decline") }, word("phone_decline"))];
}

function declining(panel, send, set) {
  const other = make("input", { id: "decline-why", name: "why", maxlength: 200, testid: "decline-why" });
  kept(panel, other);
  const why = (text) => send("decline", { reason: text });
  return [make("h3", {}, word("decline_why")),
    ...REASONS.slice(0, -1).map((reason) => button({ testid: `reason-${reason}`, onclick: () => why(word(`reason_${reason}`)) }, word(`reason_${reason}`))),
    make("p", { class: "form-field" }, make("label", { for: other.id }, word("reason_other")), other),
    button({ testid: "decline-send", onclick: () => (other.value.trim() ? why(other.value.trim()) : other.focus()) }, word("phone_decline")),
    button({ class: "quiet", onclick: () => set(null) }, word("back"))];
}

function arriving(one, panel, send, set) {
  if (panel.mode === "scan") {
    panel.scan ??= scanner((code) => send("arrived", { by: "door", code }));
    panel.scan.goOn();
    return [panel.scan.element, button({ class: "quiet", onclick: () => set(null) }, word("back"))];
  }
  return [button({ class: "primary huge", testid: "scan", onclick: () => set("scan") }, word("phone_scan")),
    button({ testid: "arrived", onclick: () => send("arrived", { by: "phone" }) }, word("phone_arrived_no_code")),
    button({ class: "quiet", testid: "decline", onclick: () => set("decline") }, word("phone_decline"))];
}

function resolving(panel, send) {
  const outcome = make("select", { id: "outcome", name: "outcome", testid: "outcome" }, make("option", { value: "" }, word("outcome_choose")), ...OUTCOMES.map((key) => make("option", { value: key }, outcomeWord(key))));
  const note = make("textarea", { id: "note", name: "note", maxlength: 2000, testid: "note" });
  kept(panel, outcome, note);
  return [make("p", { class: "form-field" }, make("label", { for: "outcome" }, word("outcome")), outcome),
    make("p", { class: "form-field" }, make("label", { for: "note" }, word("note")), note),
    button({ class: "primary huge", testid: "resolve", onclick: () => (outcome.value ? send("resolve", { outcome: outcome.value, note: note.value.trim() }) : outcome.focus()) }, word("phone_resolve"))];
}

/** Notes on health: for whoever goes there, behind one deliberate press that is logged. */
function health(one, panel, again) {
  if (panel.health) {
    return make("div", { class: "work-health", testid: "health" }, make("h3", {}, word("health")),
      ...panel.health.map((resident) => make("p", {}, make("strong", {}, resident.name), ` ${resident.health_notes || word("none_known")} ${resident.habits || ""}`)));
  }
  return button({ class: "quiet", testid: "health-open", onclick: async () => {
    try {
      const found = await post(`/api/dwellings/${encodeURIComponent(one.dwelling_id)}/card/health`, { reason: "alarm", alarm_id: one.alarm_id });
      panel.health = found.residents;
    } catch (error) {
      if (error.status === undefined) throw error;
      const sentence = error.message;
      notice("health", () => sentence);
    }
    again();
  } }, word("phone_health"));
}

/** All that waits for the signed-in person. */
export const load = () => get("/api/my/assignments");
