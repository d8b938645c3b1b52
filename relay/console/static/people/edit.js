// One home as a form. It is written whole; notes on health are not shown here (the card opens them, for a reason): left
// empty they stay as they are.
import { make } from "../base/dom.js";
import { del, post, put } from "../base/http.js";
import { named, word } from "../base/words.js";
import { field, form, twice, values } from "../parts/form.js";

const number = (text) => (text === "" ? null : Number(text));
const orNull = (text) => (text === "" ? null : text);

const GROUPS = {
  residents: {
    id: "resident_id", title: "residents", add: "resident_add",
    fields: (one) => [
      field("name", "name", { value: one.name, required: true, maxlength: 64, autocomplete: "off" }),
      field("sex", "sex", { value: one.sex ?? "", options: [["", "—"], ["female", word("sex_female")], ["male", word("sex_male")]] }),
      field("birth_year", "birth_year", { value: one.birth_year ?? "", type: "number", min: 1890, max: 2100 }),
      field("phone", "phone", { value: one.phone ?? "", type: "tel", maxlength: 32 }),
      field("languages", "speaks", { value: one.languages ?? "", maxlength: 200 }),
      field("hearing", "hearing", { value: one.hearing ?? "", maxlength: 200 }),
      field("health_notes", "health", { tag: "textarea", hint: one.has_notes ? "health_kept" : "health_new", maxlength: 2000 }),
      field("habits", "habits", { tag: "textarea", hint: one.has_notes ? "health_kept" : null, maxlength: 2000 }),
    ],
    read: (given) => ({ name: given.name, sex: orNull(given.sex), birth_year: number(given.birth_year), phone: orNull(given.phone), languages: given.languages, hearing: given.hearing, health_notes: orNull(given.health_notes), habits: orNull(given.habits) }),
  },
  contacts: {
    id: "contact_id", title: "contacts", add: "contact_add",
    fields: (one) => [
      field("name", "name", { value: one.name, required: true, maxlength: 64, autocomplete: "off" }),
      field("relation", "relation", { value: one.relation ?? "", maxlength: 64 }),
      field("phone", "phone", { value: one.phone ?? "", type: "tel", maxlength: 32 }),
      field("language", "language", { value: one.language ?? "zh", options: [["zh", word("language_zh")], ["en", word("language_en")]] }),
      field("notify_url", "notify_url", { value: one.notify_url ?? "", maxlength: 500, hint: "notify_hint" }),
    ],
    read: (given) => ({ name: given.name, relation: given.relation, phone: given.phone, language: given.language, notify_url: orNull(given.notify_url) }),
  },
  keyholders: {
    id: "keyholder_id", title: "keyholders", add: "keyholder_add",
    fields: (one) => [
      field("name", "name", { value: one.name, required: true, maxlength: 64, autocomplete: "off" }),
      field("phone", "phone", { value: one.phone ?? "", type: "tel", maxlength: 32 }),
      field("note", "note_short", { value: one.note ?? "", maxlength: 200 }),
    ],
    read: (given) => ({ name: given.name, phone: given.phone, note: given.note }),
  },
};

/** The form of a home, or of a new one; `done()` when it is over. */
export function editor(home, done) {
  const start = home ?? { residents: [], contacts: [], keyholders: [] };
  const groups = Object.entries(GROUPS).map(([name, kind]) => group(name, kind, start[name]));
  const element = form({
    testid: "home-form", submit: "save",
    send: async (given) => {
      const body = read(given, start, groups);
      await (home ? put(`/api/people/dwellings/${encodeURIComponent(home.dwelling_id)}`, body) : post("/api/people/dwellings", body));
      done();
    },
  }, door(start), place(start), ...groups.map((one) => one.element));
  return make("section", { class: "panel", testid: "home-editor" },
    make("div", { class: "row" }, make("h2", { class: "grow" }, home ? named(home, "label") : word("home_add")),
      make("button", { type: "button", testid: "editor-back", onclick: done }, word("back"))),
    element, home ? removal(home, done) : null, home?.dwelling_id ? links(home) : null);
}

