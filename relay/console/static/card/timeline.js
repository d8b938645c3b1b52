// What happened to an alarm, oldest first, with who did it; and what comes next, with its countdown.
import { nextWords } from "../base/alarm_words.js";
import { find, make, setText, show } from "../base/dom.js";
import { detailWords, historyWord } from "../base/history_words.js";
import { get } from "../base/http.js";
import { countAll, timeOfDay } from "../base/times.js";
import { named, word } from "../base/words.js";

let current = null; // {alarm_id, revision, entries, steps, failed}
let timer = null;

function line(entry) {
  const who = entry.by ? make("b", {}, ` ${named(entry, "by")}`) : "";
  const detail = detailWords(entry);
  return make("li", { class: "time-entry" }, make("time", { datetime: new Date(entry.at).toISOString() }, timeOfDay(entry.at)),
    make("span", {}, historyWord(entry.what), who, detail ? make("small", {}, ` ${detail}`) : ""));
}

function draw(alarm) {
  const root = find("timeline");
  show(root, Boolean(alarm));
  if (!alarm) return;
  const next = nextWords(alarm, current?.steps ?? []);
  setText(find("timeline-title"), word("history"));
  show(find("timeline-next"), Boolean(next && alarm.next_at));
  if (next && alarm.next_at) {
    setText(find("timeline-next-what"), next);
    find("timeline-next-when").dataset.until = String(alarm.next_at);
  }
  const entries = current?.entries ?? null;
  if (entries) find("timeline-list").replaceChildren(...entries.map(line));
  else if (current?.failed) find("timeline-list").replaceChildren(make("li", { class: "time-entry" }, current.failed));
  countAll();
  const scroller = find("timeline-list");
  scroller.scrollTop = scroller.scrollHeight;
}

async function load(alarm) {
  const asked = current;
  try {
    const [entries, plan] = await Promise.all([get(`/api/alarms/${alarm.alarm_id}/history`), get(`/api/alarms/${alarm.alarm_id}/plan`)]);
    if (current !== asked) return;
    Object.assign(current, { entries, steps: plan.steps, failed: null });
  } catch (error) {
    if (current !== asked) return;
    current.failed = error.message;
    clearTimeout(timer);
    if (error.mayRetry) timer = setTimeout(() => current === asked && load(alarm), 3000);
  }
  draw(alarm);
}

/** Show this alarm's; null for none. Asks again only when the alarm has changed. */
export function showTimeline(alarm) {
  const isSame = alarm && current?.alarm_id === alarm.alarm_id;
  if (!alarm) current = null;
  else if (!isSame) current = { alarm_id: alarm.alarm_id, revision: null, entries: null, steps: [], failed: null };
  if (alarm && current.revision !== alarm.revision) {
    current.revision = alarm.revision;
    load(alarm);
  }
  draw(alarm);
}

/** Ask again: something was added that is no change of the alarm, as a message to the family. */
export function refresh(alarm) {
  if (current?.alarm_id === alarm.alarm_id && current.revision === alarm.revision) load(alarm);
}
