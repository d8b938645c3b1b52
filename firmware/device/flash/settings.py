"""What this hub was told at its installation. Decides whether it is usable, where it is kept, and says what is not.

It comes as settings.json and is kept in two slots of a flash partition (flash/slots.py). A hub without usable settings
still starts with the FACTORY ones: the wired button, siren and lamp work, and that is said. Texts name the field and
the remedy, never a key or a password.
"""

import json
import os

from protocol import topics, vocabulary

from ..place import folder
from .slots import Slots

LANGUAGES = ("zh", "en")
SECURITIES = ("none", "psk", "tls")
_HEX = "0123456789abcdef"
_APN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
FILE_MAX = 20000  # bytes; a slot holds less
LIMITS_MIN = {"day_min": 720, "away_min": 2880, "bathroom_min": 60, "bed_min": 720}  # the most, in minutes
DEVICES_MAX = 64  # more than a home has, and room in the heap for all of them
REMEDY = "run the installer again"
FACTORY = {"hub_id": "unprovisioned", "language": "zh", "devices": []}
FACTORY_SAYS = "factory defaults: this hub can only sound its own siren; nobody is called"


class SettingsFault(Exception):
    """Settings that cannot be used; the text names the field and the remedy."""


def slots_of(partition):
    """The slots on this partition; None when there is none, or none that is large enough."""
    try:
        return Slots(partition) if partition is not None else None
    except ValueError as fault:
        print("hub:", fault)
        return None


def load(slots=None, path=None):
    """(settings, notes): what this hub was told, and sentences for whoever looks after it.

    A settings.json that is there is newer than the slots: it is taken over into them and removed. One that cannot be
    used is left where it is, and the last good settings count. Shape: `slots` flash.slots.Slots, or None where the
    flash has no partition for them: the file then stays. Errors: SettingsFault when there are none that can be used.
    """
    path = path or folder() + "/settings.json"
    notes = []
    fault = None
    try:
        with open(path, "rb") as file:
            text = file.read(FILE_MAX + 1)
        told = _parse(text, "settings.json")
        if slots is not None:
            _take_over(slots, text, path, notes)
        return told, notes
    except OSError:
        fault = SettingsFault("settings.json: not there; " + REMEDY)
    except SettingsFault as found:
        fault = found
        notes.append(str(found))
    for _, kept in _whole(slots, notes):
        try:
            return _parse(kept, "settings"), notes
        except SettingsFault as bad:
            notes.append("a slot is passed over: %s" % bad)
    raise fault


def save(slots, settings):
    """Keep these settings in flash: a cut at any moment leaves the old ones or these.

    Errors: SettingsFault, OSError.
    """
    check(settings)
    try:
        slots.write(json.dumps(settings).encode())
    except ValueError as fault:
        raise SettingsFault("%s; use a shorter broker.ca_pem" % fault)


def _parse(text, name):
    if len(text) > FILE_MAX:
        raise SettingsFault("%s: more than %d bytes; use a shorter broker.ca_pem" % (name, FILE_MAX))
    try:
        found = json.loads(text.decode())
    except (ValueError, UnicodeError, RuntimeError, MemoryError):  # RuntimeError: nested too deep
        raise SettingsFault(name + ": not JSON in UTF-8; " + REMEDY)
    check(found)
    return found


def _take_over(slots, text, path, notes):
    """The file's text into the slots, then the file away. What fails is noted; the file is there for another try."""
    try:
        found = slots.found()
        if not found or found[0][1] != text:
            slots.write(text)
        os.remove(path)
    except (OSError, ValueError) as fault:
        notes.append("settings.json is not taken over: %s" % fault)


def _whole(slots, notes):
    try:
        return slots.found() if slots is not None else []
    except OSError as fault:
        notes.append("settings: the flash cannot be read: %s" % fault)
        return []


def _want(is_right, field, what):
    if not is_right:
        raise SettingsFault("settings: %s: not %s; %s" % (field, what, REMEDY))


def _is_hex(value, length):
    return isinstance(value, str) and len(value) == length and all(c in _HEX for c in value.lower())


def check(found):
    """Raise SettingsFault unless every field is usable."""
    _want(isinstance(found, dict), "all", "an object")
    _want(topics.is_hub_id(found.get("hub_id")), "hub_id", "a hub's name")
    _want(found.get("language") in LANGUAGES, "language", "zh or en")
    broker = found.get("broker")
    _want(isinstance(broker, dict), "broker", "an object")
    _want(isinstance(broker.get("host"), str) and broker["host"], "broker.host", "an address")
    port = broker.get("port")
    _want(_is_whole(port, 1, 65535), "broker.port", "a port")
    for field in ("user", "password", "server_name"):
        value = broker.get(field)
        _want(value is None or _is_text(value, 0, 256), "broker." + field, "a text or null")
    security = broker.get("security")
    _want(security in SECURITIES, "broker.security", "none, psk or tls")
    if security == "psk":
        _want(_is_hex(broker.get("psk_hex"), 64), "broker.psk_hex", "64 hex digits")
    if security == "tls":
        _want(isinstance(broker.get("ca_pem"), str), "broker.ca_pem", "a certificate")
    pre_alarm_s = found.get("pre_alarm_s", 20)
    _want(_is_whole(pre_alarm_s, 5, 120), "pre_alarm_s", "5 to 120 seconds")
    offset_min = found.get("utc_offset_min", 480)
    _want(_is_whole(offset_min, -720, 840), "utc_offset_min", "-720 to 840 minutes")
    _check_neighbours(found.get("neighbours"))
    _check_modem(found.get("modem"))
    _check_inactivity(found.get("inactivity", {}))
    _check_voice(found.get("voice", {}))
    ntp = found.get("ntp")
    _want(ntp is None or ntp is False or _is_place(ntp), "ntp", "a host and a port, null or false")
    weekly = found.get("weekly_test")
    _want(weekly is None or _is_weekly(weekly), "weekly_test", "a weekday (0 is Monday) and an hour, or null")
    _check_wifi(found.get("wifi"))
    _check_devices(found.get("devices"))


