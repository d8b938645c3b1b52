"""What family may see of a home: the steps of its alarms without a word about health; who looked. Pure."""

from typing import Any

from protocol import vocabulary as words

SHOWN_MS = 90 * 24 * 3600 * 1000
WRONG_TRIES = 20  # secrets that open nothing, per address in five minutes
ASKS = 60  # of one link in five minutes
STEPS_MAX = 40

# What is shown of a history, by the words it is kept in; details, which may say anything, never are.
STEPS = frozenset(
    {
        words.PRE_ALARM,
        words.RAISED,
        words.CANCELLED,
        words.RESTORED,
        "acknowledge",
        "assign",
        "accept",
        "decline",
        "arrived",
        "resolve",
        "clear",
        "reopen",
        "handed_over",
    }
)


def steps_shown(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps of one alarm as family sees them. Shape of a row: at, what, by."""
    shown = [
        {"what": row["what"], "at": row["at"], "who_display": row["by"], "who_display_en": row["by_en"]}
        for row in history
    ]
    return [one for one in shown if one["what"] in STEPS][-STEPS_MAX:]
