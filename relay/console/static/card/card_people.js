// The people of a home on its card: residents with what helpers must know, family and keyholders to call, and
// what happened here before.
import { kindWord, stepWord, outcomeWord } from "../base/alarm_words.js";
import { make } from "../base/dom.js";
import { post } from "../base/http.js";
import { now, dayAndTime } from "../base/times.js";
import { hasWord, word } from "../base/words.js";

function line(key, text) {
  return text ? [make("dt", {}, word(key)), make("dd", {}, text)] : [];
}

function resident(one) {
  const sex = hasWord(`sex_${one.sex}`) ? word(`sex_${one.sex}`) : one.sex;
  const age = one.birth_year ? word("age", new Date(now()).getFullYear() - one.birth_year) : "";
  return make("section", { class: "resident" },
    make("h3", {}, one.name, make("small", {}, [sex, age].filter(Boolean).join(" · "))),
    one.health_notes === undefined ? null
      : make("p", { class: "health", testid: "health" }, make("b", {}, word("health")), ` ${one.health_notes || word("none_known")}`),
    make("dl", {}, ...line("hearing", one.hearing), ...line("speaks", one.languages), ...line("habits", one.habits)));
}

/** Notes on health are opened by a click with a reason; the relay keeps who, when and why. */
function opener(data, again) {
  const reason = make("input", { type: "text", maxlength: 200, required: "", value: word("health_reason"), "aria-label": word("health_why") });
  const said = make("p", { class: "sentence", role: "status" });
  const open = async (event) => {
    event.preventDefault();
    const alarm_id = data.alarms.find((alarm) => alarm.is_open)?.alarm_id ?? null;
    try {
      const opened = await post(`/api/dwellings/${encodeURIComponent(data.dwelling_id)}/card/health`, { reason: reason.value, alarm_id });
      for (const one of data.residents) Object.assign(one, opened.residents.find((known) => known.resident_id === one.resident_id));
      again();
    } catch (error) {
      said.textContent = error.message;
    }
  };
  return make("form", { class: "break-glass", onsubmit: open }, make("label", {}, word("health_why"), reason),
    make("button", { type: "submit", testid: "health-open" }, word("health_open")), said);
}

function phone(one, note) {
  const number = String(one.phone).replace(/[^+\d]/g, "");
  return make("li", {},
    make("span", { class: "phone-who" }, make("b", {}, one.name), note ? make("small", {}, note) : null),
    make("a", { class: "button phone", href: `tel:${number}`, "aria-label": `${word("call")} ${one.name} ${one.phone}` }, one.phone));
}

function phones(key, list, noteOf) {
  const rows = list.length ? list.map((one) => phone(one, noteOf(one))) : [make("li", {}, word("none_known"))];
  return make("section", { class: "phones", testid: key }, make("h3", {}, word(key)), make("ul", {}, ...rows));
}

function recent(alarms) {
  return make("section", { class: "recent" }, make("h3", {}, word("recent")),
    make("ul", {}, ...alarms.map((alarm) =>
      make("li", {}, make("time", {}, dayAndTime(alarm.raised_at)),
        ` ${kindWord(alarm)} · ${alarm.outcome ? outcomeWord(alarm.outcome) : stepWord(alarm)} `,
        make("a", { href: `/alarms/${alarm.alarm_id}/print`, target: "_blank", rel: "noopener" }, word("export_record"))))));
}

/** The lower part of a card: a list of elements. */
export function people(data, failed, again, redraw) {
  if (!data && failed) {
    return [make("p", { class: "sentence is-bad", role: "alert" }, word("card_failed", failed)),
      make("button", { type: "button", onclick: again }, word("try_again"))];
  }
  if (!data) return [make("p", { class: "queue-empty" }, word("loading"))];
  const contacts = [...data.contacts].sort((a, b) => a.order - b.order);
  const parts = data.residents.map(resident);
  if (data.residents.some((one) => one.health_notes === undefined)) parts.push(opener(data, redraw));
  parts.push(phones("contacts", contacts, (one) => one.relation));
  if (data.keyholders.length) parts.push(phones("keyholders", data.keyholders, (one) => one.note));
  if (data.life_at !== null) {
    parts.push(make("p", { class: "life", testid: "life" }, make("b", {}, word("life")), ` ${word("life_hour", dayAndTime(data.life_at))}`));
  }
  const ended = data.alarms.filter((alarm) => !alarm.is_open);
  if (ended.length) parts.push(recent(ended));
  return parts;
}
