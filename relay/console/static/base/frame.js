// What every page of staff has at its top: language, light or dark, and the menu of pages.
import { find, setText, show } from "./dom.js";
import { onLanguage, toggleLanguage, word } from "./words.js";

const THEMES = ["auto", "light", "dark"];
const root = document.documentElement;

function drawTheme() {
  setText(find("theme"), word(`theme_${root.dataset.theme}`));
}

function nextTheme() {
  root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
  document.cookie = `anling_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  drawTheme();
}

/** Open or close a part of the header by its button. It lies in the flow of the page: it covers nothing. */
function opens(button, ...parts) {
  button?.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(isOpen));
    for (const part of parts.filter(Boolean)) {
      if (part.id === "pages") show(part, isOpen);
      else part.classList.toggle("is-open", isOpen);
    }
  });
}

export function start() {
  find("theme").addEventListener("click", nextTheme);
  find("language").addEventListener("click", toggleLanguage);
  opens(find("menu-button"), find("menu"), find("pages"));
  opens(find("pages-button"), find("pages"));
  onLanguage(drawTheme);
  drawTheme();
}
