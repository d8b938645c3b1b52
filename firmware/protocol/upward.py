"""What a hub may say: the fields of each message up, and what each may hold. Only whoever receives needs it.

A hub checks what it is told (protocol/messages.py) and never loads this file. Errors: as there.
"""

from . import topics, vocabulary
from .messages import (
    CARRIED,
    IDENTITY,
    SEQ_MAX,
    STEPS_UP,
    BadMessage,
    is_count,
    is_epoch,
    is_flag,
    is_name,
    is_seq,
    is_time,
    is_whole,
    one_of,
    want,
)

_TIMES = (
    ("age_ms", is_time, "a time in ms or null"),
    ("at_ms", is_time, "a time in ms or null"),
    ("clock_trusted", is_flag, "true or false"),
)


def _is_alarm_list(value):
    if not isinstance(value, list) or len(value) > 16:
        return False
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not is_seq(pair[0]):
            return False
        if not isinstance(pair[1], str) or pair[1] not in vocabulary.STEPS:
            return False
    return True


_HEARTBEAT = (
    ("epoch", is_epoch, "8 hex digits"),
    ("seq", is_count, "a number from 0"),
    ("uptime_s", is_count, "a number from 0"),
    ("kept", is_count, "a number from 0"),
    ("alarms", _is_alarm_list, "a list of [alarm, step]"),
    ("mains", is_flag, "true or false"),
    ("battery_pct", lambda v: v is None or (is_whole(v) and 0 <= v <= 100), "0 to 100 or null"),
    ("firmware", is_name, "a name"),
    ("clock_trusted", is_flag, "true or false"),
    ("life_h", lambda v: v is None or is_count(v), "hours since 1970 or null"),
)


def _is_measure(value):
    return value is None or (is_whole(value) and -SEQ_MAX <= value <= SEQ_MAX)


# What a newer hub says besides; an older one need not.
VITALS = ("build", "rssi_dbm", "heap_free", "resets", "battery_mv", "runtime_min")
MAY = {"micropython": is_name}
for _vital in VITALS:
    MAY[_vital] = _is_measure
FIELDS = {
    ("up", topics.ALARM): IDENTITY
    + (
        ("alarm", is_seq, "a number from 1"),
        ("kind", one_of(vocabulary.ALARM_KINDS), "a kind of alarm"),
        ("step", one_of(STEPS_UP), "pre_alarm, raised, cancelled or restored"),
        ("device", is_name, "a device or null"),
        ("activation", one_of(vocabulary.ACTIVATIONS), "an activation"),
    )
    + _TIMES,
    ("up", topics.TECHNICAL): IDENTITY
    + (
        ("kind", one_of(vocabulary.TECHNICAL_KINDS), "a kind of technical alarm"),
        ("device", is_name, "a device or null"),
        ("detail", is_name, "a word or null"),
    )
    + _TIMES,
    ("up", topics.HELLO): _HEARTBEAT,
    ("up", topics.HEARTBEAT): _HEARTBEAT,
    ("up", topics.STATE): (("online", is_flag, "true or false"),),
    ("up", topics.TOLD): (
        ("epoch", is_epoch, "8 hex digits"),
        ("alarm", is_seq, "a number from 1"),
        ("step", one_of(vocabulary.STEPS), "a step"),
    ),
    ("up", topics.UPDATE): (
        ("running", is_count, "a number from 0"),
        ("build", is_count, "a number from 0"),
        ("state", one_of(vocabulary.UPDATE_STATES), "a state of an update"),
        ("reason", is_name, "a word or null"),
        ("at", is_count, "a number from 0"),
        ("count", is_count, "a number from 0"),
    ),
    ("up", topics.WALK): (
        ("n", is_seq, "a number from 1"),
        ("device", is_name, "a device"),
        ("rssi_dbm", _is_measure, "a level in dBm"),
        ("trip_ms", is_time, "a time in ms or null"),
    ),
    ("up", topics.CARRIED): CARRIED,
    ("up", topics.TALLY): (
        ("epoch", is_epoch, "8 hex digits"),
        ("seq", is_count, "a number from 0"),
        ("made", is_count, "a number from 0"),
        ("made_room", is_count, "a number from 0"),
        ("waiting", is_count, "a number from 0"),
    ),
}


def check(word, message):
    """Raise BadMessage unless a message of this word has every field, each of the right shape."""
    fields = FIELDS.get(("up", word))
    if fields is None:
        raise BadMessage("topic: unknown")
    for field, is_right, what in fields:
        want(message, field, is_right, what)
    if fields is _HEARTBEAT:
        for field in MAY:
            if not MAY[field](message.get(field)):
                raise BadMessage(field + ": not a number or null")
    if word == topics.ALARM and message["alarm"] > message["seq"]:
        raise BadMessage("alarm: later than seq")
