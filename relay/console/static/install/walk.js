// A walk test as it goes: what is proven, what is not, the contacts, a supervisor's reason, the signatures, the certificate.
import { make } from "../base/dom.js";
import { get, post } from "../base/http.js";
import { hasWord, word } from "../base/words.js";
import { field, form } from "../parts/form.js";

const LOOK_MS = 2000;

function told(check) {
  const { told: facts } = check;
  if (check.what !== "device") return word(`walk_${check.what}`);
  const measured = facts.rssi_dbm === null ? "" : `　${facts.rssi_dbm} dBm　p95 ${facts.p95_ms ?? "—"} ms`;
  const kind = hasWord(`device_${facts.kind}`) ? word(`device_${facts.kind}`) : facts.kind;
  return `${facts.room}　${facts.label}　${kind}　${Math.min(facts.received, facts.wanted)}/${facts.wanted}${measured}`;
}

function row(check) {
  const isDone = check.is_passed || check.excuse;
  const text = `${told(check)}${check.excuse ? `　(${check.excuse.by_name}: ${check.excuse.reason})` : ""}`;
  return make("li", { class: "check", "data-look": isDone ? "good" : "open", testid: `check-${check.name}` },
    make("span", {}, `${text}　${word(isDone ? "walk_proven" : "walk_open")}`));
}

/** The element of a walk test under way; `done()` leads back. */
export async function walk(begun, done) {
  const path = `/api/walk-tests/${begun.walk_id}`;
  const list = make("ul", { class: "checks", testid: "checks" });
  const element = make("section", { class: "panel", testid: "walk" }, make("h2", {}, `${word("walk_test")}　${begun.label}`),
    make("p", {}, word("walk_mode")), list, contacts(path, begun), excuses(path, begun), finish(path, element_done));
  function element_done(seen) {
    clearInterval(timer);
    element.replaceChildren(make("h2", {}, word("walk_done")),
      make("p", {}, make("a", { href: `${path}/certificate.pdf`, testid: "certificate" }, word("walk_certificate"))),
      make("p", {}, make("code", {}, seen.certificate_hash)), make("button", { type: "button", onclick: done }, word("back")));
  }
  const draw = (seen) => list.replaceChildren(...seen.checks.map(row));
  draw(begun);
  const timer = setInterval(async () => {
    if (!element.isConnected) { clearInterval(timer); return; }
    try { draw(await get(path)); } catch { /* the next look comes in two seconds; what is drawn stays */ }
  }, LOOK_MS);
  return element;
}

function contacts(path, begun) {
  if (!begun.contacts.length) return make("p", {}, word("walk_no_contacts"));
  const boxes = begun.contacts.map((one, at) => make("label", { class: "check-box" },
    make("input", { type: "checkbox", name: `c${at}` }), ` ${one.name}　${one.relation}　${one.phone}`));
  return form({ testid: "contacts-form", submit: "save", done: "saved", send: (given) => post(`${path}/contacts`, {
    contacts: begun.contacts.map((one, at) => ({ name: one.name, phone: one.phone, is_verified: given[`c${at}`] })),
  }) }, make("fieldset", {}, make("legend", {}, word("walk_called")), ...boxes));
}

function excuses(path, begun) {
  const names = begun.checks.map((check) => [check.name, told(check)]);
  return make("details", {}, make("summary", {}, word("walk_excuse")),
    form({ testid: "excuse-form", submit: "save", done: "saved", send: (given) => post(`${path}/excuse`, given) },
      field("check", "walk_which", { options: names }), field("reason", "walk_reason", { required: true, minlength: 4, maxlength: 500 })));
}

function finish(path, done) {
  return form({ testid: "finish-form", submit: "walk_finish", send: async (given) => done(await post(`${path}/finish`, given)) },
    field("installer", "walk_installer", { required: true, maxlength: 64 }), field("resident", "walk_resident", { required: true, maxlength: 64 }));
}
