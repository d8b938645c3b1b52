"""How a package of new firmware is spelled: a head of 84 bytes, a signature of 384 over that head, the image.

The head names the image by length and SHA-256, so whoever has proven the signature and the digest has proven all of it.
This file knows the bytes and what may follow what; not where they are kept, nor who sends them. Pure.

Errors: `read` raises BadMessage, whose text names the field.
"""

import struct

from .messages import BadMessage

MAGIC = b"ALUP"
FORMAT = 1
HEAD_SIZE = 84
SIGNATURE_SIZE = 384  # RSA-3072; protocol/signature.py
LETTER_SIZE = HEAD_SIZE + SIGNATURE_SIZE  # what is offered before the image is fetched
BLOCK = 4096  # of flash: the image is fetched and kept block by block
SLOT = 0x80000  # of flash: the letter and the marks have the first block, the image the rest
IMAGE_MAX = SLOT - BLOCK
PIECE = 512  # bytes in one message; 8 make a block
BUILD_MAX = 0x3FFFFFFF  # a small integer on a 32-bit MicroPython
_LAYOUT = "<4sBBBBII16s16s32sI"
_TEXT = "abcdefghijklmnopqrstuvwxyz0123456789.-"


class Head:
    """What is signed. Shape: `build` counts up for ever; `length` and `digest` (SHA-256) of the image; `micropython`
    (major, minor) is the least that runs it; `variant` the board."""

    def __init__(self, build, length, micropython, variant, version, digest):
        self.build = build
        self.length = length
        self.micropython = micropython
        self.variant = variant
        self.version = version
        self.digest = digest


def pack(head):
    """The 84 bytes of a head."""
    major, minor = head.micropython
    return struct.pack(
        _LAYOUT,
        MAGIC,
        FORMAT,
        0,
        major,
        minor,
        head.build,
        head.length,
        head.variant.encode(),
        head.version.encode(),
        head.digest,
        0,
    )


def _text(data, field):
    text = bytes(data).rstrip(b"\x00")
    for byte in text:
        if chr(byte) not in _TEXT:
            raise BadMessage(field + ": not a name")
    if not text:
        raise BadMessage(field + ": missing")
    return text.decode()


def read(data):
    """The Head in the first bytes of a package. Errors: BadMessage."""
    if len(data) < HEAD_SIZE:
        raise BadMessage("package: cut short")
    magic, form, _, major, minor, build, length, variant, version, digest, _ = struct.unpack(
        _LAYOUT, bytes(data[:HEAD_SIZE])
    )
    if magic != MAGIC:
        raise BadMessage("package: not one")
    if form != FORMAT:
        raise BadMessage("format: not %d" % FORMAT)
    if not 1 <= build <= BUILD_MAX:
        raise BadMessage("build: not a number from 1")
    if not 0 < length <= IMAGE_MAX:
        raise BadMessage("length: more than a slot holds, or nothing")
    return Head(build, length, (major, minor), _text(variant, "variant"), _text(version, "version"), digest)


def blocks_of(length):
    """How many blocks of flash an image of this length takes."""
    return -(-length // BLOCK)


# --- why a hub does not take a package: words, said to staff by the relay ---------------------------------
BROKEN = "broken"  # no package, or cut short
FORGED = "forged"  # the signature is of none of our keys
OLD_BUILD = "old_build"  # replayed or downgraded: not newer than what ran here before
OTHER_BOARD = "other_board"
OLD_MICROPYTHON = "old_micropython"
FAILED_BEFORE = "failed_before"  # it was tried here and did not work
DAMAGED = "damaged"  # what came is not what was signed
NO_SLOTS = "no_slots"  # this hub runs from files: nothing to update
FLASH = "flash"  # the flash does not hold what is written
REFUSALS = (BROKEN, FORGED, OLD_BUILD, OTHER_BOARD, OLD_MICROPYTHON, FAILED_BEFORE, DAMAGED, NO_SLOTS, FLASH)
# --- why the old one came back ------------------------------------------------------------------------------
STARTS = "starts"  # it ended too often before it had proven itself
NO_RECEIPT = "no_receipt"  # it did not reach the relay in time
SIREN = "siren"  # the siren's own test failed
SELF_TEST = "self_test"
SPOILT = "spoilt"  # its bytes in flash are not those that were written
WHY = (None, STARTS, NO_RECEIPT, SIREN, SELF_TEST, SPOILT)  # by number in the boot record: never renumbered


def refusal(head, floor, failed, why, variant, micropython):
    """Why a hub may not take this package, or None. Shape: `floor` the newest build that ever proved itself here,
    `failed` the build that last did not, and `why`; `micropython` (major, minor) of this hub."""
    if head.build <= floor:
        return OLD_BUILD
    if head.variant != variant:
        return OTHER_BOARD
    if head.micropython > micropython:
        return OLD_MICROPYTHON
    if head.build == failed and why != NO_RECEIPT:  # a line that was down says nothing of the firmware
        return FAILED_BEFORE
    return None
