"""The catalogue of the screen's words, for pages made on this side; static/base/words.js reads the same file.

Chinese comes first, English is complete. Sentences of the API are English; the catalogue knows them, too, so
that nobody reads the wrong language at three in the morning. This file must not know what the words are for.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

CATALOGUE = Path(__file__).parent / "static" / "words.json"
LANGUAGES = ("zh", "en")
COOKIE = "anling_language"


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, list[str]]]:
    """Shape: "words" has key → [Chinese, English]; "server" has an English sentence → [Chinese]."""
    loaded: dict[str, dict[str, list[str]]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return loaded


def language_of(chosen: str | None, fallback: str | None = None) -> str:
    """The language to show: what this browser chose, else the person's, else Chinese."""
    for language in (chosen, fallback):
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def word(key: str, language: str) -> str:
    return catalogue()["words"][key][LANGUAGES.index(language)]


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    found = []
    for english, (chinese,) in catalogue()["server"].items():
        parts = [re.escape(part) for part in re.split(r"\{\d\}", english)]
        found.append((re.compile("(.+?)".join(parts)), chinese))
    return found


def server_sentence(sentence: str, language: str) -> str:
    """A sentence of the API in this language; one the catalogue does not know is given as it is."""
    if language == "en":
        return sentence
    for pattern, chinese in _patterns():
        match = pattern.fullmatch(sentence)
        if match:
            return chinese.format(*match.groups())
    return sentence
