"""A sealed envelope: one message between a hub and the relay, which any neighbour's hub may carry and none can read.

    version 1 | direction U or D | length and name of the hub | nonce 13 | cipher | tag 8

The name is in clear, or the relay could not find the key; it is sealed with the rest, and so is the direction: nobody
can turn an envelope round or put another name on it. The nonce is random (two envelopes with the same one would
betray both), made anew for each envelope, so that an envelope is new exactly once and can be told apart by its nonce.
In it: the word of the topic, a zero byte, the message as JSON. This file must not know who carries it, nor keys.

Ref: protocol/ccm.py; NIST SP 800-38C.
"""

from . import ccm, messages, topics

VERSION = 1
UP, DOWN = 0x55, 0x44
TAG_LENGTH = 8
ID_LENGTH = ccm.NONCE_LENGTH
_LEAST = 3 + 1 + ccm.NONCE_LENGTH + 1 + TAG_LENGTH


def seal(encrypt_block, nonce, direction, hub_id, word, body):
    """The envelope. Shape: `nonce` 13 random bytes, never used before; `body` the message's bytes.

    Errors: BadMessage when it would be larger than messages.ENVELOPE_MAX: such a message is not carried."""
    name = hub_id.encode()
    head = bytes((VERSION, direction, len(name))) + name
    cipher, tag = ccm.seal(encrypt_block, nonce, word.encode() + b"\x00" + body, head, TAG_LENGTH)
    sealed = head + nonce + cipher + tag
    if len(sealed) > messages.ENVELOPE_MAX:
        raise messages.BadMessage("envelope: %d bytes, more than %d" % (len(sealed), messages.ENVELOPE_MAX))
    return sealed


def address(sealed):
    """(direction, hub_id, nonce) of an envelope; None for bytes that are none. It proves nothing."""
    if not _LEAST <= len(sealed) <= messages.ENVELOPE_MAX or sealed[0] != VERSION or sealed[1] not in (UP, DOWN):
        return None
    end = 3 + sealed[2]
    if end + ccm.NONCE_LENGTH + 1 + TAG_LENGTH > len(sealed):
        return None
    try:
        hub_id = bytes(sealed[3:end]).decode()
    except (ValueError, UnicodeError):
        return None
    if not topics.is_hub_id(hub_id):
        return None
    return sealed[1], hub_id, bytes(sealed[end : end + ccm.NONCE_LENGTH])


def unseal(encrypt_block, direction, sealed):
    """(word, checked message) in an envelope of this direction.

    Errors: BadMessage: no envelope, not sealed by the hub whose name is on it, or not one of our messages in it."""
    found = address(sealed)
    if found is None or found[0] != direction:
        raise messages.BadMessage("envelope: none")
    start = 3 + sealed[2]
    body = bytes(sealed[start + ccm.NONCE_LENGTH : -TAG_LENGTH])
    plain = ccm.unseal(encrypt_block, found[2], body, bytes(sealed[-TAG_LENGTH:]), bytes(sealed[:start]), TAG_LENGTH)
    if plain is None:
        raise messages.BadMessage("envelope: its seal is broken")
    word, _, text = plain.partition(b"\x00")
    try:
        word = word.decode()
    except (ValueError, UnicodeError):
        raise messages.BadMessage("envelope: word")
    if word == topics.CARRIED:
        raise messages.BadMessage("envelope: one in another")
    return word, messages.check("up" if direction == UP else "down", word, messages.decode(text))
