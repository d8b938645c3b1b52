// Who works here and as what; new passwords; and the programs that may act for a person here.
import { make } from "../base/dom.js";
import { del, get, post, put } from "../base/http.js";
import { dayAndTime } from "../base/times.js";
import { named, word } from "../base/words.js";
import { field, form, twice } from "../parts/form.js";
import { fill } from "../parts/room.js";
import { table } from "../parts/table.js";

const ROLES = ["operator", "responder", "supervisor", "installer", "auditor"];
const TOKEN_ROLES = [...ROLES, "call_gateway"];
let editing = null; // a colleague; "new"; or null
let told = null; // what is shown once: {text, secret}

const load = async () => ({ staff: await get("/api/staff"), tokens: await get("/api/tokens"), me: await get("/api/me") });
const room = fill({ load, draw });
const roleWord = (role) => word(`role_${role}`);
const orNull = (text) => (text === "" ? null : text);

function after(once = null) {
  editing = null;
  told = once;
  room.again();
  room.show();
}

function draw(data) {
  return [once(), editing ? editor(editing === "new" ? null : editing) : people(data), tokens(data.tokens)].filter(Boolean);
}

/** A password or a token: on the screen once, and kept nowhere. */
function once() {
  if (!told) return null;
  return make("div", { class: "panel", role: "status", testid: "shown-once" }, make("p", {}, told.text), make("p", { class: "secret" }, told.secret), make("p", {}, word("shown_once")),
    make("p", {}, make("button", { type: "button", onclick: () => { told = null; room.show(); } }, word("shown_once_done"))));
}

function people({ staff, me }) {
  return make("section", { class: "panel" }, make("div", { class: "row" }, make("h2", { class: "grow" }, word("nav_staff")),
    make("button", { type: "button", class: "primary", testid: "staff-add", onclick: () => { editing = "new"; room.show(); } }, word("staff_add"))),
  table({
    caption: word("nav_staff"), testid: "staff", rows: staff, empty: word("nothing_yet"), rowTestid: (one) => `staff-${one.staff_id}`,
    columns: [
      { word: "name", isHead: true, cell: (one) => [named(one, "display_name"), make("br"), make("small", {}, one.name)] },
      { word: "role", cell: (one) => roleWord(one.role) },
      { word: "phone", cell: (one) => one.phone ?? make("span", { class: "tag", "data-look": "warning" }, `▲ ${word("no_phone")}`) },
      { word: "works_here", cell: (one) => (one.is_active ? word(one.is_home ? "yes" : "as_guest") : make("span", { class: "tag" }, word("no_longer"))) },
      { word: "change", cell: (one) => make("div", { class: "row" }, make("button", { type: "button", testid: `edit-${one.staff_id}`, "aria-label": `${word("change")} ${named(one, "display_name")}`, onclick: () => { editing = one; room.show(); } }, word("change")),
        one.is_home && one.staff_id !== me.staff_id ? twice("new_password", () => newPassword(one), { testid: `password-${one.staff_id}` }) : null) },
    ],
  }));
}

async function newPassword(one) {
  try {
    const { password } = await post(`/api/staff/${one.staff_id}/password`);
    after({ text: word("password_for", named(one, "display_name")), secret: password });
  } catch (error) {
    if (error.status === undefined) throw error;
    after({ text: error.message, secret: "—" });
  }
}

function editor(one) {
  const given = one ?? {};
  const role = field("role", "role", { value: given.role ?? "operator", options: ROLES.map((key) => [key, roleWord(key)]) });
  return make("section", { class: "panel" }, make("h2", {}, one ? named(one, "display_name") : word("staff_add")), form({
    testid: "staff-form", submit: "save",
    send: async (typed) => {
      const body = { display_name: typed.display_name, display_name_en: typed.display_name_en, role: typed.role, phone: orNull(typed.phone), notify_url: orNull(typed.notify_url), language: typed.language };
      if (one) {
        await put(`/api/staff/${one.staff_id}`, { ...body, is_active: typed.is_active });
        after();
      } else {
        const made = await post("/api/staff", { ...body, name: typed.name });
        after({ text: word("password_for", made.display_name), secret: made.password });
      }
    },
  }, make("div", { class: "form-columns" },
    one ? null : field("name", "sign_in_name", { required: true, maxlength: 64, autocapitalize: "none", autocomplete: "off" }),
    field("display_name", "name", { value: given.display_name ?? "", required: true, maxlength: 64, autocomplete: "off" }), field("display_name_en", "name_en", { value: given.display_name_en ?? "", maxlength: 64, autocomplete: "off" }), role,
    field("phone", "phone", { value: given.phone ?? "", type: "tel", maxlength: 32, hint: "staff_phone_hint" }), field("notify_url", "notify_url", { value: given.notify_url ?? "", maxlength: 500, hint: "notify_hint" }),
    field("language", "language", { value: given.language ?? "zh", options: [["zh", word("language_zh")], ["en", word("language_en")]] })),
  one ? field("is_active", "works_here", { type: "checkbox", value: given.is_active }) : null),
  make("p", {}, make("button", { type: "button", onclick: () => after() }, word("back"))));
}

function tokens(list) {
  return make("section", { class: "panel" }, make("h2", {}, word("tokens")), make("p", {}, word("tokens_hint")), table({
    caption: word("tokens"), testid: "tokens", rows: list, empty: word("nothing_yet"),
    columns: [
      { word: "name", isHead: true, cell: (one) => one.name }, { word: "role", cell: (one) => roleWord(one.role) },
      { word: "ends", cell: (one) => (one.ends_at <= Date.now() ? make("span", { class: "tag" }, word("ended")) : dayAndTime(one.ends_at)) },
      { word: "used", cell: (one) => (one.used_at ? dayAndTime(one.used_at) : word("never")) },
      { word: "change", cell: (one) => (one.ends_at <= Date.now() ? "" : twice("token_end", async () => { await del(`/api/tokens/${one.token_id}`); after(); }, { testid: `token-end-${one.token_id}` })) },
    ],
  }), form({
    testid: "token-form", submit: "token_add",
    send: async (typed) => {
      const made = await post("/api/tokens", { name: typed.name, role: typed.role, days: Number(typed.days) });
      after({ text: word("token_of", typed.name), secret: made.secret });
    },
  }, make("div", { class: "form-columns" }, field("name", "token_name", { required: true, maxlength: 64 }), field("role", "role", { value: "auditor", options: TOKEN_ROLES.map((key) => [key, roleWord(key)]) }), field("days", "token_days", { type: "number", value: 365, min: 1, max: 3650, required: true }))));
}
