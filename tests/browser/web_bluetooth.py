"""Chromium's own Web Bluetooth in front of the simulator's air: what a page does to an emulated peripheral is done to
the real hub by a phone's radio, and what the hub says comes back into the page.

Chromium's emulation (DevTools: BluetoothEmulation, DeviceAccess) has no notifications: a value that the hub notifies is
given to a read that is made for it, which fires the same event at the same characteristic. Knows nothing of what is
said.
"""

import asyncio
import base64
from typing import Any

from bleak import BleakClient
from playwright.async_api import Page
from protocol import improv, pairing
from simulator.phone import Phone

FLAGS = ("--enable-features=WebBluetooth", "--enable-experimental-web-platform-features")
REMEMBER = """
globalThis.anlingHeard = {};
const characteristic = globalThis.BluetoothRemoteGATTCharacteristic?.prototype;
if (characteristic) {
  const start = characteristic.startNotifications;
  characteristic.startNotifications = async function () {
    const done = await start.call(this);
    anlingHeard[this.uuid] = this;
    return done;
  };
}
"""
ANSWER, UNLIKELY = "BluetoothEmulation.simulateCharacteristicOperationResponse", 14
CONFIGURATION = "00002902-0000-1000-8000-00805f9b34fb"  # of a client, without which a browser does not subscribe
SERVICES = {
    improv.SERVICE: {improv.ERROR: "read notify", improv.COMMAND: "write", improv.RESULT: "read notify"},
    pairing.SERVICE: {pairing.INBOX: "write", pairing.OUTBOX: "read notify"},
}


class WebBluetooth:
    """Shape: `page` with REMEMBER as an init script; `phone` on the hub's air. `written` counts the page's writes."""

    def __init__(self, page: Page, phone: Phone) -> None:
        self._page = page
        self._phone = phone
        self._cdp: Any = None
        self._chooser: Any = None
        self._client: BleakClient | None = None
        self._device: Any = None
        self._uuids: dict[str, str] = {}  # by the browser's own name of the characteristic
        self._notified: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._value = b""  # for the read that is made for a notification
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscribed: set[str] = set()
        self._chosen: set[str] = set()  # choosers that were answered
        self.written = 0
        self.drop_after: int | None = None  # the installer walks away after so many writes
        self.is_cancelled = False  # the person closes the chooser

    async def start(self) -> None:
        browser = self._page.context.browser
        assert browser is not None
        self._cdp = await browser.new_browser_cdp_session()
        self._chooser = await self._page.context.new_cdp_session(self._page)
        for session, name, work in (
            (self._cdp, "BluetoothEmulation.gattOperationReceived", self._on_gatt),
            (self._cdp, "BluetoothEmulation.characteristicOperationReceived", self._on_characteristic),
            (self._chooser, "DeviceAccess.deviceRequestPrompted", self._on_chooser),
        ):
            session.on(name, lambda told, work=work: self._spawn(work(told)))
        await self._cdp.send("BluetoothEmulation.enable", {"state": "powered-on", "leSupported": True})
        await self._chooser.send("DeviceAccess.enable")
        self._spawn(self._notify())

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.disconnect()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def see(self, device: Any) -> None:
        """The hub is in reach. Shape: `device` as bleak found it."""
        self._device = device
        self._address = device.address
        uuids = [improv.SERVICE]
        about = {"address": self._address, "name": device.name, "manufacturerData": [], "knownServiceUuids": uuids}
        await self._cdp.send("BluetoothEmulation.simulatePreconnectedPeripheral", about)

    async def _on_chooser(self, told: dict[str, Any]) -> None:
        if not told["devices"] or told["id"] in self._chosen:
            return  # the list fills itself, and is told anew each time
        self._chosen.add(told["id"])
        if self.is_cancelled:
            await self._chooser.send("DeviceAccess.cancelPrompt", {"id": told["id"]})
            return
        await self._chooser.send("DeviceAccess.selectPrompt", {"id": told["id"], "deviceId": told["devices"][0]["id"]})

    async def _on_gatt(self, told: dict[str, Any]) -> None:
        if told["type"] == "connection":
            await self._connected()
            if not self._uuids:
                await self._make_services()
        answer = {"address": self._address, "type": told["type"], "code": 0}
        await self._cdp.send("BluetoothEmulation.simulateGATTOperationResponse", answer)

    async def _connected(self) -> BleakClient:
        """The phone's connection to the hub. A page that left and came back is still connected in the emulation."""
        if self._client is None or not self._client.is_connected:
            self._client = BleakClient(self._device, backend=self._phone.client)
            await self._client.connect()
            for uuid in self._subscribed:
                await self._subscribe(self._client, uuid)
        return self._client

    async def _subscribe(self, client: BleakClient, uuid: str) -> None:
        await client.start_notify(uuid, lambda _, data: self._notified.put_nowait((uuid, bytes(data))))

    async def _make_services(self) -> None:
        for service, characteristics in SERVICES.items():
            made = await self._cdp.send(
                "BluetoothEmulation.addService", {"address": self._address, "serviceUuid": service}
            )
            for uuid, can in characteristics.items():
                asked = {"serviceId": made["serviceId"], "characteristicUuid": uuid}
                asked["properties"] = {name: True for name in can.split()}
                found = await self._cdp.send("BluetoothEmulation.addCharacteristic", asked)
                self._uuids[found["characteristicId"]] = uuid
                if "notify" in can:
                    told = {"characteristicId": found["characteristicId"], "descriptorUuid": CONFIGURATION}
                    await self._cdp.send("BluetoothEmulation.addDescriptor", told)

    async def _on_characteristic(self, told: dict[str, Any]) -> None:
        uuid = self._uuids[told["characteristicId"]]
        answer = {"characteristicId": told["characteristicId"], "type": told["type"], "code": 0}
        client = await self._connected()
        if told["type"] == "read":
            answer["data"] = base64.b64encode(self._value).decode()
        elif told["type"] == "write":
            self.written += 1
            if self.drop_after is not None and self.written > self.drop_after:
                self.drop_after = None
                # The emulation's own disconnection never ends beside a page that leaves, too: the write fails here.
                await self._cdp.send(ANSWER, answer | {"code": UNLIKELY})
                await client.disconnect()
                return
            await client.write_gatt_char(uuid, base64.b64decode(told["data"]), response=True)
        elif told["type"] == "subscribe-to-notifications":
            self._subscribed.add(uuid)
            await self._subscribe(client, uuid)
        await self._cdp.send(ANSWER, answer)

    async def _notify(self) -> None:
        """One value after another, in the order in which the hub notified them."""
        while True:
            uuid, self._value = await self._notified.get()
            await self._page.evaluate("async (uuid) => { await anlingHeard[uuid].readValue(); }", uuid)
