// Buttons and sensors, one by one: trigger it, say its room and name, give the key of its QR code. What the hub has is the
// truth; the relay is told after each one, so that nothing is lost when the connection breaks.
import { make } from "../base/dom.js";
import { put } from "../base/http.js";
import { word } from "../base/words.js";
import { field, form } from "../parts/form.js";
import { scanning } from "./scanning.js";
import { guarded } from "./trouble.js";

const LISTEN_MS = 1200;
const KINDS = ["button", "motion", "door", "window", "presence", "vibration", "detector", "wearable", "cancel_button", "appliance"];
const kindWord = (kind) => word(`device_${kind}`);

/** The key in what was scanned: 32 digits alone, or the last such run in a maker's text. */
export function keyOf(text) {
  const runs = text.match(/[0-9a-fA-F]+/g)?.filter((run) => run.length === 32) ?? [];
  return (runs.at(-1) ?? text.trim()).toLowerCase();
}

async function enrolled(hub) {
  const found = [];
  for (;;) {
    const { devices, count } = await hub.order("devices", { from: found.length });
    found.push(...devices);
    if (!devices.length || found.length >= count) return found;
  }
}

/** Tell the relay what the hub has, rooms and names; never a key. */
async function tellRelay({ claim, hub }) {
  const devices = await enrolled(hub);
  const shown = devices.map(({ id, kind, room, label }) => ({ device_id: id, kind, room: room || "—", label: label || "—" }));
  await put(`/api/claims/${encodeURIComponent(claim.hub_id)}/devices`, { devices: shown });
  return devices;
}

export async function sensors(work, body) {
  let devices = await tellRelay(work);
  for (;;) {
    await work.hub.order("listen");
    const row = await heardOne(work.hub, devices, body);
    if (row === null) return;
    if (await add(work.hub, row, body)) devices = await tellRelay(work);
  }
}

/** Shows what the hub has and what it hears; the one that was chosen, or null when there is no more. */
function heardOne(hub, devices, body) {
  return new Promise((done, failed) => {
    let isOpen = true;
    const end = (result) => { isOpen = false; done(result); };
    const choices = make("div", { class: "choices", testid: "heard", role: "group", "aria-label": word("install_heard_devices") });
    const said = make("p", { role: "status" }, word("install_trigger"));
    body.replaceChildren(list(devices), said, choices, make("p", { class: "form-end" },
      make("button", { type: "button", class: "primary", testid: "sensors-done", onclick: () => end(null) }, word("install_no_more"))));
    const look = async () => {
      while (isOpen && body.isConnected) {
        const rows = (await hub.order("heard")).devices.filter((row) => !row.known);
        if (!isOpen) return;
        draw(choices, rows, end);
        await new Promise((again) => setTimeout(again, LISTEN_MS));
      }
    };
    look().catch(failed);
  });
}

function draw(choices, rows, choose) {
  const shown = rows.map((row) => `${row.id}　${row.kind ? kindWord(row.kind) : word("install_unknown_kind")}　${row.rssi} dBm`);
  if (choices.dataset.shown === shown.join()) return; // a finger may be on its way to one of them
  choices.dataset.shown = shown.join();
  choices.replaceChildren(...rows.map((row, at) => make("button", { type: "button", testid: `heard-${row.id}`, onclick: () => choose(row) }, shown[at])));
}

function list(devices) {
  return make("ul", { testid: "enrolled", class: "checks" }, ...devices.map((one) =>
    make("li", { class: "check", "data-look": "good" }, make("span", {}, `${one.room ?? "—"}　${one.label ?? "—"}　${kindWord(one.kind)}`))));
}

/** The form of one device. True when the hub has taken it, false when it is left out. */
function add(hub, row, body) {
  return new Promise((done, failed) => {
    const kind = field("kind", "install_kind", { options: KINDS.map((one) => [one, kindWord(one)]), value: row.kind ?? "button" });
    const fields = [kind, field("room", "install_room", { required: true, maxlength: 32 }), field("label", "install_device_name", { required: true, maxlength: 32 })];
    let scan = null;
    if (row.sealed) {
      const key = field("key", "install_key", { required: true, maxlength: 300, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
      scan = scanning("install_scan_key", (text) => { key.querySelector("input").value = keyOf(text); });
      fields.push(key, scan.element);
    }
    const send = guarded(failed, async ({ key, ...given }) => {
      await hub.order("add", { ...given, id: row.id, key: key ? keyOf(key) : null });
      scan?.close();
      done(true);
    });
    body.replaceChildren(make("p", {}, row.id), form({ testid: "sensor-form", submit: "install_add", send }, ...fields),
      make("p", { class: "form-end" }, make("button", { type: "button", testid: "sensor-skip", onclick: () => { scan?.close(); done(false); } }, word("install_skip"))));
  });
}
