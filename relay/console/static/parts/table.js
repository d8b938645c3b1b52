// A table that becomes a list of cards on a narrow screen. The roles are written out, because a table that is laid
// out as blocks would otherwise lose them for a screen reader.
import { make } from "../base/dom.js";
import { word } from "../base/words.js";

/** Shape: columns [{word, cell(row), isNumber, isHead}]; `word` is a key of the catalogue. */
export function table({ caption, columns, rows, empty, testid, rowTestid, rowState }) {
  if (!rows.length) return make("p", { class: "nothing", testid: testid && `${testid}-empty` }, empty);
  const head = make("tr", { role: "row" }, ...columns.map((column) =>
    make("th", { role: "columnheader", scope: "col", class: column.isNumber ? "is-number" : null }, word(column.word))));
  const body = rows.map((row) => make("tr", { role: "row", testid: rowTestid?.(row), "data-state": rowState?.(row) },
    ...columns.map((column) => cell(column, row))));
  return make("table", { class: "table", role: "table", testid },
    make("caption", { class: "unseen" }, caption),
    make("thead", { role: "rowgroup" }, head), make("tbody", { role: "rowgroup" }, ...body));
}

function cell(column, row) {
  const given = { role: column.isHead ? "rowheader" : "cell", "data-label": word(column.word), class: column.isNumber ? "is-number" : null };
  if (column.isHead) given.scope = "row";
  return make(column.isHead ? "th" : "td", given, ...[column.cell(row) ?? ""].flat());
}

/** Names with values, as a list of descriptions. Shape: pairs [[word key, text or element], …]. */
export function facts(pairs, given = {}) {
  return make("dl", { class: "facts", ...given }, ...pairs.map(([key, value]) =>
    make("div", {}, make("dt", {}, word(key)), make("dd", {}, ...[value ?? ""].flat()))));
}
