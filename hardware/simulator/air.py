"""The air of one home: Bumble's virtual controllers on one link. Adverts go in as PDUs, scan reports come out.

Each sensor has a controller of its own; the hub's radio is a controller with a host that scans passively, duplicates
not filtered. Decides nothing about what the bytes mean.

Ref: bumble 0.0.236 LocalLink, Controller, ll.AdvInd; Bluetooth Core 5.4, vol. 6, part B, 2.3.1.1.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable

from bumble import ll
from bumble.controller import Controller
from bumble.device import Advertisement, Device
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink

logging.getLogger("bumble").setLevel(logging.ERROR)

EVENTS = 7  # advertising events of one press
INTERVAL_S = 0.1
JITTER_S = 0.01  # a random delay of 0 to 10 ms follows each event, so that two sensors do not collide for ever

# address (6, as people write it), rssi in dBm, data, address type (0 public, 1 random)
Report = Callable[[bytes, int, bytes, int], None]


class Air:
    """Shape: `on_report(address, rssi_dbm, data, address_type)` is called for each advert that is heard while on."""

    def __init__(self, on_report: Report, rssi_dbm: int = -62) -> None:
        self._link = LocalLink()
        self._radios: dict[str, Controller] = {}
        self._on_report = on_report
        self._rssi_dbm = rssi_dbm
        self._device: Device | None = None
        self._is_on = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Bring the hub's radio up, not yet scanning."""
        controller = Controller("hub", link=self._link, public_address="02:00:00:00:00:01")
        device = Device("hub", address=Address("F0:00:00:00:00:01"), host=Host(controller, controller))
        device.on("advertisement", self._on_advertisement)
        await device.power_on()
        self._device = device

    @property
    def device(self) -> Device:
        """The hub's radio."""
        assert self._device is not None, "the air has not started"
        return self._device

    @property
    def link(self) -> LocalLink:
        return self._link

    async def scan(self, is_on: bool) -> None:
        """Switch the hub's scanning on or off."""
        if self._device is None or is_on == self._is_on:
            return
        self._is_on = is_on
        if is_on:
            await self._device.start_scanning(legacy=True, active=False, filter_duplicates=False)
        else:
            await self._device.stop_scanning(legacy=True)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(self, address: str, data: bytes) -> float:
        """Put one advertising event into the air now. Returns the monotonic time in s of that moment."""
        radio = self._radios.get(address)
        written = ":".join(address[i : i + 2] for i in range(0, 12, 2)).upper()
        if radio is None:
            radio = self._radios[address] = Controller(address, link=self._link, public_address=written)
        pdu = ll.AdvInd(advertiser_address=Address(written, Address.PUBLIC_DEVICE_ADDRESS), data=data)
        at_s = time.monotonic()
        radio.send_advertising_pdu(pdu)
        return at_s

    def repeat(self, address: str, data: bytes, events: int = EVENTS, interval_s: float = INTERVAL_S) -> float:
        """Put an advert into the air now and again, as a sensor repeats it. Returns the time of the first."""
        at_s = self.send(address, data)
        if events > 1:
            task = asyncio.get_running_loop().create_task(self._again(address, data, events - 1, interval_s))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return at_s

    async def _again(self, address: str, data: bytes, events: int, interval_s: float) -> None:
        for _ in range(events):
            await asyncio.sleep(interval_s + random.random() * JITTER_S)
            self.send(address, data)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        if self._is_on:
            address = bytes.fromhex(advertisement.address.to_string(False).replace(":", ""))
            self._on_report(
                address, self._rssi_dbm, bytes(advertisement.data_bytes), int(not advertisement.address.is_public)
            )
