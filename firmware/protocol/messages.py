"""What hub and relay say to each other: JSON, UTF-8, at most 1 KiB, with a version.

Builders make a dict that `encode` turns into bytes; `decode` turns bytes into a dict or says what is
wrong with them. Every kept message is named by (hub_id, epoch, seq). This file must not know who keeps
what, nor when.

Errors: `decode` and `check` raise BadMessage, whose text names the field and never repeats its content.
"""

import json

from . import topics, vocabulary

LENGTH_MAX = 1024
ENVELOPE_MAX = 480  # bytes; twice as many hex digits and their frame are still within LENGTH_MAX
SEQ_MAX = 0x3FFFFFFF  # a small integer on a 32-bit MicroPython: never allocates


class BadMessage(Exception):
    """A message that cannot be used; its text names the field and the fault."""


def encode(message):
    """Bytes of a message. Raises BadMessage over 1 KiB."""
    data = json.dumps(message).encode()
    if len(data) > LENGTH_MAX:
        raise BadMessage("message: %d bytes, more than %d" % (len(data), LENGTH_MAX))
    return data


def decode(data):
    """The dict in these bytes; BadMessage for anything that is not a JSON object of our version."""
    if len(data) > LENGTH_MAX:
        raise BadMessage("message: %d bytes, more than %d" % (len(data), LENGTH_MAX))
    try:
        text = bytes(data).decode()
        if "\x00" in text:
            raise ValueError
        message = json.loads(text)
    except (ValueError, UnicodeError, RuntimeError, MemoryError):  # RuntimeError: nested too deep
        raise BadMessage("message: not JSON in UTF-8") from None
    if not isinstance(message, dict):
        raise BadMessage("message: not a JSON object")
    if message.get("v") != vocabulary.VERSION or message.get("v") is True:
        raise BadMessage("v: not version %d" % vocabulary.VERSION)
    return message


# --- builders: up ----------------------------------------------------------------------------------


def alarm(epoch, seq, alarm_seq, kind, step, device_id, activation, age_ms, at_ms):
    """A call for help, kept. Shape: `alarm` is the seq of the alarm's first message; `age_ms` since the
    activation, None when a reboot came between; `at_ms` UTC, None while the clock is not trusted."""
    return {
        "v": vocabulary.VERSION,
        "epoch": epoch,
        "seq": seq,
        "alarm": alarm_seq,
        "kind": kind,
        "step": step,
        "device": device_id,
        "activation": activation,
        "age_ms": age_ms,
        "at_ms": at_ms,
        "clock_trusted": at_ms is not None,
    }


def technical(epoch, seq, kind, device_id, detail, age_ms, at_ms):
    """A fault of the system, kept. `detail` is a word of the vocabulary or a number as text."""
    return {
        "v": vocabulary.VERSION,
        "epoch": epoch,
        "seq": seq,
        "kind": kind,
        "device": device_id,
        "detail": detail,
        "age_ms": age_ms,
        "at_ms": at_ms,
        "clock_trusted": at_ms is not None,
    }


def heartbeat(epoch, seq, uptime_s, kept, alarms, is_mains_on, battery_pct, firmware, clock_trusted, life_h=None):
    """What supervision of a hub rests on. `seq`: the last one given out; `kept`: messages in the outbox;
    `alarms`: [[alarm_seq, step], …] of what is open in the home; `life_h`: hours since 1970 (UTC) of the last sign of
    life, None where that is not watched: no nearer time ever leaves the home."""
    return {
        "v": vocabulary.VERSION,
        "epoch": epoch,
        "seq": seq,
        "uptime_s": uptime_s,
        "kept": kept,
        "alarms": alarms,
        "mains": is_mains_on,
        "battery_pct": battery_pct,
        "firmware": firmware,
        "clock_trusted": clock_trusted,
        "life_h": life_h,
    }


def told(epoch, alarm_seq, step):
    """The home has heard this step of its alarm."""
    return {"v": vocabulary.VERSION, "epoch": epoch, "alarm": alarm_seq, "step": step}


def tally(epoch, seq, made, made_room, waiting):
    """What the hub counted of its alarm messages up to `seq`: `made` in all, those that had to make room for newer
    ones, those that still wait. What the relay has stored must lie between made - made_room - waiting and made."""
    return {
        "v": vocabulary.VERSION,
        "epoch": epoch,
        "seq": seq,
        "made": made,
        "made_room": made_room,
        "waiting": waiting,
    }


def offline():
    """The last will."""
    return {"v": vocabulary.VERSION, "online": False}


def carried(sealed):
    """An envelope of a neighbour's hub, or for one. Shape: bytes of protocol.envelope, at most ENVELOPE_MAX."""
    return {"v": vocabulary.VERSION, "envelope": "".join(["%02x" % byte for byte in sealed])}


