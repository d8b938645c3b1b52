// What this phone was told last, kept for when there is no line: a reload in a stairwell must not lose the address.
// Rule 1: it belongs to who was signed in; another person never sees it. Rule 2: it goes with the shift and on sign-out.

const KEPT_AS = "anling_phone_last";
const KEPT_MS = 14 * 3600 * 1000;
let keeper = null; // the service worker that keeps the page
const staff_id = Number(document.body.dataset.staff);

export const mine = () => staff_id;

export function keepLast(assignments, duty) {
  write(KEPT_AS, { staff_id, at: Date.now(), assignments, duty });
}

/** Shape: {at, assignments, duty} or null. */
export function last() {
  const kept = read(KEPT_AS);
  return kept && kept.staff_id === staff_id && Date.now() - kept.at < KEPT_MS ? kept : null;
}

export function forget() {
  localStorage.removeItem(KEPT_AS);
  keeper?.postMessage("forget");
}

/** The worker keeps this page for when there is no line. */
export function keptBy(worker) {
  keeper = worker;
  keeper.postMessage("keep");
}

export function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null; // not ours: as if nothing were kept
  }
}

/** False where the phone keeps nothing (full, or a private window): the caller goes on with what is in memory. */
export function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
