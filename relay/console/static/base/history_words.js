// How a step of an alarm and what was said with it are called, in its course and in the record.
import { outcomeWord } from "./alarm_words.js";
import { model } from "./model.js";
import { hasWord, named, serverSentence, word } from "./words.js";

export const historyWord = (what) => (hasWord(`history_${what}`) ? word(`history_${what}`) : String(what));

/** A colleague as they are called in the language shown; the record keeps the Chinese name. */
function personWord(name) {
  const found = model.responders.find((one) => one.display_name === name);
  return found ? named(found, "display_name") : name;
}

/** What was said with a step. Shape: entry {what, detail}. */
export function detailWords(entry) {
  const text = entry.detail ?? "";
  if (["clear", "resolve"].includes(entry.what)) {
    const [outcome, ...note] = text.split(": ");
    return [outcome && outcomeWord(outcome), note.join(": ")].filter(Boolean).join("：");
  }
  if (["escalated", "step_empty", "escalated_to_nobody"].includes(entry.what)) {
    return text.replace(/\b(console|duty_phone|children|deputy|supervisor)\b(?!s)/g, (target) => word(`target_${target}`))
      .replace(/: 0, (?=\d+ consoles)/, ": ").replace(/(\d+) consoles/, (_, count) => word("consoles_armed", count)).replaceAll("+", " + ");
  }
  const sent = /^(.+), (\d+) min$/.exec(text);
  if (["assign", "accept"].includes(entry.what) && sent) return word("assigned", personWord(sent[1]), sent[2]);
  if (entry.what === "assign") return personWord(text);
  if (entry.what === "told") return hasWord(`step_${text}`) ? word(`step_${text}`) : text;
  if (entry.what === "arrived") return hasWord(`arrived_by_${text}`) ? word(`arrived_by_${text}`) : text;
  if (entry.what === "message") return text.replace(/^(family|responder): /, (_, to) => `${word(`message_${to}`)}：`);
  return /^seq \d+/.test(text) ? (text.includes("by ") ? serverSentence(text.split(", ").at(-1)) : "") : serverSentence(text);
}
