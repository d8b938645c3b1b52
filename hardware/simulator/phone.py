"""An installer's phone: a radio on the virtual air, with bleak's scanner and client on top of it.

`Phone(link)` brings the radio up; `phone.scanner` and `phone.client` are classes for bleak's `backend=`: what speaks
bleak speaks to simulated hubs then. Decides nothing about what is said.

Ref: bleak 3 BaseBleakScanner, BaseBleakClient; bumble 0.0.236 Peer.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from typing import Any, cast

from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic, GattCharacteristicsFlags
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.hci import Address, OwnAddressType
from bumble.host import Host
from bumble.link import LocalLink

from .peripheral import response_of

CONNECT_S = 5.0
_numbers = itertools.count(1)


def _uuid(uuid: UUID) -> str:
    digits = bytes(reversed(uuid.to_bytes(force_128=True))).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Phone:
    """One radio. Use as an async context."""

    def __init__(self, link: LocalLink) -> None:
        number = next(_numbers)
        controller = Controller(f"phone-{number}", link=link)
        self.device = Device(
            f"phone-{number}", address=Address(f"F0:00:00:00:01:{number:02X}"), host=Host(controller, controller)
        )
        phone = self

        class PhoneScanner(_Scanner):
            of = phone

        class PhoneClient(_Client):
            of = phone

        self.scanner: type[BaseBleakScanner] = PhoneScanner
        self.client: type[BaseBleakClient] = PhoneClient

    async def __aenter__(self) -> Phone:
        await self.device.power_on()
        return self

    async def __aexit__(self, *_: Any) -> None:
        for connection in list(self.device.connections.values()):
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.disconnect(), 2)
        with contextlib.suppress(Exception):
            await self.device.power_off()


class _Scanner(BaseBleakScanner):
    of: Phone

    def __init__(self, detection_callback: Any, service_uuids: Any, scanning_mode: str = "active", **_: Any) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        self.of.device.on("advertisement", self._on_advertisement)
        await self.of.device.start_scanning(legacy=True, active=False, filter_duplicates=False)

    async def stop(self) -> None:
        self.of.device.remove_listener("advertisement", self._on_advertisement)
        await self.of.device.stop_scanning(legacy=True)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        address = str(advertisement.address).split("/")[0]
        data = AdvertisingData.from_bytes(bytes(advertisement.data_bytes) + response_of(address))
        uuids: list[str] = []
        for kind in (
            AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
            AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
        ):
            for found in data.get_all(kind):
                uuids += [_uuid(one) for one in cast("list[UUID]", found)]
        service_data = {}
        for found in data.get_all(AdvertisingData.SERVICE_DATA_16_BIT_UUID):
            uuid, value = cast("tuple[UUID, bytes]", found)
            service_data[_uuid(uuid)] = bytes(value)
        name = cast("str | None", data.get(AdvertisingData.COMPLETE_LOCAL_NAME))
        told = AdvertisementData(name, {}, service_data, uuids, None, advertisement.rssi, ())
        if not self.is_allowed_uuid(uuids):
            return
        device = self.create_or_update_device(address, address, name, advertisement.address, told)
        self.call_detection_callbacks(device, told)


class _Client(BaseBleakClient):
    of: Phone

    def __init__(self, address_or_ble_device: BLEDevice | str, **more: Any) -> None:
        super().__init__(address_or_ble_device, **more)
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._heard: dict[int, Any] = {}

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        address = Address(self.address, Address.RANDOM_DEVICE_ADDRESS)
        try:
            connection = await self.of.device.connect(
                address, own_address_type=OwnAddressType.RANDOM, timeout=min(self._timeout, CONNECT_S)
            )
        except Exception as fault:
            raise BleakError(f"no connection to {self.address}: {type(fault).__name__}") from None
        self._connection = connection
        connection.on("disconnection", self._on_gone)
        self._peer = Peer(connection)
        await self._peer.request_mtu(247)
        await self._discover(self._peer)

    def _on_gone(self, reason: int) -> None:
        self._connection = self._peer = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _discover(self, peer: Peer) -> None:
        services = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            own = BleakGATTService(service, service.handle, _uuid(service.uuid))
            services.add_service(own)
            for one in await service.discover_characteristics():
                names = [
                    flag.name.replace("_", "-") for flag in GattCharacteristicsFlags if flag.value & one.properties
                ]
                services.add_characteristic(
                    BleakGATTCharacteristic(
                        one,
                        one.handle,
                        _uuid(one.uuid),
                        cast("list[CharacteristicPropertyName]", names),
                        lambda: self.mtu_size - 3,
                        own,
                    )
                )
        self.services = services

    async def disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._connection.disconnect(), 3)
        self._connection = self._peer = None

    async def pair(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    def _there(self) -> Peer:
        if self._peer is None:
            raise BleakError("Not connected")
        return self._peer

    async def _guarded(self, work: Any) -> Any:
        """A connection that breaks in the middle of a request ends it."""
        assert self._connection is not None
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        connection = self._connection
        listener = connection.on("disconnection", lambda reason: gone.done() or gone.set_result(None))
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait((task, gone), timeout=10, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                task.cancel()
                raise BleakError("the connection broke")
            return task.result()
        except BleakError:
            raise
        except Exception as fault:
            raise BleakError(f"the request failed: {type(fault).__name__}") from None
        finally:
            connection.remove_listener("disconnection", listener)
            gone.cancel()

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        self._there()
        return bytearray(await self._guarded(characteristic.obj.read_value()))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        raise NotImplementedError

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        self._there()
        await self._guarded(characteristic.obj.write_value(bytes(data), with_response=response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        raise NotImplementedError

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Callable[[bytearray], None], **_: Any
    ) -> None:
        self._there()

        def heard(value: bytes) -> None:
            callback(bytearray(value))

        self._heard[characteristic.handle] = heard
        await self._guarded(characteristic.obj.subscribe(heard))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        self._there()
        await self._guarded(characteristic.obj.unsubscribe(self._heard.pop(characteristic.handle, None)))
