"""What the hubs of one stairwell say to each other: small frames under the stairwell's key. Decides their bytes.

    0xA1 | nonce 13, random | cipher | tag 8        at most 250 bytes, an ESP-NOW payload; in the cipher:
    SEEK  token 8, hops                             has anybody a way out?                       to all
    OFFER token 8, challenge 8                      I have; answer with this challenge           to one
    CARRY challenge 8, token 8, hops, letter, piece, pieces, bytes     of an envelope going out  to one
    BACK  token 8, letter, piece, pieces, bytes     of an envelope coming back                   to one

A frame from outside the stairwell, or one bit of it changed, is no frame. This file must not know who is asked.

Ref: ESP-NOW, payload of 250 bytes; protocol/ccm.py.
"""

from protocol import ccm

MARK = 0xA1
FRAME_MAX = 250
TAG_LENGTH = 8
TOKEN = 8
SEEK, OFFER, CARRY, BACK = 1, 2, 3, 4
_OVERHEAD = 1 + ccm.NONCE_LENGTH + TAG_LENGTH
_LENGTHS = {SEEK: TOKEN + 1, OFFER: 2 * TOKEN}
_HEADS = {CARRY: 2 * TOKEN + 4, BACK: TOKEN + 3}
PIECE = FRAME_MAX - _OVERHEAD - 1 - _HEADS[CARRY]
PIECES_MAX = 3  # 3 × 207 bytes: more than an envelope can have


def seal(encrypt_block, nonce, kind, body):
    """A frame. Shape: `nonce` 13 random bytes."""
    head = bytes((MARK,))
    cipher, tag = ccm.seal(encrypt_block, nonce, bytes((kind,)) + body, head, TAG_LENGTH)
    return head + nonce + cipher + tag


def unseal(encrypt_block, frame):
    """(kind, body) of a frame of this stairwell, its length right for its kind; None for anything else."""
    if not _OVERHEAD < len(frame) <= FRAME_MAX or frame[0] != MARK:
        return None
    frame = bytes(frame)
    start = 1 + ccm.NONCE_LENGTH
    nonce, tag = frame[1:start], frame[-TAG_LENGTH:]
    plain = ccm.unseal(encrypt_block, nonce, frame[start:-TAG_LENGTH], tag, frame[:1], TAG_LENGTH)
    if plain is None:
        return None
    kind, body = plain[0], plain[1:]
    if kind in _LENGTHS:
        return (kind, body) if len(body) == _LENGTHS[kind] else None
    if kind not in _HEADS or len(body) <= _HEADS[kind]:
        return None
    place, count = body[_HEADS[kind] - 2], body[_HEADS[kind] - 1]
    return (kind, body) if place < count <= PIECES_MAX else None


def cut(head, letter, envelope):
    """The bodies of the frames that carry an envelope. Shape: `head` what comes before the letter's number."""
    count = (len(envelope) + PIECE - 1) // PIECE
    return [head + bytes((letter, n, count)) + bytes(envelope[n * PIECE : (n + 1) * PIECE]) for n in range(count)]


class Pieces:
    """Envelopes on their way in, by sender and letter: so many at a time, the oldest goes."""

    def __init__(self, most):
        self._most = most
        self._held = []  # [key, [piece or None]]

    def put(self, key, place, count, piece):
        """Take a piece in. The whole envelope when this was the last that missed, else None."""
        for held in self._held:
            if held[0] == key and len(held[1]) == count:
                break
        else:
            held = [key, [None] * count]
            self._held.append(held)
            if len(self._held) > self._most:
                self._held.pop(0)
        held[1][place] = piece
        if None in held[1]:
            return None
        self._held.remove(held)
        return b"".join(held[1])
