// The community's name and the telephone that is always manned; its picture.
import { make } from "../base/dom.js";
import { put, upload } from "../base/http.js";
import { word } from "../base/words.js";
import { field, form, refusal } from "../parts/form.js";

const BYTES_MAX = 20 * 1024 * 1024;

export function community(given, board, again) {
  return [
    given.duty_phone ? null : make("p", { class: "sentence is-bad" }, word("duty_phone_missing")),
    form({ testid: "community-form", submit: "save", done: "saved", send: async (typed) => {
      const place = { latitude: typed.latitude === "" ? null : Number(typed.latitude), longitude: typed.longitude === "" ? null : Number(typed.longitude) };
      await put("/api/community", { name: typed.name, name_en: typed.name_en, duty_phone: typed.duty_phone || null, ...place });
      again();
    } },
    make("div", { class: "form-columns" }, field("name", "community_name", { value: given.name, required: true, maxlength: 64 }), field("name_en", "name_en", { value: given.name_en ?? "", maxlength: 64 }),
      field("duty_phone", "duty_phone", { value: given.duty_phone ?? "", type: "tel", maxlength: 32, hint: "duty_phone_hint" }),
      field("latitude", "latitude", { value: given.latitude ?? "", type: "number", step: "any", min: -90, max: 90, hint: "community_place" }), field("longitude", "longitude", { value: given.longitude ?? "", type: "number", step: "any", min: -180, max: 180 }))),
  ].filter(Boolean);
}

export function picture(again) {
  const file = make("input", { type: "file", id: "picture-file", name: "file", accept: "image/png,image/jpeg,image/webp" });
  return [make("p", {}, word("settings_picture_hint")), form({ testid: "picture-form", submit: "picture_upload", done: "picture_done", send: async () => {
    const [chosen] = file.files;
    if (!chosen) throw refusal("picture_choose");
    if (chosen.size > BYTES_MAX) throw refusal("picture_too_large");
    const body = new FormData();
    body.append("file", chosen);
    await upload("/api/community/picture", body);
    again();
  } }, make("p", { class: "form-field" }, make("label", { for: "picture-file" }, word("picture_hint")), file))];
}
