"""Improv Wi-Fi over BLE, version 2.4: names, numbers, frames. Knows no connection and no Wi-Fi.

    command | length of what follows | data | checksum (sum of all before it, low byte)

Data of a command or a result is a row of texts, each with its length before it. A command that is longer than a write
can carry arrives in pieces. What Improv carries is in clear: the window in which a hub takes it is opened by a press
and lasts a minute; nothing of the relay's goes this way.

Errors: BadFrame, with Improv's own error number.
Ref: https://www.improv-wifi.com/ble
"""

SERVICE = "00467768-6228-2272-4663-277478268000"
STATE = "00467768-6228-2272-4663-277478268001"
ERROR = "00467768-6228-2272-4663-277478268002"
COMMAND = "00467768-6228-2272-4663-277478268003"
RESULT = "00467768-6228-2272-4663-277478268004"
CAPABILITIES = "00467768-6228-2272-4663-277478268005"
SERVICE_DATA = 0x4677

AUTHORIZATION_REQUIRED, AUTHORIZED, PROVISIONING, PROVISIONED = 1, 2, 3, 4
NO_ERROR, INVALID, UNKNOWN_COMMAND, UNABLE_TO_CONNECT, NOT_AUTHORIZED, BAD_HOSTNAME = 0, 1, 2, 3, 4, 5
UNKNOWN_ERROR = 255
SEND_WIFI, IDENTIFY, DEVICE_INFO, SCAN_WIFI, HOSTNAME = 1, 2, 3, 4, 5
CAN = 0x07  # identify, device info, scan for networks
FRAME_MAX = 3 + 255
STALE_MS = 3000  # a piece that comes so much later begins a new frame


class BadFrame(Exception):
    """No frame of Improv; `number` is what Improv calls the error."""

    def __init__(self, number, what):
        super().__init__(what)
        self.number = number


def build(command, texts):
    """A frame of a command or a result. Shape: `texts` a list of bytes. Errors: ValueError when it is too long."""
    data = b"".join([bytes((len(text),)) + text for text in texts])
    frame = bytes((command, len(data))) + data
    return frame + bytes((sum(frame) & 255,))


def parse(frame):
    """(command, texts) of a whole frame. Errors: BadFrame."""
    if len(frame) < 3 or len(frame) != frame[1] + 3:
        raise BadFrame(INVALID, "length")
    if frame[-1] != sum(frame[:-1]) & 255:
        raise BadFrame(INVALID, "checksum")
    texts = []
    at = 2
    while at < len(frame) - 1:
        end = at + 1 + frame[at]
        if end > len(frame) - 1:
            raise BadFrame(INVALID, "text")
        texts.append(bytes(frame[at + 1 : end]))
        at = end
    return frame[0], texts


class Pieces:
    """Puts frames together from what was written."""

    def __init__(self):
        self._held = b""
        self._held_ms = 0

    def take(self, data, now_ms):
        """The whole frame when this was its last piece, else None. Errors: BadFrame."""
        if now_ms - self._held_ms > STALE_MS:
            self._held = b""
        self._held_ms = now_ms
        held = self._held + bytes(data)
        self._held = b""
        if len(held) < 2 or len(held) < held[1] + 3:
            self._held = held
            return None
        if len(held) > held[1] + 3:
            raise BadFrame(INVALID, "more than a frame")
        return held


def _uuid_bytes(text):
    digits = text.replace("-", "")
    return bytes([int(digits[i : i + 2], 16) for i in range(30, -1, -2)])


def advert(state):
    """The 31 bytes of the advertisement: flags, service, state."""
    data = b"\x02\x01\x06" + b"\x11\x07" + _uuid_bytes(SERVICE)
    return data + bytes((9, 0x16, SERVICE_DATA & 255, SERVICE_DATA >> 8, state, CAN, 0, 0, 0, 0))


def scan_response(name):
    """The name, which had no room in the advertisement. Shape: at most 29 characters count."""
    text = name.encode()[:29]
    return bytes((len(text) + 1, 9)) + text
