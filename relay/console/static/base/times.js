// The relay's clock on this screen, and how long ago something was. A browser's own clock may be wrong.
import { language, word } from "./words.js";

const DIFFERS_MS = 5000;
let ahead_ms = 0; // how far the relay's clock is ahead of this computer's

/** Learn the relay's time from a message that has just come. */
export function learn(server_time_ms) {
  ahead_ms = server_time_ms - Date.now();
}

export const now = () => Date.now() + ahead_ms;

export const clockDiffers = () => Math.abs(ahead_ms) >= DIFFERS_MS;

export function clockSentence() {
  return word(ahead_ms > 0 ? "clock_slow" : "clock_fast", span(Math.round(Math.abs(ahead_ms) / 1000) * 1000));
}

/** A span of time as people say it. */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return word("seconds", seconds);
  if (seconds < 3600) return word("minutes_seconds", Math.floor(seconds / 60), seconds % 60);
  if (seconds < 86400) return word("hours_minutes", Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
  return word("days", Math.floor(seconds / 86400));
}

const locale = () => (language() === "zh" ? "zh-CN" : "en-GB");

export const timeOfDay = (at) =>
  new Date(at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

export const dayAndTime = (at) =>
  new Date(at).toLocaleString(locale(), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

/** Minutes and seconds that are left: "1:05". */
function left(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds >= 3600) return span(ms);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Write how long ago into every element that says since when, and how long until into those that count down. */
export function countAll() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const text = word("ago", span(now() - Number(element.dataset.since)));
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of document.querySelectorAll("[data-until]")) {
    const rest = Number(element.dataset.until) - now();
    const text = rest > -1000 ? left(rest) : word("overdue", span(-rest));
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("is-soon", rest < 10000);
  }
}
