"""The line between the stand-ins and the simulated board: small binary frames over a local socket.

Frame: kind (1 byte), length (2, little endian), payload. Two connections: "w" writes what the firmware does, "r" reads
what happens to the board. Writing is synchronous, so that an output is out before the next line of firmware runs.

Adverts are delivered as on the board: by a thread of their own, whatever the loop is doing. This interpreter's threads
have no lock between them, so that thread runs with its heap locked for good: it touches only memory that was set aside
beforehand, and an allocation in it is an error, as in an interrupt. Levels of pins are bytes that it overwrites; every
other frame goes through a ring to a task of the loop.
"""

import _thread
import array
import asyncio
import json
import os
import socket
import struct

import micropython

OUT_PWM, OUT_LAMP, OUT_VOICE, OUT_SCAN, OUT_RESET, OUT_WATCHDOG, OUT_WIFI = b"W", b"L", b"V", b"S", b"R", b"G", b"C"
OUT_SOUND, OUT_ESPNOW, OUT_HEAP, OUT_GATT, OUT_PIN = b"P", b"E", b"M", b"T", b"O"
IN_HELLO, IN_ADVERT, IN_PIN, IN_WIFI, IN_LEVEL, IN_ESPNOW, IN_GATT = 0x48, 0x41, 0x49, 0x4E, 0x55, 0x45, 0x67
_SMALL = 64  # bytes of the frames that the thread looks at itself; longer ones pass in pieces
_RING = 4096

pins = bytearray(b"\x01" * 64)  # level of each input
levels_mv = array.array("H", [0] * 64)  # what each analogue input sees
wifi = {"is_connected": False, "channel": 6}
lost = 0  # frames for the loop that found no room
_handlers = {}
_on_advert = None
_writer = None
_reader = None
_lock = _thread.allocate_lock()
_ring = micropython.RingIO(_RING + 1)
_flag = asyncio.ThreadSafeFlag()
_is_gone = False
_head = bytearray(3)
_body = bytearray(_SMALL)


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
    """Have `handler(payload)` called from the loop for each incoming frame of this kind."""
    _handlers[kind] = handler


def on_advert(handler):
    """Have `handler(body, size)` called from the thread, which may allocate nothing, for each advert."""
    global _on_advert
    _on_advert = handler


def send(kind, payload=b""):
    """Write one frame. For the loop: it allocates."""
    send_frame(kind + struct.pack("<H", len(payload)) + payload)


def send_frame(frame):
    """Write a frame that is whole already: kind, length, payload. Allocates nothing."""
    _lock.acquire()
    try:
        _writer.write(frame)
    finally:
        _lock.release()


def frame_of(kind, size):
    """Memory set aside for `send_frame`. Shape: head of 3 bytes, then so many bytes of payload."""
    return bytearray(kind + struct.pack("<H", size) + bytes(size))


# --- the thread: no allocation below this line ---------------------------------------------------------


def _listen():
    """Read frames for ever. Its own heap is locked: whatever allocates here fails as it would in an interrupt."""
    global _is_gone, lost
    micropython.heap_lock()
    while _reader.readinto(_head) == 3:
        size = _head[1] | _head[2] << 8
        if size <= _SMALL:
            if _reader.readinto(_body, size) != size and size:
                break
            if _take_at_once(_head[0], size):
                continue
        has_room = _RING - _ring.any() >= 3 + size
        if has_room:
            _ring.write(_head)
        else:
            lost += 1
        if size <= _SMALL:
            if has_room:
                _ring.write(_body, size)  # pyright: ignore[reportCallIssue]
        elif not _pass_on(size, has_room):
            break
        _flag.set()
    _is_gone = True
    _flag.set()


def _take_at_once(kind, size):
    """What needs no loop. False: the loop is to see to it."""
    if kind == IN_ADVERT:
        if _on_advert is not None:
            _on_advert(_body, size)
    elif kind == IN_PIN:
        pins[_body[0]] = _body[1]
    elif kind == IN_LEVEL:
        levels_mv[_body[0]] = _body[1] | _body[2] << 8
    elif kind == IN_WIFI:
        wifi["is_connected"] = _body[0] == 1
    else:
        return False
    return True


def _pass_on(size, has_room):
    while size:
        piece = _SMALL if size > _SMALL else size
        if _reader.readinto(_body, piece) != piece:
            return False
        if has_room:
            _ring.write(_body, piece)  # pyright: ignore[reportCallIssue]
        size -= piece
    return True


# --- the loop ------------------------------------------------------------------------------------------


async def _pump():
    kind, size = None, 0
    while True:
        await _flag.wait()
        if _is_gone:
            raise SystemExit(0)  # the board is gone: so are we
        while True:
            if kind is None:
                if _ring.any() < 3:
                    break
                head = _ring.read(3)
                kind, size = head[0], head[1] | head[2] << 8
            if _ring.any() < size:
                break
            payload = _ring.read(size) if size else b""
            handler = _handlers.get(kind)
            kind = None
            if handler is not None:
                handler(memoryview(payload))


def _start():
    global _writer, _reader
    _writer = _socket(b"w")
    _reader = _socket(b"r")
    head = _reader.read(3)  # the first frame says how the board stands
    state = json.loads(_reader.read(head[1] | head[2] << 8).decode())
    for number, level in state["pins"]:
        pins[number] = level
    for number, mv in state["levels_mv"]:
        levels_mv[number] = mv
    wifi["is_connected"] = state["wifi"]
    wifi["channel"] = state.get("channel", 6)
    wifi["networks"] = state.get("networks")
    _thread.start_new_thread(_listen, ())
    asyncio.create_task(_pump())


_start()
