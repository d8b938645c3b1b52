// The pages without a board (sign-in, not found): only their language can be changed.
import { toggleLanguage, word } from "./words.js";

document.title = `${word("sign_in")} · ${word("brand")}`;
document.getElementById("language").addEventListener("click", () => {
  toggleLanguage();
  document.title = `${word("sign_in")} · ${word("brand")}`;
});
