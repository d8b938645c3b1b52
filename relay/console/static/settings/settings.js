// What a community decides for itself: its telephone, its plan when nobody answers, who is on duty when, its picture, and
// which programs are told of alarms.
import { make } from "../base/dom.js";
import { get } from "../base/http.js";
import { word } from "../base/words.js";
import { importer } from "../people/import.js";
import { fill } from "../parts/room.js";
import { community, picture } from "./community.js";
import { plan } from "./plan.js";
import { shifts } from "./shifts.js";
import { webhooks } from "./webhooks.js";

const PARTS = {
  community: ["/api/community", community],
  plan: ["/api/plan", plan],
  shifts: ["/api/shifts", shifts],
  webhooks: ["/api/webhooks", webhooks],
};

/** One part that fails does not take the others with it. */
async function load() {
  const names = Object.keys(PARTS);
  const answers = await Promise.allSettled([...names.map((name) => get(PARTS[name][0])), get("/api/board")]);
  const gone = answers.find((answer) => answer.status === "rejected" && (answer.reason.status === undefined || answer.reason.status === 401 || answer.reason.status === 0));
  if (gone) throw gone.reason;
  const given = (index) => (answers[index].status === "fulfilled" ? answers[index].value : { failed: answers[index].reason.message });
  return { ...Object.fromEntries(names.map((name, index) => [name, given(index)])), board: given(names.length) };
}

function draw(data) {
  return [
    ...Object.entries(PARTS).map(([name, [, part]]) => make("section", { class: "panel", testid: `settings-${name}` }, make("h2", {}, word(`settings_${name}`)),
      ...(data[name].failed ? [make("p", { class: "sentence is-bad" }, data[name].failed)] : [part(data[name], data.board, room.again)].flat()))),
    make("section", { class: "panel" }, make("h2", {}, word("settings_picture")), ...picture(room.again)),
    make("section", { class: "panel", testid: "settings-surroundings" }, make("h2", {}, word("surroundings")), importer({ address: "/api/surroundings/import", how: "surroundings_how" }),
      make("p", {}, make("a", { class: "button", href: "/api/surroundings/export.csv", download: "surroundings.csv" }, word("export")))),
  ];
}

const room = fill({ load, draw });
