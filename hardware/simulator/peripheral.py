"""The hub's radio as a GATT server: what the firmware registers is served over the virtual air, real ATT and all.

Orders come through the board's line as JSON (board/_gatts.py); events go back as MicroPython's bluetooth module numbers
them. Decides nothing about what the values mean. `heard` keeps every byte that went over the air, both ways, for tests
that look for secrets in it. Bumble's virtual link carries no scan responses: whoever scans asks `response_of`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from typing import Any

from bumble import gatt, hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.hci import OwnAddressType

from .gatt import Central

CENTRAL_CONNECT, CENTRAL_DISCONNECT, WRITTEN, MTU_EXCHANGED = 1, 2, 3, 21
ORDERS = ("serve", "value", "notify", "notify_all", "advertise", "hide")
LOG = logging.getLogger("anling.simulator")
_ON_AIR: dict[str, bytes] = {}  # address: scan response of whoever advertises


def response_of(address: str) -> bytes:
    """What an active scan would have got from this address."""
    return _ON_AIR.get(address.upper(), b"")


class HubGatt:
    """The hub's radio, both ways: client of wearables, server of installers. Shape: as for both."""

    def __init__(self, device: Device, send: Callable[[bytes], None]) -> None:
        self._central = Central(device, send)
        self.peripheral = Peripheral(device, send)

    def take(self, payload: bytes) -> None:
        """One order of the firmware."""
        order = json.loads(payload)
        is_served = order["do"] == "disconnect" and self.peripheral.has(order["connection"])
        if is_served or order["do"] in ORDERS:
            self.peripheral.take(order)
        else:
            self._central.take(payload)

    async def lose_power(self) -> None:
        await self.peripheral.stop()

    async def stop(self) -> None:
        await self._central.stop()
        await self.peripheral.stop()


