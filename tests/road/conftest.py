"""The whole road in tests: a real relay with its broker, a real home with the real firmware. One sample for all."""

import asyncio
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "relay"))

from relay_parts import Relay, Staff, relay_command
from simulator.home import Home


@pytest.fixture(scope="session")
def road_sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("road-sample")
    made = relay_command("sample", "--homes", "6", "--json", data=folder)
    assert made.returncode == 0, made.stderr
    return folder, json.loads(made.stdout)


@pytest.fixture
def road_relay(road_sample: tuple[Path, dict[str, Any]], tmp_path: Path) -> Iterator[Relay]:
    """A relay of one's own, to be killed at will."""
    folder = tmp_path / "relay"
    folder.mkdir()
    for name in ("relay.db", "secrets.key"):
        shutil.copy(road_sample[0] / name, folder / name)
    one = Relay(folder, road_sample[1])
    one.start()
    yield one
    one.stop()


class Road:
    """A relay and one home on it. Use as an async context; `staff` is signed in."""

    def __init__(self, relay: Relay, folder: Path, language: str = "zh") -> None:
        self.relay = relay
        first = relay.sample["hubs"][0]
        self.dwelling_id = first["dwelling_id"]
        self.home = Home(folder, first["hub_id"], "127.0.0.1", relay.broker_port, first["password"], language=language)
        self.staff: Staff = relay.staff()

    async def __aenter__(self) -> "Road":
        await self.home.start()
        await self.until(lambda: self.staff.dwelling(self.home.hub_id)["is_hub_online"], "the hub is on the line")
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.home.stop()
        self.staff.close()

    async def until(self, ask: Any, what: str, wait_s: float = 30) -> Any:
        """Ask again until the answer is true. Errors of a relay that is away count as no."""
        loop = asyncio.get_running_loop()
        end = loop.time() + wait_s
        while True:
            try:
                answer = await asyncio.to_thread(ask)
            except (OSError, AssertionError, Exception) as fault:
                if "httpx" not in type(fault).__module__ and not isinstance(fault, (OSError, AssertionError)):
                    raise
                answer = None
            if answer:
                return answer
            if loop.time() > end:
                raise AssertionError(f"not within {wait_s} s: {what}")
            await asyncio.sleep(0.1)

    def help_alarms(self) -> list[dict[str, Any]]:
        return [one for one in self.staff.alarms() if one["kind"] == "help"]

    async def sounds(self, since: int) -> None:
        await self.home.wait_for("siren", lambda d: d["on"], 5, since=since)

    async def hears(self, prompt: str, since: int = 0, wait_s: float = 45) -> None:
        await self.home.wait_for("voice", lambda d: d["prompt"] == prompt, wait_s, since=since)


@pytest.fixture
def road_of(tmp_path: Path):
    """Makes the road over a relay."""
    return lambda relay, **more: Road(relay, tmp_path / "home", **more)
