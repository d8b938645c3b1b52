"""An alarm's life as the printed page shows it: words in both languages, times on the wall's clock. Pure; the words are
given."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import partial
from typing import Any

from ..notify.rules import TIME_ZONE

Words = Mapping[str, Sequence[str]]


def both(words: Words, key: str) -> str:
    """A word of the catalogue in both languages; one it does not know as it is."""
    known = words.get(key)
    return " ".join(known) if known else key.split("_", 1)[-1].replace("_", " ")


def wall(at: int | None) -> str:
    if at is None:
        return "-"
    moment = datetime.fromtimestamp(at / 1000, timezone.utc).astimezone(TIME_ZONE)
    return moment.strftime("%Y-%m-%d %H:%M:%S") + f".{at % 1000:03d}"


def printed(life: dict[str, Any], words: Words) -> dict[str, Any]:
    """What the template is given."""
    word = partial(both, words)
    alarm = life["alarm"]
    tries: dict[int, list[dict[str, Any]]] = {}
    for attempt in life["attempts"]:
        tries.setdefault(attempt["outgoing_id"], []).append(attempt)
    return {
        "word": word,
        "wall": wall,
        "life": life,
        "alarm": alarm,
        "kind": word(f"kind_{alarm['kind']}"),
        "outcome": word(f"outcome_{alarm['outcome']}") if alarm["outcome"] else "-",
        "tries": tries,
    }
