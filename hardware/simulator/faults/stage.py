"""One relay for all rows, one home for each, and what is read off them. Decides nothing of a fault."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import signal
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from .. import demo
from ..home import BED, FIRMWARE, STAND_INS, Home
from ..processes import Children, free_port

ARRIVES_S = 60.0
COLOURS = {
    (255, 0, 0): "red",
    (255, 90, 0): "orange",
    (255, 160, 0): "amber",
    (0, 60, 255): "blue",
    (0, 200, 40): "green",
    (120, 120, 120): "white",
    (40, 24, 0): "dim",
    (6, 6, 2): "safe",
}


@dataclass
class Row:
    """One line of the table."""

    fault: str
    siren_ms: float | None  # after the press
    told: str
    arrived: str
    way: str


class Stage:
    """A relay with its broker and a sample of hubs. Shape: `hubs` are handed out, one for each row."""

    def __init__(self, folder: pathlib.Path, homes: int) -> None:
        self.folder = folder
        self.children = Children(folder)
        self.relay_port, self.broker_port = free_port(), free_port()
        self._hubs: list[dict[str, Any]] = demo.sample(folder, homes)["hubs"]

    def start_relay(self) -> None:
        demo.start_relay(self.children, self.folder, self.relay_port, self.broker_port)

    def home(self, name: str, port: int | None = None, **more: Any) -> Home:
        """A home that nobody else uses; `port` instead of the broker's."""
        hub = self._hubs.pop()
        home = Home(self.folder / name, hub["hub_id"], "127.0.0.1", port or self.broker_port, hub["password"], **more)
        home.environment["ANLING_DNS"] = str(home.folder / "dns.json")
        return home

    def kill_broker(self) -> None:
        """kill -9; the relay starts another one."""
        os.kill(
            int(json.loads((self.folder / "relay" / "running.json").read_text("utf-8"))["broker_pid"]), signal.SIGKILL
        )

    def pause_relay(self, is_paused: bool) -> None:
        """The relay hangs, while its broker works."""
        os.kill(self.children.pid("relay"), signal.SIGSTOP if is_paused else signal.SIGCONT)

    def _ask(self, question: str, hub_id: str) -> list[Any]:
        path = self.folder / "relay" / "relay.db"
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
        try:
            return database.execute(question, (hub_id,)).fetchall()
        except sqlite3.Error:
            return []  # the relay is just being killed: ask again
        finally:
            database.close()

    def alarms(self, home: Home) -> list[tuple[dict[str, Any], int]]:
        """(message, committed at) of each alarm message of this hub that the relay has."""
        found = self._ask("SELECT body, committed_at FROM intake WHERE hub_id = ? AND word = 'alarm'", home.hub_id)
        return [(json.loads(body), at) for body, at in found if at is not None]

    def technical(self, home: Home) -> list[str]:
        """Kinds of technical alarms that the relay has of this hub."""
        return [kind for (kind,) in self._ask("SELECT kind FROM technical_alarms WHERE hub_id = ?", home.hub_id)]

    async def online(self, home: Home, limit_s: float = 30) -> None:
        """Until the relay has heard the hub. Errors: TimeoutError."""
        deadline_s = time.monotonic() + limit_s
        while not self._ask("SELECT 1 FROM hubs WHERE hub_id = ? AND is_online = 1", home.hub_id):
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"{home.hub_id}: the relay has not heard it within {limit_s:.0f} s")
            await asyncio.sleep(0.1)

    async def arrival_ms(self, home: Home, device: str, wall_ms: float, limit_s: float = ARRIVES_S) -> float:
        """ms from the press until the relay had committed it. Errors: TimeoutError."""
        deadline_s = time.monotonic() + limit_s
        while time.monotonic() < deadline_s:
            found = await asyncio.to_thread(self.alarms, home)
            # the clock of the relay's note has whole ms, and so may stand 1 ms before the press
            right = [
                at for body, at in found if body["device"] == device and body["kind"] == "help" and at >= wall_ms - 2
            ]
            if right:
                return max(0.0, min(right) - wall_ms)
            await asyncio.sleep(0.1)
        raise TimeoutError(f"{home.hub_id}: no alarm at the relay within {limit_s:.0f} s")

    def stop(self) -> None:
        self.children.stop()


def ill(folder: str) -> dict[str, str]:
    """The environment for a hub whose network or clock is the stand-in's of this folder."""
    here = STAND_INS.parent / folder
    return {"MICROPYPATH": os.pathsep.join([".frozen", str(here), str(STAND_INS), str(FIRMWARE)])}


class Press:
    """One press, and what the home had of it from then on."""

    def __init__(self, home: Home, device: str = BED) -> None:
        self._home = home
        self.device = device
        self.since = len(home.events)
        sirens = [detail["on"] for _, name, detail in home.events if name == "siren"]
        self.was_sounding = bool(sirens) and sirens[-1]
        self.wall_ms = time.time() * 1000
        self.at_s = home.press(device)

    async def siren_ms(self, limit_s: float = 5) -> float | None:
        """None: silent, or it sounded already."""
        if self.was_sounding:
            return None
        try:
            heard = await self._home.wait_for("siren", lambda d: d["on"], limit_s, since=self.since)
        except TimeoutError:
            return None
        return (heard[0] - self.at_s) * 1000

    def told(self) -> str:
        """Voice and lamp in order, each with its time in s; the same twice is named once."""
        found: list[str] = []
        names: set[str] = set()
        for at_s, name, detail in self._home.events[self.since :]:
            if name == "voice":
                word = "“" + detail["prompt"] + "”"
            elif name == "lamp":
                word = COLOURS.get(tuple(detail["rgb"]), "")
            else:
                continue
            if word and word not in names:
                names.add(word)
                found.append(f"{word} {at_s - self.at_s:.1f}")
        return ("siren already on, " if self.was_sounding else "") + ", ".join(found)
