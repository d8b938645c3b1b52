"""One alarm in one short message: what a modem sends when no other way is open. Decides its text, and what proves it.

    AL1 hub-name body          body: base64 with . and - for + and /, without padding, of
    epoch 4 | seq 4 | alarm 4 | kind 1 | step 1 | activation 1 | UTC s 4, 0 unknown | age s 4, all ones unknown
    | device: length 1, then 6 bytes of an address or up to 16 of a name | tag 8

Every character has the same code in ASCII and in the GSM alphabet, so that no charset and no gateway changes it, and a
message of at most 110 of them is one message. The tag is an HMAC-SHA-256 cut to 8 bytes: a forger has one try for each
message sent, 2^64 of them. There is no secret in an alarm's identity, so nothing is sealed; and no counter, since the
relay acts once on (hub, epoch, seq): who repeats a message changes nothing. This file must not know keys or modems.

Ref: RFC 2104 (HMAC); 3GPP TS 23.038, 6.2.1 (GSM 7-bit default alphabet).
"""

import binascii
import struct

from . import messages, topics, vocabulary

MARK = "AL1"
LENGTH_MAX = 110
TAG_LENGTH = 8
_HEAD = ">IIIBBBII"
_LEAST = struct.calcsize(_HEAD) + 1
_NAME_MAX = 16
_UNKNOWN_AGE = 0xFFFFFFFF
_BLOCK = 64  # of SHA-256
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"


def _tag(sha256, key, hub_id, body):
    """Shape: `sha256(bytes)` gives the digest; `key` at most 64 bytes."""
    key = key + bytes(_BLOCK - len(key))
    inner = sha256(bytes([k ^ 0x36 for k in key]) + MARK.encode() + hub_id.encode() + b"\x00" + body)
    return sha256(bytes([k ^ 0x5C for k in key]) + inner)[:TAG_LENGTH]


def _device(name):
    """A device's place in the body. One that does not fit is left out: better an alarm without it than none."""
    if name is None:
        return b"\x00"
    try:
        packed = binascii.unhexlify(name) if len(name) == 12 and name == name.lower() else b""
    except ValueError:
        packed = b""
    if len(packed) != 6:
        packed = name.encode()
        if len(packed) > _NAME_MAX:
            return b"\x00"
        return bytes((len(packed) | 0x80,)) + packed
    return b"\x06" + packed


def write(sha256, key, hub_id, message):
    """The text of an alarm message as messages.alarm makes it."""
    at_ms, age_ms = message["at_ms"], message["age_ms"]
    body = struct.pack(
        _HEAD,
        int(message["epoch"], 16),
        message["seq"],
        message["alarm"],
        vocabulary.ALARM_KINDS.index(message["kind"]),
        messages.STEPS_UP.index(message["step"]),
        vocabulary.ACTIVATIONS.index(message["activation"]),
        0 if at_ms is None else at_ms // 1000 & 0xFFFFFFFF,
        _UNKNOWN_AGE if age_ms is None else min(age_ms // 1000, _UNKNOWN_AGE - 1),
    ) + _device(message["device"])
    text = binascii.b2a_base64(body + _tag(sha256, key, hub_id, body)).decode().strip()
    return MARK + " " + hub_id + " " + text.replace("+", ".").replace("/", "-").rstrip("=")


def address(text):
    """(hub_id, body, tag) of such a text, blanks around it allowed; None for any other. It proves nothing."""
    if not isinstance(text, str) or len(text) > 4 * LENGTH_MAX:
        return None
    parts = text.strip(" \r\n\t\x00").split(" ")
    if len(parts) != 3 or parts[0] != MARK or not topics.is_hub_id(parts[1]):
        return None
    if len(MARK) + len(parts[1]) + len(parts[2]) + 2 > LENGTH_MAX:
        return None
    for character in parts[2]:
        if character not in _BASE64:
            return None
    if len(parts[2]) % 4 == 1:
        return None
    padded = parts[2].replace(".", "+").replace("-", "/") + "=" * (-len(parts[2]) % 4)
    data = binascii.a2b_base64(padded.encode())
    if len(data) < _LEAST + TAG_LENGTH or binascii.b2a_base64(data).decode().strip() != padded:
        return None  # too short, or one of the texts that mean the same bytes but are not what is written
    return parts[1], data[:-TAG_LENGTH], data[-TAG_LENGTH:]


def read(sha256, key, text):
    """(hub_id, message) of a text that this key proves. Errors: BadMessage, whose text never repeats the content."""
    found = address(text)
    if found is None:
        raise messages.BadMessage("sms: none of ours")
    hub_id, body, tag = found
    wrong = 0
    for mine, its in zip(_tag(sha256, key, hub_id, body), tag):  # all of them, whichever is wrong
        wrong |= mine ^ its
    if wrong:
        raise messages.BadMessage("sms: its proof is wrong")
    epoch, seq, alarm, kind, step, activation, at_s, age_s = struct.unpack(_HEAD, body[: _LEAST - 1])
    message = {
        "v": vocabulary.VERSION,
        "epoch": "%08x" % epoch,
        "seq": seq,
        "alarm": alarm,
        "kind": _word(vocabulary.ALARM_KINDS, kind),
        "step": _word(messages.STEPS_UP, step),
        "device": _read_device(body[_LEAST - 1 :]),
        "activation": _word(vocabulary.ACTIVATIONS, activation),
        "age_ms": None if age_s == _UNKNOWN_AGE else 1000 * age_s,
        "at_ms": 1000 * at_s if at_s else None,
        "clock_trusted": bool(at_s),
    }
    return hub_id, messages.check("up", topics.ALARM, message)


def _word(words, place):
    return words[place] if place < len(words) else None


def _read_device(data):
    length = data[0] & 0x7F
    if len(data) != 1 + length:
        raise messages.BadMessage("sms: its length is wrong")
    if not length:
        return None
    if data[0] == 6:
        return binascii.hexlify(data[1:]).decode()
    try:
        return data[1:].decode()
    except (ValueError, UnicodeError):
        raise messages.BadMessage("device: not a name")
