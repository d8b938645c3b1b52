// Who is on duty, and a hand-over that waits for the person at this console. Starting the shift arms the sound with a
// test tone, asks whether it was heard, and puts whoever is signed in on duty.
import { find, make, setText, show } from "../base/dom.js";
import { del, get, post } from "../base/http.js";
import { model, onChange, tell } from "../base/model.js";
import { notice, quiet } from "../base/notices.js";
import { timeOfDay } from "../base/times.js";
import { named, onLanguage, word } from "../base/words.js";

const SHIFT_H = 8;
let hasStarted = false; // this page put somebody on duty already

const may = (order) => model.me?.may?.includes(order) ?? false;

/** Ask anew: at the start, and after each loss of the line. */
async function load() {
  try {
    const { on_duty } = await get("/api/duty");
    const offers = may("handover") ? (await get("/api/handover")).offers : [];
    tell("duty", { on_duty, offers });
  } catch (error) {
    if (error.mayRetry) setTimeout(load, 4000);
    else if (error.status !== 401 && error.status !== 403) throw error;
  }
}

function drawNames() {
  const seen = new Set();
  const names = model.duty.on_duty.filter((one) => !seen.has(one.staff_id) && seen.add(one.staff_id)).map((one) => named(one, "display_name"));
  setText(find("on-duty"), names.length ? word("on_duty", names.join(word("and"))) : word("on_duty_nobody"));
  find("on-duty").classList.toggle("is-nobody", names.length === 0);
}

async function accept(offer) {
  try {
    const { taken } = await post(`/api/handover/${offer.handover_id}/accept`);
    notice("handover", () => word("handover_accepted", taken.length), { isGood: true, forMs: 8000 });
  } catch (error) {
    const sentence = error.message;
    notice("handover", () => sentence);
  }
  load();
}

async function withdraw(offer) {
  await del(`/api/handover/${offer.handover_id}`).catch((error) => notice("handover", () => error.message));
  load();
}

function offerRow(offer) {
  const isMine = offer.by_staff_id === model.me?.staff_id;
  const by = named({ name: offer.by, name_en: offer.by_en }, "name");
  const isForMe = !isMine && may("handover") && (offer.to_staff_id === null || offer.to_staff_id === model.me?.staff_id);
  const counts = word("handover_open", model.alarms.size, model.technical.size);
  return make("div", { class: "offer", testid: "offer" },
    make("span", {}, make("b", {}, isMine ? word("handover_waits") : word("handover_by", by)), ` ${timeOfDay(offer.at)} · ${counts}`,
      offer.note ? make("span", { class: "offer-note" }, `「${offer.note}」`) : ""),
    isForMe ? make("button", { type: "button", class: "primary", testid: "accept-handover", onclick: () => accept(offer) }, word("handover_accept")) : "",
    isMine ? make("button", { type: "button", class: "quiet", onclick: () => withdraw(offer) }, word("handover_withdraw")) : "",
    make("a", { class: "button", href: "/handover", target: "_blank", rel: "noopener" }, word("handover_look")));
}

function draw() {
  drawNames();
  if (!find("offers")) return; // a wall shows who is there, no more
  show(find("offers"), model.duty.offers.length > 0);
  find("offers").replaceChildren(...model.duty.offers.map(offerRow));
}

/** The shift begins: whoever is signed in is on duty from now on, if they work at a desk and are not yet. */
export async function begin() {
  if (hasStarted || !["operator", "supervisor"].includes(model.me?.role) || !may("duty")) return;
  hasStarted = true;
  if (model.duty.on_duty.some((one) => one.staff_id === model.me.staff_id)) return;
  try {
    const { on_duty } = await post("/api/duty", { duty: "operator", hours: SHIFT_H });
    tell("duty", { ...model.duty, on_duty });
    quiet("duty");
  } catch (error) {
    hasStarted = false;
    const sentence = error.message;
    notice("duty", () => word("duty_failed", sentence));
  }
}

export function start() {
  onChange(({ kind, value }) => {
    if (kind === "board" || kind === "me") load();
    else if (kind === "duty") {
      model.duty = value;
      draw();
    }
  });
  onLanguage(draw);
}
