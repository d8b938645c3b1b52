// The steps of an installation with the hub in reach, each safe to do again: who it is, Wi-Fi, time and language, sensors,
// the end. A step draws into its body and is over when its promise is. Errors: Trouble of the line; the rest is shown beside
// the button and asked again.
import { make } from "../base/dom.js";
import { post } from "../base/http.js";
import { language, word } from "../base/words.js";
import { field, form } from "../parts/form.js";
import { sensors } from "./sensors.js";
import { guarded, Trouble } from "./trouble.js";

const CLOCK_OFF_MS = 120000;
const ONLINE_MS = 90000;
const LOOK_MS = 1000;
const UTC_OFFSET_MIN = 480; // one time for the whole country

export const STEPS = [
  ["install_identify", identify],
  ["install_wifi", wifi],
  ["install_enrol", enrol],
  ["install_sensors", sensors],
  ["install_finish", finish],
];

const press = (label, testid, onclick) => make("button", { type: "button", class: "primary", testid, onclick }, word(label));

async function identify({ hub }, body) {
  body.replaceChildren(make("p", { role: "status" }, word("install_speaking")));
  await hub.order("identify");
  await new Promise((done, failed) => body.replaceChildren(make("p", {}, word("install_heard")), make("p", { class: "form-end" },
    press("yes", "heard-yes", done), make("button", { type: "button", testid: "heard-no", onclick: () => failed(new Trouble("other_hub")) }, word("no")))));
}

async function wifi({ hub, radio }, body) {
  const { wifi: known } = await hub.order("status");
  if (known && await isKept(known, body)) return;
  body.replaceChildren(make("p", { role: "status" }, word("install_looking")));
  const { networks } = await hub.order("networks");
  await new Promise((done, failed) => {
    const ssid = field("ssid", "install_ssid", { required: true, maxlength: 32, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    const password = field("password", "install_wifi_password", { type: "password", maxlength: 63, autocomplete: "off" });
    const choices = make("div", { class: "choices", role: "group", "aria-label": word("install_networks") }, ...networks.map(([name, rssi_dbm]) =>
      make("button", { type: "button", onclick: () => { ssid.querySelector("input").value = name; password.querySelector("input").focus(); } }, `${name}　${rssi_dbm} dBm`)));
    const send = guarded(failed, async (given) => {
      if (!await radio.wifi(given.ssid, given.password)) throw new Trouble((await hub.order("status")).wifi_fault ?? "wifi_no_answer");
      done();
    });
    body.replaceChildren(make("p", {}, word(networks.length ? "install_networks" : "install_no_networks")), choices,
      form({ testid: "wifi-form", submit: "install_join", send }, ssid, password));
  });
}

const isKept = (name, body) => new Promise((done) => body.replaceChildren(make("p", {}, word("install_keep_wifi", name)), make("p", { class: "form-end" },
  press("yes", "wifi-keep", () => done(true)), make("button", { type: "button", testid: "wifi-change", onclick: () => done(false) }, word("no")))));

/** The relay's time; this phone's own where the relay does not say. */
async function timeOfRelay() {
  const answer = await fetch("/api/here", { cache: "no-store", signal: AbortSignal.timeout(6000) }).catch(() => null);
  const told = Date.parse(answer?.headers.get("date") ?? "");
  return Number.isNaN(told) ? Date.now() : told;
}

async function enrol({ hub, claim }, body) {
  const utc_ms = await timeOfRelay();
  await hub.order("clock", { utc_ms });
  const off_ms = Math.abs(Date.now() - utc_ms);
  const { has_modem } = await hub.order("status");
  await new Promise((done, failed) => {
    const fields = [field("language", "install_language", { options: [["zh", word("install_zh")], ["en", word("install_en")]], value: language() })];
    if (has_modem && claim.modem) fields.push(field("pin", "install_pin", { inputmode: "numeric", maxlength: 8, autocomplete: "off", hint: "install_pin_hint" }));
    const send = guarded(failed, async (given) => {
      await hub.order("enrol", toldOf(claim, given));
      await hub.order("reach");
      done();
    });
    body.replaceChildren(make("p", { role: "status" }, off_ms > CLOCK_OFF_MS ? word("trouble_clock_off", Math.round(off_ms / 60000)) : word("install_clock")),
      form({ testid: "enrol-form", submit: "install_reach", send }, ...fields));
  });
}

/** What the hub is to know, of what the relay gave for it. */
function toldOf(claim, given) {
  const told = { broker: claim.broker, dwelling: claim.label, language: given.language, utc_offset_min: UTC_OFFSET_MIN };
  if (claim.ntp !== null) told.ntp = claim.ntp;
  if (claim.neighbours) told.neighbours = claim.neighbours;
  if (given.pin !== undefined) told.modem = { ...claim.modem, pin: given.pin || null };
  return told;
}

async function finish({ hub, claim, letters }, body) {
  body.replaceChildren(make("p", { role: "status" }, word("install_restarting")));
  await hub.order("finish");
  const ends_ms = performance.now() + ONLINE_MS;
  while (performance.now() < ends_ms) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const seen = await post(`/api/claims/${encodeURIComponent(claim.hub_id)}/look`, { secret: letters }).catch(() => null);
    if (seen?.is_online) return;
  }
  throw new Trouble("never_online");
}
