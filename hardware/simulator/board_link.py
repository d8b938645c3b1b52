"""The simulated board's side of the line to the firmware: frames out become events, frames in go to the radio.

The frames are described in board/_wire.py, whose other end this is.
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import struct
from collections.abc import Callable
from typing import Any

from .loudspeaker import Loudspeaker

MAINS_PIN, BUTTON_ADC_PIN, CANCEL_PIN, BATTERY_ADC_PIN, MODEM_PWR_PIN = 6, 7, 8, 9, 14
# The wired button's line: at rest, pressed, wire cut, wires touching.
WIRE_REST_MV, WIRE_PRESSED_MV, WIRE_CUT_MV, WIRE_SHORT_MV = 1650, 500, 3300, 0
BATTERY_FULL_MV = 2075  # one cell, halved
Heard = Callable[[str, dict[str, Any]], None]


class BoardLink:
    """Shape: `on_event(name, detail)` for what the firmware does; names: siren, lamp, voice, speaking, scan, reset,
    wifi, watchdog."""

    def __init__(self, path: pathlib.Path, on_event: Heard) -> None:
        self._path = path
        self._on_event = on_event
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self.pins: dict[int, int] = {MAINS_PIN: 1, CANCEL_PIN: 1}
        self.levels_mv: dict[int, int] = {BUTTON_ADC_PIN: WIRE_REST_MV, BATTERY_ADC_PIN: BATTERY_FULL_MV}
        self.is_wifi_connected = True
        self.loudspeaker = Loudspeaker()
        self.channel = 6  # of the home's Wi-Fi
        self.networks: list[dict[str, str]] | None = None  # [{"ssid", "password"}]; None: any name, any password
        self.on_espnow: Callable[[bytes, bytes, int], None] | None = None  # destination, payload, channel

    async def start(self) -> None:
        if len(str(self._path).encode()) > 100:
            raise OSError(f"{self._path}: too long for a local socket; choose a folder with a shorter path")
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._on_line, str(self._path))

    async def stop(self) -> None:
        for writer in list(self._lines):
            writer.transport.abort()
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    # --- to the firmware ---------------------------------------------------------------------------

    def advert(self, address: bytes, rssi_dbm: int, data: bytes, address_type: int = 0) -> None:
        """One scan report: address type, address, advert type, rssi + 128, data."""
        self._send(b"A", bytes([address_type]) + address + bytes([0, (rssi_dbm + 128) & 0xFF]) + data)

    def gatt(self, payload: bytes) -> None:
        """One event of the GATT client, as JSON."""
        self._send(b"g", payload)

    def set_pin(self, number: int, level: int) -> None:
        self.pins[number] = level
        self._send(b"I", bytes([number, level]))

    def set_level(self, number: int, mv: int) -> None:
        """What an analogue input sees."""
        self.levels_mv[number] = mv
        self._send(b"U", struct.pack("<BH", number, mv))

    def espnow(self, mac: bytes, payload: bytes, channel: int) -> None:
        """A frame from the board with that address."""
        self._send(b"E", mac + bytes([channel]) + payload)

    def set_wifi(self, is_connected: bool) -> None:
        self.is_wifi_connected = is_connected
        self._send(b"N", bytes([int(is_connected)]))

    def _send(self, kind: bytes, payload: bytes) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(kind + struct.pack("<H", len(payload)) + payload)

    # --- from the firmware -------------------------------------------------------------------------

    async def _on_line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        try:
            role = await reader.readexactly(1)
            if role == b"r":
                self._writer = writer
                state = {
                    "pins": sorted(self.pins.items()),
                    "levels_mv": sorted(self.levels_mv.items()),
                    "wifi": self.is_wifi_connected,
                    "channel": self.channel,
                    "networks": self.networks,
                }
                self._send(b"H", json.dumps(state).encode())
                await reader.read(1)  # until the firmware ends
            else:
                while True:
                    head = await reader.readexactly(3)
                    self._on_frame(head[:1], await reader.readexactly(head[1] | head[2] << 8))
        except (asyncio.IncompleteReadError, OSError):
            pass  # the firmware ended: the home hears that from its process
        finally:
            self._lines.discard(writer)
            writer.transport.abort()

    def _on_frame(self, kind: bytes, payload: bytes) -> None:
        if kind == b"W":
            _, duty, freq = struct.unpack("<BHI", payload)
            self._on_event("siren", {"on": duty > 0, "freq": freq})
        elif kind == b"L":
            self._on_event("lamp", {"rgb": list(payload[1:4])})
        elif kind == b"V":
            line = json.loads(payload)
            if "speaking" in line:
                self.loudspeaker.begin(line["speaking"], line["clips"], line["volume"])
                self._on_event("speaking", {"prompt": line["speaking"], "clips": line["clips"]})
            else:
                self._on_event("voice", line)
        elif kind == b"P":
            self.loudspeaker.take(payload)
        elif kind == b"E":
            if self.on_espnow is not None:
                self.on_espnow(payload[:6], payload[7:], payload[6])
        elif kind == b"S":
            self._on_event("scan", {"on": payload == b"\x01"})
        elif kind == b"T":
            self._on_event("gatt", {"order": payload})
        elif kind == b"M":
            uptime_s, live, before = struct.unpack("<III", payload)
            self._on_event("heap", {"uptime_s": uptime_s, "live": live, "before": before})
        elif kind == b"G":
            self._on_event("watchdog", {"timeout_ms": struct.unpack("<I", payload)[0]})
        elif kind == b"O":
            self._on_event("pin", {"pin": payload[0], "level": payload[1]})
        elif kind == b"R":
            self._on_event("reset", {})
        elif kind == b"C":
            self._on_event("wifi", {"ssid": payload.decode(errors="replace")})
