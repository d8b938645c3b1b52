// An alarm's whole life, to take along: as a page to print, as a file, and with the notes on health, for a reason that the
// relay keeps before it gives them.
import { make, setText, show } from "../base/dom.js";
import { post } from "../base/http.js";
import { word } from "../base/words.js";

/** Shape: form, input (the first thing to reach). */
export function exportForm(alarmNow, close) {
  const { alarm_id } = alarmNow();
  const print = make("a", { class: "button", href: `/alarms/${alarm_id}/print`, target: "_blank", rel: "noopener", testid: "print" }, word("export_print"));
  const reason = make("input", { testid: "export-reason", maxlength: "200", minlength: "2" });
  const said = make("p", { class: "sentence", role: "status", hidden: true });
  const form = make("form", { class: "minor-form", testid: "export-form", novalidate: true },
    make("p", { class: "export-ways" }, print, make("a", { class: "button", href: `/api/alarms/${alarm_id}/export`, download: `alarm-${alarm_id}.json`, testid: "export-plain" }, word("export_plain"))),
    make("label", { class: "field" }, make("span", {}, word("export_why")), reason), said,
    make("button", { type: "submit", testid: "export-health" }, word("export_health")),
    make("button", { type: "button", class: "quiet", onclick: close }, word("not_now")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (reason.value.trim().length < 2) return reason.focus();
    try {
      save(await post(`/api/alarms/${alarm_id}/export`, { reason: reason.value.trim() }), `alarm-${alarm_id}-health.json`);
      setText(said, word("export_done"));
    } catch (error) {
      if (error.status === undefined) throw error;
      setText(said, error.message);
    }
    show(said, true);
  });
  return { form, input: print };
}

function save(made, name) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(made, null, 1)], { type: "application/json" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
