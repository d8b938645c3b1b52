"""Messages of the installer's channel as lines of a serial console, among the lines that the hub prints there anyway.

    ~anling: | base64 of the message | : | CRC-32 of the message, 8 hex digits | newline

Decides what is a line of ours and whether it is whole; what else is on the console is passed over. It must not know
what a message says: it is proven and sealed as over the air (pairing.py).
"""

import binascii

from .pairing import MESSAGE_MAX

MARK = b"~anling:"
LINE_MAX = len(MARK) + (MESSAGE_MAX + 13 + 2) // 3 * 4 + 10


def write(message):
    """The line of a message, as bytes. It begins anew, whatever was printed before."""
    text = binascii.b2a_base64(message).strip()
    return b"\n" + MARK + text + b":%08x\n" % (binascii.crc32(message) & 0xFFFFFFFF)


def read(line):
    """The message in a line without its end; None for a line of somebody else, or one that was damaged."""
    line = bytes(line)
    if not line.startswith(MARK) or len(line) > LINE_MAX:
        return None
    text, colon, digits = line[len(MARK) :].partition(b":")
    try:
        message = binascii.a2b_base64(text)
        is_whole = len(digits) == 8 and int(digits, 16) == binascii.crc32(message) & 0xFFFFFFFF
    except ValueError:
        return None
    return message if colon and is_whole and message else None


class Lines:
    """Cuts what comes into lines; `take(data)` gives the messages in it. A line without end is let go."""

    def __init__(self):
        self._held = bytearray()
        self._is_lost = False  # the line in hand is too long to be ours

    def take(self, data):
        found = []
        for byte in bytes(data):
            if byte in (10, 13):
                message = None if self._is_lost else read(self._held)
                if message is not None:
                    found.append(message)
                self._held = bytearray()
                self._is_lost = False
            elif len(self._held) < LINE_MAX:
                self._held.append(byte)
            else:
                self._is_lost = True
        return found