def update_state(running, build, state, reason=None, at=0, count=0):
    """How far this hub is with new firmware. Shape: `running` the build at work, `build` the one it is about or 0;
    while fetching, `count` bytes are wanted from `at` of the image."""
    return {
        "v": vocabulary.VERSION,
        "running": running,
        "build": build,
        "state": state,
        "reason": reason,
        "at": at,
        "count": count,
    }


def walked(n, device_id, rssi_dbm, trip_ms=None):
    """In a walk test: one event of a trigger device. Shape: `n` names it; `trip_ms`, said once the relay has answered,
    is the time from its advert to that answer."""
    return {"v": vocabulary.VERSION, "n": n, "device": device_id, "rssi_dbm": rssi_dbm, "trip_ms": trip_ms}


# --- builders: down --------------------------------------------------------------------------------


def receipt(epoch, seq):
    """The relay has committed this kept message."""
    return {"v": vocabulary.VERSION, "epoch": epoch, "seq": seq}


def step(epoch, alarm_seq, step_word, who, minutes):
    """A step of an alarm for the home. `who`: the name as the home shall hear it, or None; `minutes`
    until arrival, or None."""
    return {
        "v": vocabulary.VERSION,
        "epoch": epoch,
        "alarm": alarm_seq,
        "step": step_word,
        "who": who,
        "minutes": minutes,
    }


def update_order(what, build, at=0, data=""):
    """New firmware for a hub. Shape: `data` base64 of a package's letter (offer) or of bytes of its image from `at`."""
    return {"v": vocabulary.VERSION, "what": what, "build": build, "at": at, "data": data}


def walk_order(seconds=None, heard=None):
    """A walk test: begins and lasts so many seconds (0: it is over), or: the relay has heard event `heard`."""
    return {"v": vocabulary.VERSION, "seconds": seconds, "heard": heard}


# --- checks ----------------------------------------------------------------------------------------


def is_whole(value):
    return isinstance(value, int) and value is not True and value is not False


def want(message, field, is_right, what):
    if field not in message:
        raise BadMessage(field + ": missing")
    if not is_right(message[field]):
        raise BadMessage(field + ": not " + what)


def is_epoch(value):
    if not isinstance(value, str) or len(value) != 8:
        return False
    for character in value:
        if character not in "0123456789abcdef":
            return False
    return True


def is_seq(value):
    return is_whole(value) and 1 <= value <= SEQ_MAX


def is_count(value):
    return is_whole(value) and 0 <= value <= SEQ_MAX


def is_name(value):
    return value is None or (isinstance(value, str) and 1 <= len(value) <= 64)


def is_time(value):
    return value is None or (is_whole(value) and 0 <= value < 1 << 53)


def is_flag(value):
    return value is True or value is False


def one_of(words):
    return lambda value: isinstance(value, str) and value in words


def _is_envelope(value):
    if not isinstance(value, str) or len(value) % 2 or not 2 <= len(value) <= 2 * ENVELOPE_MAX:
        return False
    for character in value:
        if character not in "0123456789abcdef":
            return False
    return True


CARRIED = (("envelope", _is_envelope, "hex digits of an envelope"),)
IDENTITY = (("epoch", is_epoch, "8 hex digits"), ("seq", is_seq, "a number from 1"))
STEPS_UP = (vocabulary.PRE_ALARM, vocabulary.RAISED, vocabulary.CANCELLED, vocabulary.RESTORED)


# What a relay may say. What a hub may say is in upward.py, which a hub never loads: 9 KB of its heap.
FIELDS = {
    ("down", topics.UPDATE): (
        ("what", one_of(vocabulary.UPDATE_ORDERS), "an order"),
        ("build", is_count, "a number from 0"),
        ("at", is_count, "a number from 0"),
        ("data", lambda v: isinstance(v, str) and len(v) <= 960, "base64"),
    ),
    ("down", topics.WALK): (
        ("seconds", lambda v: v is None or (is_count(v) and v <= 7200), "seconds or null"),
        ("heard", lambda v: v is None or is_seq(v), "a number from 1 or null"),
    ),
    ("down", topics.CARRIED): CARRIED,
    ("down", topics.RECEIPT): IDENTITY,
    ("down", topics.ALARM): (
        ("epoch", is_epoch, "8 hex digits"),
        ("alarm", is_seq, "a number from 1"),
        ("step", one_of(vocabulary.DOWN_STEPS), "a step"),
        ("who", is_name, "a name or null"),
        ("minutes", lambda v: v is None or (is_whole(v) and 0 <= v <= 999), "minutes or null"),
    ),
}


def check(direction, word, message):
    """Raise BadMessage unless the message has every field of its topic, each of the right shape.

    Unknown fields are allowed, so that a newer hub may say more to an older relay.
    """
    if direction == "up":
        from . import upward

        upward.check(word, message)
        return message
    fields = FIELDS.get((direction, word))
    if fields is None:
        raise BadMessage("topic: unknown")
    for field, is_right, what in fields:
        want(message, field, is_right, what)
    return message
