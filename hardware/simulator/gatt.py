"""The air's other half: the hub's radio as a GATT client, and wearables to talk to. Real ATT over a virtual link.

Orders come from the firmware through the board's line as JSON (board/_gattc.py), answers go back as the events of
MicroPython's bluetooth module. Decides nothing about what the values mean.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import struct
from collections.abc import Callable
from typing import Any

from bumble import gatt
from bumble.controller import Controller
from bumble.core import UUID
from bumble.device import Connection, Device
from bumble.hci import Address, OwnAddressType
from bumble.host import Host
from bumble.link import LocalLink
from protocol import infinitime, motion

logging.getLogger("bumble").setLevel(logging.ERROR)

CONNECTED, DISCONNECTED, SERVICE, SERVICES_DONE, CHARACTERISTIC, CHARACTERISTICS_DONE = 7, 8, 9, 10, 11, 12
DESCRIPTOR, DESCRIPTORS_DONE, READ, READ_DONE, WRITTEN, NOTIFIED = 13, 14, 15, 16, 17, 18
MTU_DONE = 21
FAILED = 65535
ANSWER_S = 10.0
Send = Callable[[bytes], None]


class Central:
    """Carries out the firmware's orders with the hub's Bumble device. Shape: `send` takes one JSON frame."""

    def __init__(self, device: Device, send: Send) -> None:
        self._device = device
        self._send = send
        self._connections: dict[int, Connection] = {}
        self._subscribed: set[tuple[int, int]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connecting: asyncio.Task[None] | None = None
        self._line = asyncio.Lock()  # ATT has one request at a time

    def take(self, payload: bytes) -> None:
        """One order of the firmware."""
        order = json.loads(payload)
        work = {
            "connect": self._connect,
            "disconnect": self._disconnect,
            "services": self._services,
            "characteristics": self._characteristics,
            "descriptors": self._descriptors,
            "read": self._read,
            "write": self._write,
            "mtu": self._mtu,
        }
        if order["do"] == "cancel":
            if self._connecting is not None:
                self._connecting.cancel()
            return
        task = asyncio.get_running_loop().create_task(self._guarded(work[order["do"]], order))
        if order["do"] == "connect":
            self._connecting = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _tell(self, event: int, *values: Any) -> None:
        told = [f"b{value.hex()}" if isinstance(value, bytes) else value for value in values]
        self._send(json.dumps([event, told]).encode())

    async def _guarded(self, work: Any, order: dict[str, Any]) -> None:
        """A wearable that goes away in the middle costs the firmware a disconnection, nothing else."""
        try:
            await asyncio.wait_for(work(order), ANSWER_S)
        except asyncio.CancelledError:
            raise
        except Exception as fault:
            logging.getLogger("anling.simulator").debug("gatt: %s: %r", order["do"], fault)

    async def _connect(self, order: dict[str, Any]) -> None:
        text = order["address"]
        written = ":".join(text[i : i + 2] for i in range(0, 12, 2)).upper()
        kind = Address.RANDOM_DEVICE_ADDRESS if order["type"] else Address.PUBLIC_DEVICE_ADDRESS
        try:
            connection = await self._device.connect(
                Address(written, kind), own_address_type=OwnAddressType.RANDOM, timeout=order["timeout_ms"] / 1000
            )
        except Exception:
            self._tell(DISCONNECTED, FAILED, order["type"], bytes(6))
            return
        self._connections[connection.handle] = connection
        address = bytes.fromhex(text)

        def gone(reason: int) -> None:
            self._connections.pop(connection.handle, None)
            self._tell(DISCONNECTED, connection.handle, order["type"], address)

        connection.on("disconnection", gone)
        self._tell(CONNECTED, connection.handle, order["type"], address)

    async def _disconnect(self, order: dict[str, Any]) -> None:
        connection = self._connections.get(order["connection"])
        if connection is not None:
            await connection.disconnect()

    async def _services(self, order: dict[str, Any]) -> None:
        handle = order["connection"]
        async with self._line:
            found = await self._connections[handle].gatt_client.discover_services()
        for one in found:
            self._tell(SERVICE, handle, one.handle, one.end_group_handle, _uuid(one.uuid))
        self._tell(SERVICES_DONE, handle, 0)

    async def _characteristics(self, order: dict[str, Any]) -> None:
        handle = order["connection"]
        client = self._connections[handle].gatt_client
        service = next(one for one in client.services if one.handle == order["start"])
        async with self._line:
            found = await client.discover_characteristics([], service)
        for one in found:
            self._tell(CHARACTERISTIC, handle, one.end_group_handle, one.handle, int(one.properties), _uuid(one.uuid))
        self._tell(CHARACTERISTICS_DONE, handle, 0)

    async def _descriptors(self, order: dict[str, Any]) -> None:
        handle = order["connection"]
        client = self._connections[handle].gatt_client
        async with self._line:
            found = await client.discover_descriptors(start_handle=order["start"], end_handle=order["end"])
        for one in found:
            self._tell(DESCRIPTOR, handle, one.handle, _uuid(one.type))
        self._tell(DESCRIPTORS_DONE, handle, 0)

    async def _mtu(self, order: dict[str, Any]) -> None:
        handle = order["connection"]
        async with self._line:
            mtu = await self._connections[handle].gatt_client.request_mtu(247)
        self._tell(MTU_DONE, handle, mtu, 0)

    async def _read(self, order: dict[str, Any]) -> None:
        handle = order["connection"]
        async with self._line:
            data = await self._connections[handle].gatt_client.read_value(order["handle"])
        self._tell(READ, handle, order["handle"], bytes(data))
        self._tell(READ_DONE, handle, order["handle"], 0)

    async def _write(self, order: dict[str, Any]) -> None:
        handle = order["connection"]
        client = self._connections[handle].gatt_client
        data = bytes.fromhex(order["data"])
        values = [
            one.handle
            for service in client.services
            for one in service.characteristics
            if one.handle < order["handle"] <= one.end_group_handle
        ]
        if values and data == b"\x01\x00" and (handle, values[-1]) not in self._subscribed:
            value_handle = values[-1]
            self._subscribed.add((handle, value_handle))

            def notified(value: bytes) -> None:
                self._tell(NOTIFIED, handle, value_handle, bytes(value))

            client.notification_subscribers.setdefault(value_handle, set()).add(notified)
        async with self._line:
            await client.write_value(order["handle"], data, with_response=bool(order["mode"]))
        self._tell(WRITTEN, handle, order["handle"], 0)


def _uuid(uuid: UUID) -> str:
    return "u" + bytes(reversed(uuid.to_bytes())).hex()


class Wearable:
    """A watch on the wrist: battery and heart rate, as the standard services have them."""

    def __init__(self, link: LocalLink, address: str, battery_pct: int = 80, is_infinitime: bool = False) -> None:
        written = ":".join(address[i : i + 2] for i in range(0, 12, 2)).upper()
        controller = Controller(f"wearable-{address}", link=link)
        self._device = Device(f"wearable-{address}", address=Address(written), host=Host(controller, controller))
        self.address = address
        self.battery_pct = battery_pct
        self.worn: str | None = None  # set before the start: its motion is listened to
        self._battery = gatt.Characteristic(
            gatt.GATT_BATTERY_LEVEL_CHARACTERISTIC,
            gatt.Characteristic.Properties.READ | gatt.Characteristic.Properties.NOTIFY,
            gatt.Characteristic.READABLE,
            gatt.CharacteristicValue(read=lambda connection: bytes([self.battery_pct])),
        )
        self._heart = gatt.Characteristic(
            gatt.GATT_HEART_RATE_MEASUREMENT_CHARACTERISTIC,
            gatt.Characteristic.Properties.NOTIFY,
            gatt.Characteristic.READABLE,
            b"",
        )
        self.rate_hz = 0  # as the hub asked; 0: not yet
        self._number = 0  # of the next sample
        self._motion = gatt.Characteristic(
            UUID(motion.STREAM), gatt.Characteristic.Properties.NOTIFY, gatt.Characteristic.READABLE, b""
        )
        control = gatt.Characteristic(
            UUID(motion.CONTROL),
            gatt.Characteristic.Properties.WRITE,
            gatt.Characteristic.WRITEABLE,
            gatt.CharacteristicValue(write=self._on_control),
        )
        self._values = gatt.Characteristic(
            UUID(infinitime.VALUES), gatt.Characteristic.Properties.NOTIFY, gatt.Characteristic.READABLE, b""
        )
        self._device.add_services(
            [
                gatt.Service(UUID(infinitime.SERVICE), [self._values])
                if is_infinitime
                else gatt.Service(UUID(motion.SERVICE), [self._motion, control]),
                gatt.Service(gatt.GATT_BATTERY_SERVICE, [self._battery]),
                gatt.Service(gatt.GATT_HEART_RATE_SERVICE, [self._heart]),
            ]
        )

    def settings(self) -> dict[str, str | None]:
        """This wearable as the hub's settings name it."""
        told: dict[str, str | None] = {"id": self.address, "kind": "wearable", "key": None, "room": None}
        return {**told, "label": "手表", "worn": self.worn}

    async def switch_on(self) -> None:
        await self._device.power_on()
        await self._device.start_advertising(
            own_address_type=OwnAddressType.RANDOM,
            auto_restart=True,
            advertising_data=b"\x02\x01\x06\x05\x02\x0f\x18\x0d\x18",
            advertising_interval_min=100,
            advertising_interval_max=100,
        )

    async def switch_off(self) -> None:
        """Out of range, or empty."""
        with contextlib.suppress(Exception):
            await self._device.stop_advertising()
        for connection in list(self._device.connections.values()):
            with contextlib.suppress(Exception):
                await connection.disconnect()

    async def beat(self, bpm: int, has_contact: bool = True) -> None:
        """Tell whoever has subscribed."""
        flags = 0x04 | (0x02 if has_contact else 0) | (0x01 if bpm > 255 else 0)
        body = struct.pack("<H", bpm) if bpm > 255 else bytes([bpm])
        await self._device.notify_subscribers(self._heart, bytes([flags]) + body)

    def _on_control(self, connection: Any, value: bytes) -> None:
        self.rate_hz = value[0]
        self._number = 0

    async def stream(
        self, samples: bytes, batch: int = 25, speed: float = 1.0, lose: Callable[[], bool] | None = None
    ) -> None:
        """Stream these samples (x y z int16 in mg, at `rate_hz`) as life would. Shape: `lose()` says which are lost."""
        for start in range(0, len(samples) // 6, batch):
            piece = samples[6 * start : 6 * (start + batch)]
            if lose is None or not lose():
                body = motion.write(self.rate_hz or 50, self._number, piece)
                await self._device.notify_subscribers(self._motion, body)
            self._number = (self._number + len(piece) // 6) & 0xFFFF
            await asyncio.sleep(len(piece) / 6 / (self.rate_hz or 50) / speed)

    async def values(self, samples: list[tuple[float, float, float]]) -> None:
        """Say these as InfiniTime does: ten a second, in 1/1024 g, clipped at 2 g. Shape: in mg."""
        for sample in samples:
            clipped = [max(-2048, min(2047, round(one * 1.024))) for one in sample]
            await self._device.notify_subscribers(self._values, struct.pack("<hhh", *clipped))
            await asyncio.sleep(0.1)

    async def battery(self, pct: int) -> None:
        self.battery_pct = pct
        await self._device.notify_subscribers(self._battery, bytes([pct]))
