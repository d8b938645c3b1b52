// A whole list at once, from a CSV file. First a dry run: what would be new, what would change, and every bad line by its
// number, with what to do. Only a file without bad lines is taken in, whole or not at all.
import { make } from "../base/dom.js";
import { upload } from "../base/http.js";
import { serverSentence, word } from "../base/words.js";
import { table } from "../parts/table.js";

const BYTES_MAX = 20 * 1024 * 1024;

/** The import's part of a page. Shape: address of the route; `done()` goes back, where there is something to go back to. */
export function importer({ address, how, done = null }) {
  const file = make("input", { type: "file", id: "import-file", accept: ".csv,text/csv", testid: "import-file" });
  const result = make("div", { class: "import-result", role: "status", testid: "import-result" });
  let ready = null; // the file that the dry run found good

  async function send(chosen, isDry) {
    const body = new FormData();
    body.append("file", chosen);
    return upload(`${address}?dry_run=${isDry ? 1 : 0}`, body);
  }

  async function look() {
    const [chosen] = file.files;
    ready = null;
    if (!chosen) return;
    if (chosen.size > BYTES_MAX) return refuse(word("import_too_large"));
    result.replaceChildren(make("p", {}, word("import_looking")));
    try {
      const found = await send(chosen, true);
      if (!found.bad.length) ready = chosen;
      result.replaceChildren(...shown(found));
    } catch (error) {
      if (error.status === undefined) throw error;
      refuse(error.message);
    }
  }

  function refuse(sentence) {
    result.replaceChildren(make("p", { class: "sentence is-bad" }, sentence));
  }

  function shown(found) {
    const figure = (value, key, look) => make("div", { class: "figure", "data-look": look }, make("strong", {}, String(value)), make("span", {}, word(key)));
    const figures = make("div", { class: "figures" }, figure(found.rows, "import_rows"), figure(found.new, "import_new"), figure(found.changed, "import_changed"), figure(found.bad.length, "import_bad", found.bad.length ? "bad" : "good"));
    if (!found.bad.length) {
      return [figures, make("p", {}, make("button", { type: "button", class: "primary", testid: "import-take", onclick: take }, word("import_take", found.new + found.changed)))];
    }
    return [figures, make("p", { class: "sentence is-bad" }, word("import_mend")), table({
      caption: word("import_bad"), rows: found.bad, empty: "", testid: "import-bad",
      columns: [
        { word: "line", isHead: true, cell: (one) => String(one.line) }, { word: "column", cell: (one) => one.column || "—" },
        { word: "problem", cell: (one) => serverSentence(one.problem) }, { word: "remedy", cell: (one) => serverSentence(one.remedy) },
      ],
    })];
  }

  async function take(event) {
    const button = event.target;
    if (!ready || button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      const made = await send(ready, false);
      ready = null;
      result.replaceChildren(make("p", { class: "sentence is-good", testid: "import-done" }, word("import_done", made.new, made.changed)));
    } catch (error) {
      if (error.status === undefined) throw error;
      button.removeAttribute("aria-disabled");
      result.prepend(make("p", { class: "sentence is-bad" }, error.message));
    }
  }

  file.addEventListener("change", look);
  return make("div", { class: `importer${done ? " panel" : ""}`, testid: "importer" },
    done ? make("div", { class: "row" }, make("h2", { class: "grow" }, word("import")), make("button", { type: "button", onclick: done, testid: "import-back" }, word("back"))) : null,
    make("p", {}, word(how)), make("p", {}, make("label", { for: "import-file" }, word("import_file"))), file, result);
}
