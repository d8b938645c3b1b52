// Who is on duty when. A shift that ends early leaves a hole: that nobody is on duty is said here, too.
import { make } from "../base/dom.js";
import { post } from "../base/http.js";
import { dayAndTime } from "../base/times.js";
import { named, word } from "../base/words.js";
import { field, form, refusal, twice } from "../parts/form.js";
import { table } from "../parts/table.js";

const DUTIES = ["operator", "deputy", "responder", "supervisor"];
const HOUR_MS = 3600000;

export function shifts({ on_duty, shifts: planned, armed_consoles }, board, again) {
  const people = board.responders ?? [];
  const who = (staff_id, fallback) => { const one = people.find((person) => person.staff_id === staff_id); return one ? named(one, "display_name") : fallback ?? String(staff_id); };
  return [
    on_duty.length ? null : make("p", { class: "sentence is-bad" }, word("nobody_on_duty")),
    make("p", {}, word("armed_consoles", armed_consoles)),
    table({ caption: word("settings_shifts"), testid: "shifts", rows: planned, empty: word("shifts_none"), columns: [
      { word: "name", isHead: true, cell: (one) => who(one.staff_id, one.display_name) }, { word: "duty", cell: (one) => word(`duty_${one.duty}`) },
      { word: "begins", cell: (one) => dayAndTime(one.begins_at) }, { word: "ends", cell: (one) => dayAndTime(one.ends_at) },
      { word: "change", cell: (one) => twice("shift_end", async () => { await post(`/api/shifts/${one.shift_id}/end`); again(); }) },
    ] }),
    form({ testid: "shift-form", submit: "shift_add", send: async (typed) => {
      const begins_at = new Date(typed.begins).getTime();
      if (!Number.isFinite(begins_at)) throw refusal("shift_when");
      await post("/api/shifts", { staff_id: Number(typed.staff_id), duty: typed.duty, begins_at, ends_at: begins_at + Number(typed.hours) * HOUR_MS });
      again();
    } }, make("div", { class: "form-columns" },
      field("staff_id", "name", { options: people.map((one) => [one.staff_id, named(one, "display_name")]) }),
      field("duty", "duty", { options: DUTIES.map((key) => [key, word(`duty_${key}`)]) }),
      field("begins", "begins", { type: "datetime-local", value: localNow(), required: true }),
      field("hours", "shift_hours", { type: "number", min: 1, max: 36, value: 8, required: true }))),
  ].filter(Boolean);
}

function localNow() {
  const at = new Date();
  at.setMinutes(0, 0, 0);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}
