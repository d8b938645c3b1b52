// Asking the relay. Every failure becomes an Asked error with a sentence that a person can read.
import { serverSentence, word } from "./words.js";

const TIMEOUT_MS = 6000;
let token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** What went wrong. `status` is 0 when the relay was not reached; `mayRetry` when trying again may help. */
export class Asked extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
    this.mayRetry = status === 0 || status === 429 || status >= 500;
  }
}

async function ask(method, path, body, timeout_ms = TIMEOUT_MS) {
  const options = { method, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(timeout_ms) };
  if (method !== "GET") options.headers["X-CSRF-Token"] = token;
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  let said;
  try {
    answer = await fetch(path, options);
    said = await answer.json().catch(() => null);
  } catch {
    throw new Asked(0, word("no_network"));
  }
  if (answer.ok && said !== null) return said;
  const detail = typeof said?.detail === "string" ? said.detail : null;
  throw new Asked(answer.ok ? 502 : answer.status, detail ? serverSentence(detail) : word("server_unclear", answer.status));
}

/** The page may be older than the session (a phone keeps it): the token as the relay gives it now. */
export const useToken = (next) => { token = next; };

export const get = (path) => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);
export const put = (path, body) => ask("PUT", path, body);
export const del = (path) => ask("DELETE", path);
export const upload = (path, form) => ask("POST", path, form, 120000);