function door(home) {
  return make("fieldset", {}, make("legend", {}, word("door")), make("div", { class: "form-columns" },
    field("estate", "estate", { value: home.estate ?? "", maxlength: 64 }), field("building", "building", { value: home.building ?? "", maxlength: 32 }),
    field("unit", "unit", { value: home.unit ?? "", maxlength: 32 }), field("floor", "floor", { value: home.floor ?? "", type: "number", min: -9, max: 200 }),
    field("door", "door_number", { value: home.door ?? "", maxlength: 32 })),
  field("address", "address", { value: home.address ?? "", maxlength: 200, hint: "address_made" }),
  make("div", { class: "form-columns" }, field("label", "label", { value: home.label ?? "", maxlength: 64 }), field("label_en", "label_en", { value: home.label_en ?? "", maxlength: 64 })),
  field("access_note", "access_note", { value: home.access_note ?? "", maxlength: 500, hint: "access_note_hint" }),
  home.door_code ? make("p", {}, `${word("door_code")} `, make("code", {}, home.door_code)) : null);
}

function place(home) {
  return make("fieldset", {}, make("legend", {}, word("place")), make("div", { class: "form-columns" },
    field("latitude", "latitude", { value: home.latitude ?? "", type: "number", step: "any", min: -90, max: 90 }), field("longitude", "longitude", { value: home.longitude ?? "", type: "number", step: "any", min: -180, max: 180 }),
    field("datum", "datum", { value: "WGS-84", options: [["WGS-84", "WGS-84"], ["GCJ-02", word("datum_gcj")]], hint: "datum_hint" }),
    field("provider", "provider", { value: home.provider ?? "", maxlength: 64 })),
  field("is_away", "away_now", { type: "checkbox", value: home.is_away }));
}

function group(name, kind, list) {
  const entries = make("div", { class: "people-group" });
  const add = (one, isNew) => {
    const fields = kind.fields(one);
    const entry = make("fieldset", { class: "person", "data-id": one[kind.id] ?? "" }, make("legend", {}, one.name || word(kind.add)), make("div", { class: "form-columns" }, ...fields),
      make("p", {}, twice("take_out", () => entry.remove())));
    for (const input of entry.querySelectorAll("[name]")) input.name = `${name}.${input.name}`;
    entries.append(entry);
    if (isNew) entry.querySelector("input").focus();
  };
  for (const one of list) add(one, false);
  const element = make("section", { class: "people-section" }, make("h3", {}, word(kind.title)), entries,
    make("p", {}, make("button", { type: "button", testid: `add-${name}`, onclick: () => add({}, true) }, `+ ${word(kind.add)}`)));
  const read = () => [...entries.children].map((entry) => {
    const given = Object.fromEntries(Object.entries(values({ elements: entry.querySelectorAll("input, select, textarea") })).map(([key, value]) => [key.split(".")[1], value]));
    return { ...(entry.dataset.id ? { [kind.id]: Number(entry.dataset.id) } : {}), ...kind.read(given) };
  });
  return { name, element, read };
}

function read(given, start, groups) {
  const place = { latitude: number(given.latitude), longitude: number(given.longitude) };
  return {
    label: given.label, label_en: given.label_en, address: given.address, estate: orNull(given.estate), building: orNull(given.building), unit: orNull(given.unit),
    floor: number(given.floor), door: orNull(given.door), ...place, datum: given.datum, x: start.x ?? null, y: start.y ?? null,
    access_note: given.access_note, provider: orNull(given.provider), is_away: given.is_away, ...Object.fromEntries(groups.map((one) => [one.name, one.read()])),
  };
}

function removal(home, done) {
  const said = make("p", { role: "status" });
  return make("div", {}, twice("home_remove", async () => {
    try {
      await del(`/api/people/dwellings/${encodeURIComponent(home.dwelling_id)}`);
      done();
    } catch (error) {
      if (error.status === undefined) throw error;
      said.className = "sentence is-bad";
      said.textContent = error.message;
    }
  }, { testid: "home-remove" }), said);
}

/** A link for a child: it shows what happened in this home, to whoever holds it; shown once. */
function links(home) {
  if (!home.contacts.length) return null;
  const shown = make("div", { role: "status" });
  const make_link = async (contact) => {
    try {
      const { url } = await post(`/api/dwellings/${encodeURIComponent(home.dwelling_id)}/family-links`, { contact_id: contact.contact_id });
      shown.replaceChildren(make("p", {}, word("family_link_once", contact.name)), make("p", { class: "secret", testid: "family-link" }, new URL(url, location.href).href));
    } catch (error) {
      if (error.status === undefined) throw error;
      shown.replaceChildren(make("p", { class: "sentence is-bad" }, error.message));
    }
  };
  return make("section", {}, make("h3", {}, word("family_links")), make("p", {}, word("family_links_hint")),
    make("p", { class: "row" }, ...home.contacts.map((contact) => make("button", { type: "button", testid: `family-${contact.contact_id}`, onclick: () => make_link(contact) }, word("family_link_for", contact.name)))), shown);
}
