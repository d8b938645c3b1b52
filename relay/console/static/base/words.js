// The catalogue of the screen's words. words.json is the one place where they are written; words.py reads it,
// too. A language change asks every listener to draw itself again.

const LANGUAGES = ["zh", "en"];
const root = document.documentElement;
const catalogue = await load();
const listeners = new Set();

/** The catalogue; without it nothing can be shown, so it is asked for until it comes. */
async function load() {
  for (;;) {
    try {
      const answer = await fetch("/static/words.json");
      if (answer.ok) return await answer.json();
    } catch (error) {
      console.warn("words.json did not come, asking again", error);
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

const patterns = Object.entries(catalogue.server).map(([english, [chinese]]) => {
  const parts = english.split(/\{\d\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return [new RegExp(`^${parts.join("(.+?)")}$`), chinese];
});

export const language = () => root.dataset.language;

const fill = (text, given) => text.replace(/\{(\d)\}/g, (_, index) => String(given[Number(index)] ?? ""));

/** The word of this key in the language shown. An unknown key is shown as it is, so that it is noticed. */
export function word(key, ...given) {
  const pair = catalogue.words[key];
  return pair ? fill(pair[LANGUAGES.indexOf(language())], given) : key;
}

export const hasWord = (key) => key in catalogue.words;

/** A sentence of the API in the language shown. */
export function serverSentence(sentence) {
  if (language() === "en") return sentence;
  for (const [pattern, chinese] of patterns) {
    const match = pattern.exec(sentence);
    if (match) return fill(chinese, match.slice(1));
  }
  return sentence;
}

/** The Chinese or the English of a thing that has both; whichever there is where one is missing. */
export const named = (thing, field) =>
  language() === "en" ? thing[`${field}_en`] || thing[field] : thing[field] || thing[`${field}_en`];

/** Write the words of all elements below that name one. */
export function applyWords(below = document) {
  for (const element of below.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of below.querySelectorAll("[data-word-label]")) {
    element.setAttribute("aria-label", word(element.dataset.wordLabel));
  }
}

export const onLanguage = (listener) => listeners.add(listener);

export function toggleLanguage() {
  root.dataset.language = language() === "zh" ? "en" : "zh";
  root.lang = language() === "zh" ? "zh-CN" : "en";
  document.cookie = `anling_language=${language()}; path=/; max-age=31536000; samesite=lax`;
  applyWords();
  for (const listener of listeners) listener();
}
