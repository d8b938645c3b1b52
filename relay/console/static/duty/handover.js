// The hand-over of a shift: what is open, what the last ones said, and the offer that the incoming person must accept.
// Until somebody has accepted, the page says who is still responsible.
import { kindWord, stepWord, technicalWord } from "../base/alarm_words.js";
import { find, make, setText, show } from "../base/dom.js";
import { del, get, post } from "../base/http.js";
import { notice, quiet } from "../base/notices.js";
import { dayAndTime, timeOfDay } from "../base/times.js";
import { named, onLanguage, serverSentence, word } from "../base/words.js";

const ASK_MS = 5000;
let known = null; // {me, duty, handover, people}

const nameOf = (offer) => named({ name: offer.by, name_en: offer.by_en }, "name");

function stateWords() {
  const { me, duty, handover } = known;
  if (handover.offers.some((one) => one.by_staff_id === me.staff_id)) return word("handover_waits");
  return duty.me.is_on_duty ? word("duty_until", dayAndTime(duty.me.ends_at)) : word("duty_off");
}

async function order(work) {
  try {
    await work();
    quiet("handover");
  } catch (error) {
    const sentence = error.message;
    notice("handover", () => sentence);
  }
  await load();
}

function offerRow(offer) {
  const isMine = offer.by_staff_id === known.me.staff_id;
  const isForMe = !isMine && (offer.to_staff_id === null || offer.to_staff_id === known.me.staff_id);
  return make("div", { class: "offer", testid: "offer" },
    make("span", {}, isMine ? word("handover_waits") : word("handover_from", nameOf(offer)), ` ${timeOfDay(offer.at)}`,
      offer.note ? make("span", { class: "offer-note" }, `「${offer.note}」`) : ""),
    isForMe ? make("button", { type: "button", class: "primary", testid: "accept-handover",
      onclick: () => order(() => post(`/api/handover/${offer.handover_id}/accept`)) }, word("handover_accept")) : "",
    isMine ? make("button", { type: "button", testid: "withdraw", onclick: () => order(() => del(`/api/handover/${offer.handover_id}`)) }, word("handover_withdraw")) : "");
}

/** Who goes there, or took it, as they are called in the language shown. */
function whoHas(alarm) {
  const found = known.people.find((one) => one.staff_id === (alarm.assigned_to ?? alarm.acknowledged_by));
  return found ? named(found, "display_name") : alarm.assigned_to_name ?? alarm.acknowledged_by_name ?? "";
}

function matter(alarm) {
  return make("li", {}, make("b", { "data-step": alarm.step }, kindWord(alarm)), make("span", {}, named(alarm, "label")),
    make("span", {}, alarm.resident_name ?? ""), make("span", {}, stepWord(alarm)),
    make("span", {}, whoHas(alarm)), make("time", {}, dayAndTime(alarm.raised_at)));
}

function fault(entry) {
  return make("li", {}, make("b", {}, technicalWord(entry.kind)), make("span", {}, entry.label ?? entry.dwelling_id ?? entry.hub_id ?? ""),
    make("span", {}, serverSentence(entry.detail ?? "")), make("time", {}, dayAndTime(entry.raised_at)));
}

const orNone = (rows) => (rows.length ? rows : [make("li", {}, word("none_known"))]);

function draw() {
  if (!known) return;
  const { me, duty, handover, people } = known;
  setText(find("handover-state"), stateWords());
  find("handover-offers").replaceChildren(...handover.offers.map(offerRow));
  find("open-matters").replaceChildren(...orNone(handover.open.map(matter)));
  find("technical-matters").replaceChildren(...orNone(handover.technical.map(fault)));
  find("handover-notes").replaceChildren(...orNone(handover.notes.map((one) =>
    make("li", {}, make("b", {}, nameOf(one)), make("span", {}, one.note || "—"), make("time", {}, dayAndTime(one.at))))));
  show(find("go-off"), duty.me.is_on_duty);
  const select = find("handover-to");
  const names = people.map((one) => named(one, "display_name")).join();
  if (select.dataset.names === names) return;
  const chosen = select.value;
  select.dataset.names = names;
  select.replaceChildren(make("option", { value: "" }, word("handover_anybody")),
    ...people.filter((one) => one.staff_id !== me.staff_id).map((one) => make("option", { value: String(one.staff_id) }, named(one, "display_name"))));
  select.value = chosen;
}

async function load() {
  try {
    const [me, duty, handover] = await Promise.all([get("/api/me"), get("/api/duty"), get("/api/handover")]);
    const people = known?.people ?? (await get("/api/board")).responders;
    known = { me, duty, handover, people };
    quiet("load");
  } catch (error) {
    const sentence = error.message;
    notice("load", () => sentence);
  }
  draw();
}

find("handover-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const to = find("handover-to").value;
  const note = find("handover-note").value.trim();
  order(async () => {
    await post("/api/handover", to ? { note, to_staff_id: Number(to) } : { note });
    find("handover-note").value = "";
  });
});
find("go-off").addEventListener("click", () => order(() => del("/api/duty")));
onLanguage(() => {
  find("handover-to").dataset.names = "";
  draw();
});
setInterval(load, ASK_MS);
load();
