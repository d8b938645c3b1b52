"""The line between the stand-ins and the simulated board: small binary frames over a local socket.

Frame: kind (1 byte), length (2, little endian), payload. Two connections: "w" writes what the firmware does, "r" reads
what happens to the board. Writing is synchronous, so that an output is out before the next line of firmware runs.
What comes in is delivered by an asyncio task of the running loop; the firmware knows nothing of it.
"""

import asyncio
import json
import os
import socket
import struct

OUT_PWM, OUT_LAMP, OUT_VOICE, OUT_SCAN, OUT_RESET, OUT_WATCHDOG, OUT_WIFI = b"W", b"L", b"V", b"S", b"R", b"G", b"C"
OUT_SOUND, OUT_ESPNOW = b"P", b"E"
IN_HELLO, IN_ADVERT, IN_PIN, IN_WIFI, IN_LEVEL = 0x48, 0x41, 0x49, 0x4E, 0x55

pins = {}  # number: level of an input
levels_mv = {}  # number: what an analogue input sees
wifi = {"is_connected": False}
_handlers = {}
_writer = None
_reader = None


def _socket(role):
    path = os.getenv("ANLING_BOARD")
    if not path:
        raise OSError("no simulated board: ANLING_BOARD is not set; start the hub with: python -m simulator home")
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # sockaddr_un: family, path
    line.connect(struct.pack("<H", socket.AF_UNIX) + path.encode() + b"\0")
    line.write(role)
    return line


def on(kind, handler):
    """Have `handler(payload)` called for each incoming frame of this kind."""
    _handlers[kind] = handler


def send(kind, payload=b""):
    """Write one frame."""
    data = kind + struct.pack("<H", len(payload)) + payload
    while data:
        sent = _writer.write(data)
        data = data[sent:] if sent else data


def _on_hello(payload):
    state = json.loads(bytes(payload).decode())
    for number, level in state["pins"]:
        pins[number] = level
    for number, mv in state["levels_mv"]:
        levels_mv[number] = mv
    wifi["is_connected"] = state["wifi"]


def _on_pin(payload):
    pins[payload[0]] = payload[1]


def _on_level(payload):
    levels_mv[payload[0]] = payload[1] | payload[2] << 8


def _on_wifi(payload):
    wifi["is_connected"] = bool(payload[0])


async def _pump():
    stream = asyncio.StreamReader(_reader)
    held = b""
    while True:
        data = await stream.read(2048)
        if not data:
            raise SystemExit(0)  # the board is gone: so are we
        held += data
        at = 0
        while len(held) - at >= 3:
            size = held[at + 1] | held[at + 2] << 8
            if len(held) - at < 3 + size:
                break
            handler = _handlers.get(held[at])
            if handler is not None:
                handler(memoryview(held)[at + 3 : at + 3 + size])
            at += 3 + size
        held = held[at:]


def _start():
    global _writer, _reader
    _writer = _socket(b"w")
    _reader = _socket(b"r")
    head = _reader.read(3)  # the first frame says how the board stands
    _on_hello(_reader.read(head[1] | head[2] << 8))
    _reader.setblocking(False)
    on(IN_PIN, _on_pin)
    on(IN_WIFI, _on_wifi)
    on(IN_LEVEL, _on_level)
    asyncio.create_task(_pump())


_start()