class Peripheral:
    """Carries out the firmware's orders. Shape: `send` takes one JSON frame for the firmware."""

    def __init__(self, device: Device, send: Callable[[bytes], None]) -> None:
        self._device = device
        self._send = send
        self._served: dict[str, gatt.Characteristic[bytes]] = {}  # by UUID: a hub that restarts registers anew
        self._by_handle: dict[int, gatt.Characteristic[bytes]] = {}
        self._handles: dict[str, int] = {}
        self._values: dict[int, bytes] = {}
        self._connections: dict[int, Connection] = {}
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self.heard: list[bytes] = []
        self._advertised = (b"", b"")  # advertisement and scan response, as last ordered
        self.drop_writes_after: int | None = None  # the connection breaks after so many writes from outside
        device.on("connection", self._on_connection)

    @property
    def address(self) -> str:
        return str(self._device.random_address).split("/")[0]

    def take(self, order: dict[str, Any]) -> None:
        """One order of the firmware, in its turn."""
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())
        self._queue.put_nowait(order)

    async def stop(self) -> None:
        """The hub has no power: nobody is served."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None
        self._queue = asyncio.Queue()
        await self._hide({})
        await self.drop()

    async def drop(self) -> None:
        """Break every connection, as when somebody walks away."""
        for connection in list(self._connections.values()):
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.disconnect(), 2)

    def has(self, connection: int) -> bool:
        """Is this somebody who connected to the hub?"""
        return connection in self._connections

    async def _disconnect(self, order: dict[str, Any]) -> None:
        await self._connections[order["connection"]].disconnect()

    async def _work(self) -> None:
        while True:
            order = await self._queue.get()
            try:
                await getattr(self, "_" + order["do"])(order)
            except asyncio.CancelledError:
                raise
            except Exception as fault:
                LOG.debug("peripheral: %s: %r", order["do"], fault)

    def _tell(self, event: int, *values: Any) -> None:
        told = [f"b{value.hex()}" if isinstance(value, bytes) else value for value in values]
        self._send(json.dumps([event, told]).encode())

    # --- orders --------------------------------------------------------------------------------------

    async def _serve(self, order: dict[str, Any]) -> None:
        self._by_handle.clear()
        new: list[gatt.Service] = []
        for service_uuid, rows in order["services"]:
            made = []
            for uuid, flags, handle in rows:
                characteristic = self._served.get(uuid)
                if characteristic is None:
                    characteristic = self._served[uuid] = self._characteristic(uuid, flags)
                    made.append(characteristic)
                self._handles[uuid] = handle
                self._by_handle[handle] = characteristic
                self._values[handle] = b""
            if made:
                new.append(gatt.Service(UUID(_dashed(service_uuid)), made))
        if new:
            self._device.add_services(new)

    def _characteristic(self, uuid: str, flags: int) -> gatt.Characteristic[bytes]:
        def read(connection: Connection) -> bytes:
            value = self._values[self._handles[uuid]]
            self.heard.append(value)
            return value

        def write(connection: Connection, value: bytes) -> None:
            self.heard.append(bytes(value))
            if self.drop_writes_after is not None:
                self.drop_writes_after -= 1
                if self.drop_writes_after < 0:
                    self.drop_writes_after = None
                    asyncio.get_running_loop().create_task(self.drop())
                    return
            self._tell(WRITTEN, connection.handle, self._handles[uuid], bytes(value))

        permissions = gatt.Characteristic.READABLE | gatt.Characteristic.WRITEABLE
        return gatt.Characteristic(
            UUID(_dashed(uuid)),
            gatt.Characteristic.Properties(flags),
            permissions,
            gatt.CharacteristicValue(read=read, write=write),
        )

    async def _value(self, order: dict[str, Any]) -> None:
        self._values[order["handle"]] = bytes.fromhex(order["data"])

    async def _notify(self, order: dict[str, Any]) -> None:
        connection = self._connections.get(order["connection"])
        if connection is not None:
            await self._notify_one(connection, order)

    async def _notify_all(self, order: dict[str, Any]) -> None:
        for connection in list(self._connections.values()):
            await self._notify_one(connection, order)

    async def _notify_one(self, connection: Connection, order: dict[str, Any]) -> None:
        data = bytes.fromhex(order["data"])
        self.heard.append(data)
        await self._device.notify_subscriber(connection, self._by_handle[order["handle"]], data)

    async def _advertise(self, order: dict[str, Any]) -> None:
        await self._hide(order)
        data = AdvertisingData.from_bytes(bytes.fromhex(order["data"]))
        self.heard.append(bytes(data))
        self._advertised = (bytes(data), bytes.fromhex(order["response"]))
        _ON_AIR[self.address.upper()] = bytes.fromhex(order["response"])
        await self._device.start_advertising(
            own_address_type=OwnAddressType.RANDOM,
            auto_restart=False,
            advertising_data=bytes(data),
            advertising_interval_min=order["interval_ms"],
            advertising_interval_max=order["interval_ms"],
        )

    async def advertise_on(self) -> None:
        """A radio that goes on advertising beside a connection, as some do for a moment."""
        data, response = self._advertised
        _ON_AIR[self.address.upper()] = response
        await self._device.start_advertising(
            own_address_type=OwnAddressType.RANDOM, auto_restart=False, advertising_data=data
        )

    async def _hide(self, order: dict[str, Any]) -> None:
        _ON_AIR.pop(self.address.upper(), None)
        with contextlib.suppress(Exception):
            await self._device.stop_advertising()

    # --- what happens on the air ---------------------------------------------------------------------

    def _on_connection(self, connection: Connection) -> None:
        if connection.role != hci.Role.PERIPHERAL:
            return
        peer = connection.peer_address
        address = bytes.fromhex(str(peer).split("/")[0].replace(":", ""))
        kind = int(not peer.is_public)
        self._connections[connection.handle] = connection
        _ON_AIR.pop(self.address.upper(), None)

        def gone(reason: int) -> None:
            self._connections.pop(connection.handle, None)
            self._tell(CENTRAL_DISCONNECT, connection.handle, kind, address)

        connection.on("disconnection", gone)
        connection.on(
            "connection_att_mtu_update", lambda: self._tell(MTU_EXCHANGED, connection.handle, connection.att_mtu)
        )
        self._tell(CENTRAL_CONNECT, connection.handle, kind, address)


def _dashed(text: str) -> str:
    if len(text) == 4:
        return text
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