def _check_neighbours(neighbours):
    if neighbours is None:  # nobody to ask
        return
    _want(isinstance(neighbours, dict), "neighbours", "an object or null")
    for field in ("stairwell_key", "carry_key"):
        _want(_is_hex(neighbours.get(field), 32), "neighbours." + field, "32 hex digits")


def _check_inactivity(told):
    if told is False:  # nobody wants to be watched here
        return
    _want(isinstance(told, dict), "inactivity", "an object or false")
    for field in told:
        if field.endswith("_min"):
            most = LIMITS_MIN.get(field, 0)
            _want(_is_whole(told[field], 15, most), "inactivity." + field, "a limit of 15 to %d minutes" % most)
    _want(_is_whole(told.get("back_s", 0), 0, 1 << 33), "inactivity.back_s", "seconds since 1970, UTC")


def _check_modem(modem):
    if modem is None:  # this hub has no second way
        return
    _want(isinstance(modem, dict), "modem", "an object or null")
    number, pin, apn = modem.get("number"), modem.get("pin"), modem.get("apn")
    _want(isinstance(number, str) and is_number(number), "modem.number", "a telephone number of digits")
    _want(_is_hex(modem.get("key"), 32), "modem.key", "32 hex digits")
    is_pin = pin is None or (isinstance(pin, str) and 4 <= len(pin) <= 8 and all([c in "0123456789" for c in pin]))
    _want(is_pin, "modem.pin", "4 to 8 digits or null")
    is_apn = apn is None or (isinstance(apn, str) and 1 <= len(apn) <= 64 and all([c in _APN for c in apn]))
    _want(is_apn, "modem.apn", "the name of an access point or null")


def is_number(text):
    """May this stand in AT+CMGS as a telephone number? Digits, perhaps a plus before them, and nothing else."""
    digits = text[1:] if text[:1] == "+" else text
    return 3 <= len(digits) <= 15 and all([c in "0123456789" for c in digits])


def _check_voice(voice):
    _want(isinstance(voice, dict), "voice", "an object")
    dialect = voice.get("dialect")
    _want(dialect is None or (isinstance(dialect, str) and dialect.isalpha()), "voice.dialect", "a dialect's name")
    for field in ("volume", "night_volume"):
        volume = voice.get(field, 1)
        _want(_is_whole(volume, 1, 5), "voice." + field, "1 to 5")


def _is_place(value):
    if not isinstance(value, dict) or not isinstance(value.get("host"), str) or not value["host"]:
        return False
    return _is_whole(value.get("port", 123), 1, 65535)


def _is_weekly(value):
    if not isinstance(value, dict):
        return False
    return _is_whole(value.get("weekday"), 0, 6) and _is_whole(value.get("hour"), 0, 23)


def _is_whole(value, least, most):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_text(value, least, most):
    return isinstance(value, str) and least <= len(value.encode()) <= most


def _check_wifi(wifi):
    _want(isinstance(wifi, list) and wifi, "wifi", "a list of networks")
    for i in range(len(wifi)):
        network, field = wifi[i], "wifi[%d]" % i
        _want(isinstance(network, dict), field, "an object")
        _want(_is_text(network.get("ssid"), 1, 32), field + ".ssid", "a network's name, 1 to 32 bytes")
        _want(_is_text(network.get("password"), 0, 64), field + ".password", "a text of 64 bytes at most")


def _check_devices(devices):
    _want(isinstance(devices, list) and len(devices) <= DEVICES_MAX, "devices", "a list of %d at most" % DEVICES_MAX)
    known = []
    for i in range(len(devices)):
        device, field = devices[i], "devices[%d]" % i
        _want(isinstance(device, dict), field, "an object")
        _want(_is_hex(device.get("id"), 12), field + ".id", "12 hex digits")
        known.append(device["id"].lower())
        _want(known.count(known[-1]) == 1, field + ".id", "its own: another device has it, too")
        _want(device.get("kind") in vocabulary.DEVICE_KINDS, field + ".kind", "a kind of trigger device")
        overdue_s = device.get("overdue_s")
        _want(overdue_s is None or _is_whole(overdue_s, 10, 86400), field + ".overdue_s", "10 to 86400 seconds or null")
        watches = (None, "bathroom", "bed", "front", "inner")
        _want(device.get("watch") in watches, field + ".watch", "bathroom, bed, front, inner or null")
        _want(device.get("worn") in (None, "wrist", "torso", "pocket"), field + ".worn", "wrist, torso, pocket or null")
        _want(device.get("motion_hz", 50) in (25, 50), field + ".motion_hz", "25 or 50")
        key = device.get("key")
        _want(key is None or _is_hex(key, 32), field + ".key", "32 hex digits or null")
