// What every page of staff has at its top: language, light or dark, and the menu of pages.
import { find, setText, show } from "./dom.js";
import { onLanguage, toggleLanguage, word } from "./words.js";

const THEMES = ["auto", "light", "dark"];
const root = document.documentElement;
const [DAY_FROM_H, DAY_TO_H] = [6, 19];
let chosen = root.dataset.theme; // auto, light or dark, as the cookie says

function drawTheme() {
  if (find("theme")) setText(find("theme"), word(`theme_${chosen}`));
}

/** Left to itself a screen is dark at night, whatever this computer's own setting says; by day it follows that. */
export function followTheNight() {
  const hour = new Date().getHours();
  const isNight = hour < DAY_FROM_H || hour >= DAY_TO_H;
  const wanted = chosen === "auto" && isNight ? "dark" : chosen;
  if (root.dataset.theme !== wanted) root.dataset.theme = wanted;
}

function nextTheme() {
  chosen = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
  document.cookie = `anling_theme=${chosen}; path=/; max-age=31536000; samesite=lax`;
  root.dataset.theme = chosen;
  followTheNight();
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
  followTheNight();
  setInterval(followTheNight, 60000);
  find("theme").addEventListener("click", nextTheme);
  find("language").addEventListener("click", toggleLanguage);
  opens(find("menu-button"), find("menu"), find("pages"));
  opens(find("pages-button"), find("pages"));
  onLanguage(drawTheme);
  drawTheme();
}
