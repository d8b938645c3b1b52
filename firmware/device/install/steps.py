"""What an installer may order through the sealed channel: one function for each step, each answers with a dict.

A step that cannot be done answers {"fault": word}; the words are what the installer's program makes sentences of. What
a step brings is kept in flash before it is answered (draft.py). Keys that came in never go out again.
"""

from hub import events
from protocol import vocabulary

from .. import board
from ..link.ntp import BUILT_S, YEARS_S
from . import net

_HEX = "0123456789abcdef"
_ROWS = 4  # devices of one answer: with names of 32 Chinese letters no more fit a message
_NETWORKS_BYTES = 800  # of one answer
DEVICES_MAX = 64


class Fault(Exception):
    """This step cannot be done; the text is a word."""


def _is_hex(value, length):
    return isinstance(value, str) and len(value) == length and all([c in _HEX for c in value])


def _is_text(value, most):
    return isinstance(value, str) and 1 <= len(value) <= most


async def _status(window, order):
    told = window.draft.told
    wifi = told.get("wifi")
    return {
        "hub_id": window.identity["hub_id"],
        "firmware": window.about()[1],
        "is_new": window.is_new,
        "wifi": wifi[0]["ssid"] if wifi else None,
        "dwelling": told.get("dwelling"),
        "devices": len(window.draft.devices()),
        "has_modem": board.MODEM_TX_PIN is not None,
        "mains": window.is_mains_on(),
        "wifi_fault": window.wifi_fault,
    }


async def _identify(window, order):
    window.say("identify")
    return {}


async def _networks(window, order):
    """The strongest first, as many as fit. A name that nobody can type is left out: neighbours choose theirs freely."""
    found = []
    room = _NETWORKS_BYTES
    for name, rssi_dbm, is_closed in window.networks()[:12]:
        try:
            text = name.decode()
        except (ValueError, UnicodeError):
            continue
        room -= len(name) + 20
        if room < 0:
            break
        if all([ord(c) >= 32 and c not in '"\\' for c in text]):
            found.append([text, rssi_dbm, is_closed])
    return {"networks": found}


async def _wifi(window, order):
    if not _is_text(order.get("ssid"), 32) or not isinstance(order.get("password"), str):
        raise Fault("bad_order")
    fault = await window.join({"ssid": order["ssid"], "password": order["password"]})
    if fault is not None:
        raise Fault(fault)
    return {}


async def _clock(window, order):
    utc_ms = order.get("utc_ms")
    if not isinstance(utc_ms, int) or not BUILT_S <= utc_ms // 1000 <= BUILT_S + YEARS_S:
        raise Fault("bad_clock")
    window.receive(events.ClockSet(utc_ms))
    return {}


async def _listen(window, order):
    window.sniffer.clear()
    return {}


async def _heard(window, order):
    return {"devices": window.sniffer.rows()}


async def _add(window, order):
    device_id, kind, key = order.get("id"), order.get("kind"), order.get("key")
    if not _is_hex(device_id, 12) or kind not in vocabulary.DEVICE_KINDS:
        raise Fault("bad_order")
    if not _is_text(order.get("room"), 32) or not _is_text(order.get("label"), 32):
        raise Fault("bad_order")
    if not (key is None or _is_hex(key, 32)):
        raise Fault("bad_key")
    overdue_s = order.get("overdue_s")
    is_limit = overdue_s is None or (isinstance(overdue_s, int) and 10 <= overdue_s <= 86400)
    if order.get("watch") not in (None, "bathroom", "bed", "front", "inner") or not is_limit:
        raise Fault("bad_order")
    sniffer = window.sniffer
    rssi_dbm = sniffer.rssi(device_id)
    if rssi_dbm is None:
        raise Fault("not_heard")
    if sniffer.is_sealed(device_id) and key is None:
        raise Fault("needs_key")
    if key is not None and not sniffer.is_sealed(device_id):
        raise Fault("not_sealed")
    if key is not None and not sniffer.fits(device_id, key):
        raise Fault("wrong_key")
    if len([one for one in window.draft.devices() if one["id"] != device_id]) >= DEVICES_MAX:
        raise Fault("too_many")
    entry = {"id": device_id, "kind": kind, "key": key, "room": order["room"], "label": order["label"]}
    for name in ("watch", "overdue_s"):
        if order.get(name) is not None:
            entry[name] = order[name]
    window.draft.add_device(entry)
    return {"rssi": rssi_dbm}


async def _devices(window, order):
    """What is enrolled, some at a time, without keys. Shape: `from` the number of the first that is wanted."""
    first = order.get("from", 0)
    if not isinstance(first, int) or first < 0:
        raise Fault("bad_order")
    rows = window.draft.devices()
    names = ("id", "kind", "room", "label")
    found = [{name: one.get(name) for name in names} for one in rows[first : first + _ROWS]]
    return {"devices": found, "count": len(rows)}


async def _remove(window, order):
    if not _is_hex(order.get("id"), 12):
        raise Fault("bad_order")
    window.draft.remove_device(order["id"])
    return {}


async def _enrol(window, order):
    """Dwelling, broker, language: what the relay gave the installer for this hub."""
    names = ("broker", "language", "utc_offset_min", "ntp", "dwelling", "neighbours", "modem")
    before = dict(window.draft.told)
    window.draft.told.update({name: order[name] for name in names if name in order})
    try:
        window.draft.settings()
    except Exception as fault:
        window.draft.told = before
        print("install:", fault)
        raise Fault("no_wifi" if not before.get("wifi") else "bad_settings")
    window.draft.keep()
    return {}


async def _reach(window, order):
    """Does the broker take this hub in?"""
    if not window.draft.told.get("broker"):
        raise Fault("not_enrolled")
    window.pause_uplink()
    fault = await net.reach(window.draft.settings(), window.identity.get("relay"), window.now_ms)
    if fault is not None:
        window.say("wifi_portal" if fault == net.CAPTIVE else "no_relay")
        raise Fault(fault)
    return {}


async def _finish(window, order):
    if not window.draft.told.get("broker"):
        raise Fault("not_enrolled")
    window.draft.finish()
    window.say("installed")
    window.is_finished = True
    return {}


STEPS = {
    "status": _status,
    "identify": _identify,
    "networks": _networks,
    "wifi": _wifi,
    "clock": _clock,
    "listen": _listen,
    "heard": _heard,
    "add": _add,
    "devices": _devices,
    "remove": _remove,
    "enrol": _enrol,
    "reach": _reach,
    "finish": _finish,
}


async def carry_out(window, order):
    """The answer to an order. Never raises."""
    do = order.get("do") if isinstance(order, dict) else None
    step = STEPS.get(do) if isinstance(do, str) else None
    try:
        if step is None:
            raise Fault("unknown_order")
        answer = await step(window, order)
        answer["ok"] = True
    except Fault as fault:
        answer = {"ok": False, "fault": str(fault)}
    except OSError as fault:
        print("install:", fault)
        answer = {"ok": False, "fault": "flash"}
    except Exception as fault:  # an order that no program of ours sends must not end the window
        print("install: an order that fails:", type(fault).__name__)
        answer = {"ok": False, "fault": "bad_order"}
    answer["do"] = do if step is not None else None
    return answer
