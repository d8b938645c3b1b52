"""The way to a hub by Bluetooth, through bleak: finds it, carries messages, sets its Wi-Fi by Improv. Decides nothing.

`Radio` may be given bleak backends of somebody else's (bleak's own `backend=`): tests give the simulator's air.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError
from protocol import improv, pairing

from .sentences import Trouble

FIND_S = 12.0
CONNECT_S = 10.0
IMPROV_S = 40.0


@dataclass(frozen=True)
class Radio:
    """Which bleak backends to use; None: this platform's own."""

    scanner: Any = None
    client: Any = None


async def find(radio: Radio, hub_id: str, timeout_s: float = FIND_S) -> Any:
    """The hub of this name. Errors: Trouble, when it is not heard or there is no Bluetooth."""
    more = {"backend": radio.scanner} if radio.scanner else {}
    try:
        found = await BleakScanner.find_device_by_filter(
            lambda device, data: (data.local_name or device.name or "") == f"Anling {hub_id}"[:29],
            timeout=timeout_s,
            service_uuids=[improv.SERVICE],
            **more,
        )
    except (BleakError, OSError) as fault:
        raise Trouble("no_bluetooth", type(fault).__name__) from None
    if found is None:
        raise Trouble("no_hub")
    return found


class BleCarrier:
    """A connection to a hub. Use as an async context. Errors of all: Trouble."""

    stale = 0

    def __init__(self, radio: Radio, device: Any) -> None:
        more = {"backend": radio.client} if radio.client else {}
        self._client = BleakClient(device, disconnected_callback=self._on_gone, timeout=CONNECT_S, **more)
        self._messages: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._improv: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._pieces = pairing.Pieces()

    async def __aenter__(self) -> "BleCarrier":
        try:
            await self._client.connect()
            await self._client.start_notify(pairing.OUTBOX, self._on_piece)
            for uuid in (improv.ERROR, improv.RESULT):
                await self._client.start_notify(uuid, lambda _, data, uuid=uuid: self._on_improv(uuid, data))
        except (BleakError, OSError, asyncio.TimeoutError):
            await self._leave()
            raise Trouble("dropped") from None
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self._leave()

    async def _leave(self) -> None:
        try:
            await self._client.disconnect()
        except (BleakError, OSError, asyncio.TimeoutError):
            return  # it is gone already

    def _on_gone(self, client: Any) -> None:
        self._messages.put_nowait(None)
        self._improv.put_nowait(("gone", b""))

    def _on_piece(self, _: Any, data: bytearray) -> None:
        try:
            message = self._pieces.take(bytes(data))
        except pairing.Refused:
            message = b""  # no message: whoever waits finds it broken
        if message is not None:
            self._messages.put_nowait(message)

    def _on_improv(self, uuid: str, data: bytearray) -> None:
        self._improv.put_nowait((uuid, bytes(data)))

    async def _write(self, uuid: str, data: bytes) -> None:
        try:
            await self._client.write_gatt_char(uuid, data, response=True)
        except (BleakError, OSError, asyncio.TimeoutError):
            raise Trouble("dropped") from None

    async def send(self, message: bytes) -> None:
        for piece in pairing.cut(message, max(20, self._client.mtu_size - 3)):
            await self._write(pairing.INBOX, piece)

    async def receive(self, timeout_s: float) -> bytes:
        try:
            message = await asyncio.wait_for(self._messages.get(), timeout_s)
        except asyncio.TimeoutError:
            raise Trouble("dropped") from None
        if message is None:
            raise Trouble("dropped")
        return message

    async def improv_wifi(self, ssid: str, password: str) -> bool:
        """Set the Wi-Fi as any Improv client does. True when the hub has joined it."""
        while not self._improv.empty():
            self._improv.get_nowait()
        frame = improv.build(improv.SEND_WIFI, [ssid.encode(), password.encode()])
        for start in range(0, len(frame), 20):
            await self._write(improv.COMMAND, frame[start : start + 20])
        while True:
            try:
                uuid, data = await asyncio.wait_for(self._improv.get(), IMPROV_S)
            except asyncio.TimeoutError:
                raise Trouble("dropped") from None
            if uuid == "gone":
                raise Trouble("dropped")
            if uuid == improv.RESULT:
                return True
            if uuid == improv.ERROR and data != bytes((improv.NO_ERROR,)):
                return False
