// The phone keeps the page, so that it opens where there is no line. What is said to the relay is never kept here:
// orders are the page's own matter (orders.js), and answers of the API may not be old.
// Rule 1: the network first; the kept copy only when it does not answer in time. Rule 2: after one failure the kept
// copies are used at once for a while: a page in thirty parts may not wait thirty times.

const KEPT = "anling-phone-1";
const PAGE = "/phone";
const WAIT_MS = 3500;
const BAD_LINE_MS = 20000;
const PARTS = [
  "/static/words.json", "/static/icon.svg", "/static/style/frame.css", "/static/parts/parts.css", "/static/phone/phone.css",
  ...["words", "dom", "http", "notices", "times", "frame", "alarm_words", "model"].map((name) => `/static/base/${name}.js`),
  ...["phone", "orders", "work", "duty", "scan", "last", "route", "where"].map((name) => `/static/phone/${name}.js`),
  "/static/parts/form.js", "/static/board/sound.js",
];
let badUntil = 0;
let leavings = 0; // how often somebody signed out: what was asked for before that is not kept after it

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("anling-phone") && name !== KEPT).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keep());
  if (event.data === "forget") leavings += 1;
  if (event.data === "forget") event.waitUntil(caches.open(KEPT).then((cache) => cache.delete(PAGE)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" ? pathname === PAGE : pathname.startsWith("/static/")) {
    event.respondWith(answer(request, request.mode === "navigate" ? PAGE : request.url));
  }
});

/** The page came before the worker did: keep it now, not at the next visit. */
async function keep() {
  const before = leavings;
  const fresh = await fetch(PAGE);
  if (fresh.ok && !fresh.redirected && leavings === before) await (await caches.open(KEPT)).put(PAGE, fresh);
}

async function answer(request, key) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(key);
  if (kept && Date.now() < badUntil) return kept;
  const before = leavings;
  try {
    const fresh = await fetch(request, kept ? { signal: AbortSignal.timeout(WAIT_MS) } : {});
    // A redirect to the sign-in page is not the page; it is passed on and not kept.
    if (fresh.ok && !fresh.redirected && leavings === before) await cache.put(key, fresh.clone());
    if (fresh.status >= 500 && kept) return kept;
    return fresh;
  } catch (error) {
    badUntil = Date.now() + BAD_LINE_MS;
    if (kept) return kept;
    throw error;
  }
}
