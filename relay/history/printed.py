"""An alarm's life as the printed page shows it: words in both languages, times on the wall's clock. Pure but for the
catalogue of words."""

from datetime import datetime, timezone
from typing import Any

from ..console import words
from ..notify.rules import TIME_ZONE


def both(key: str) -> str:
    """A word of the catalogue in both languages; one it does not know as it is."""
    known = words.catalogue()["words"].get(key)
    return " ".join(known) if known else key.split("_", 1)[-1].replace("_", " ")


def wall(at: int | None) -> str:
    if at is None:
        return "-"
    moment = datetime.fromtimestamp(at / 1000, timezone.utc).astimezone(TIME_ZONE)
    return moment.strftime("%Y-%m-%d %H:%M:%S") + f".{at % 1000:03d}"


def printed(life: dict[str, Any]) -> dict[str, Any]:
    """What the template is given."""
    alarm = life["alarm"]
    tries: dict[int, list[dict[str, Any]]] = {}
    for attempt in life["attempts"]:
        tries.setdefault(attempt["outgoing_id"], []).append(attempt)
    return {
        "word": both,
        "wall": wall,
        "life": life,
        "alarm": alarm,
        "kind": both(f"kind_{alarm['kind']}"),
        "outcome": both(f"outcome_{alarm['outcome']}") if alarm["outcome"] else "-",
        "tries": tries,
    }
