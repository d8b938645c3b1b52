"""The firmware on each board that hub.toml makes: it starts there, and a press of a radio button sounds the siren."""

from __future__ import annotations

import asyncio
import pathlib
import shutil
import socket

import pytest
from simulator.home import BED, FIRMWARE, Home

from hardware import build
from hardware.make.source import ROOT, load

SOURCE = load()


def nowhere() -> int:
    """A port on which nobody listens: the home is without a relay."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("name", [variant.name for variant in build.real(SOURCE)])
def test_a_press_sounds_the_siren_on_every_board(tmp_path: pathlib.Path, name: str) -> None:
    tree = tmp_path / "firmware"
    shutil.copytree(FIRMWARE, tree, ignore=shutil.ignore_patterns("__pycache__", "voices", "tools"))
    shutil.copy(ROOT / SOURCE.variants[name].file, tree / "device" / "board.py")

    async def story() -> None:
        home = Home(tmp_path / "h", "hub-1", "127.0.0.1", nowhere(), "none")
        home.firmware = tree
        await home.start()
        try:
            home.press(BED)
            for _ in range(300):
                if any(event[1] == "siren" and event[2]["on"] for event in home.events):
                    break
                await asyncio.sleep(0.02)
            else:
                raise AssertionError([event for event in home.events if event[1] in ("hub", "siren", "lamp")][-12:])
            assert not [event for event in home.events if "crashed" in str(event[2])]
        finally:
            await home.stop()

    asyncio.run(story())
