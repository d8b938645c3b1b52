"""What is remembered of crashes: how many in a row, and why the last one. Decides when the hub starts in safe mode.

A small file beside the settings, written only when something has gone wrong and once when the hub has worked well for
ten minutes. The reason names the kind of fault and the line, never what was in it.
"""

import io
import json
import sys

from . import build
from .place import folder

SAFE_AFTER = 3
LAST_RESORT_AFTER = 6
WELL_MS = 600000
WATCHDOG_MS = 60000  # a start that hangs is bitten too
REASON_MAX = 60
SILENT = "silent "  # written while the watchdog was about to bite
_BITTEN = "watchdog "


def _path():
    return folder() + "/crash.json"


def load():
    """(count, reason). A file that cannot be read counts as no crash: it may be what the crash has damaged."""
    try:
        with open(_path()) as file:
            found = json.loads(file.read())
        if found.get("build", build.NUMBER) != build.NUMBER:
            return 0, ""  # another firmware's crashes are not this one's
        return int(found["count"]), str(found["reason"])[:REASON_MAX]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):  # not even an object; or too deep
        return 0, ""


def _save(count, reason):
    try:
        with open(_path(), "w") as file:
            file.write(json.dumps({"count": count, "reason": reason[:REASON_MAX], "build": build.NUMBER}))
    except OSError as fault:
        print("crash:", fault)  # the flash is ill: there is nowhere else to write it


def note(reason):
    """One more crash. Returns how many there were in a row."""
    count = load()[0] + 1
    _save(count, reason)
    return count


def at_start(was_bitten):
    """(count, reason) for this start; a watchdog that bit without warning counts as a crash too."""
    count, reason = load()
    if was_bitten:
        if not reason.startswith(SILENT):
            count += 1
        reason = (_BITTEN + (reason if reason.startswith(SILENT) else "")).strip()
        _save(count, reason)
    return count, reason


def step_back():
    """Before the last resort: the start after it is one real try."""
    _save(LAST_RESORT_AFTER, load()[1])


def forget():
    """The hub has worked well for long enough."""
    if load()[0]:
        _save(0, "")


def describe(fault):
    """'ValueError app.py:120': the kind of fault and the innermost line of ours."""
    text = io.StringIO()
    sys.print_exception(fault, text)
    where = ""
    for line in text.getvalue().split("\n"):
        line = line.strip()
        if line.startswith('File "'):
            parts = line.split('"')
            number = parts[2].split(",")[1].replace("line", "").strip() if "," in parts[2] else "?"
            where = parts[1].split("/")[-1] + ":" + number
    return (type(fault).__name__ + " " + where).strip()[:REASON_MAX]
