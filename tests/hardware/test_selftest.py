"""The bench script against the simulated board: a person who does what it says gets a pass, a broken board a fail."""

from __future__ import annotations

import asyncio
import os
import pathlib
import sys
from typing import Any

import pytest
from simulator.board_link import WIRE_CUT_MV, WIRE_PRESSED_MV, WIRE_REST_MV, BoardLink
from simulator.bthome_sensor import Sensor, advert
from simulator.places import FIRMWARE, STAND_INS, micropython

BUTTON, CANCEL, BATTERY, MAINS = 7, 8, 9, 6
WDT_RESET = 3


class Bench:
    """A simulated board on a bench and the person at it. Shape: `answers` by a word of the question."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.board: dict[str, Any] = {}
        self.link = BoardLink(folder / "board", lambda name, detail: self.board.update({name: detail}))
        self.button = Sensor("5448e68f80a5", "button", None, "bench", "button", folder)
        self.answers = {"red?": "y", "green?": "y", "blue?": "y", "ready?": "y", "dB(A)": "88", "Ready?": "y"}
        self.answers |= {"milliamperes": "120", "volts": "3.9"}
        self.presses = 10

    async def run(self, cause: int = 1, is_bitten: bool = True) -> tuple[int, str]:
        """(exit status, sheet). With `is_bitten` the board ends the process when its watchdog starves."""
        await self.link.start()
        process = await asyncio.create_subprocess_exec(
            str(micropython()),
            "-X",
            "heapsize=2m",
            str(FIRMWARE / "tools" / "selftest.py"),
            env={
                **os.environ,
                "MICROPYPATH": os.pathsep.join([".frozen", str(STAND_INS), str(FIRMWARE)]),
                "ANLING_BOARD": str(self.folder / "board"),
                "ANLING_HUB_DIR": str(self.folder),
                "ANLING_RESET_CAUSE": str(cause),
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            assert process.stdout is not None and process.stdin is not None
            heard = ""
            while piece := await asyncio.wait_for(process.stdout.read(4096), 60):
                heard += piece.decode()
                *lines, heard = heard.split("\n")
                for line in lines:
                    self.said.append(line)
                    await self._do(line)
                    if "should reset in" in line and is_bitten:
                        await self._until_fed()
                        process.kill()
                answer = next((text for word, text in self.answers.items() if word in heard), None)
                if answer is not None and heard.endswith(") "):
                    self.said.append(heard)
                    heard = ""
                    process.stdin.write(answer.encode() + b"\n")
            return await process.wait(), "\n".join(self.said)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await self.link.stop()

    async def _until_fed(self) -> None:
        """Until the board has heard of its watchdog."""
        for _ in range(1000):
            if "watchdog" in self.board:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("no watchdog was started")

    async def _do(self, line: str) -> None:
        """What the person at the bench does when told so."""
        if "press the red button" in line:
            self.link.set_level(BUTTON, WIRE_PRESSED_MV)
        elif "let the button go" in line or "put the wire back" in line:
            self.link.set_level(BUTTON, WIRE_REST_MV)
        elif "wire off" in line:
            self.link.set_level(BUTTON, WIRE_CUT_MV)
        elif "press the green button" in line:
            self.link.set_pin(CANCEL, 0)
        elif "let it go" in line:
            self.link.set_pin(CANCEL, 1)
        elif "pull the mains" in line:
            self.link.set_pin(MAINS, 0)
        elif "plug it in again" in line:
            self.link.set_pin(MAINS, 1)
        elif "press it 10 times" in line:
            for _ in range(self.presses):
                data = advert(self.button.press())
                for _ in range(3):
                    self.link.advert(bytes.fromhex(self.button.address), -60, data)
                    await asyncio.sleep(0.005)


def test_a_good_board_gets_a_pass_over_its_reset(tmp_path: pathlib.Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        _, said = await bench.run()
        assert "FAIL" not in said, said
        assert bench.board["watchdog"] == {"timeout_ms": 4000}
        assert not bench.board["siren"]["on"] and bench.board["lamp"]["rgb"] == [6, 6, 2]
        bench.said.clear()
        status, said = await bench.run(cause=WDT_RESET)
        assert status == 0 and "--- PASS: " in said and "0 failed, 0 not done" in said, said
        assert "10 of 10 heard" in said and "468 mW" in said

    asyncio.run(story())


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"dB(A)": "70"}, "FAIL      siren"),
        ({"milliamperes": "320"}, "FAIL      current"),
        ({"green?": "n"}, "FAIL      lamp green"),
        ({"volts": "s"}, "not done  current"),
    ],
)
def test_what_the_person_sees_amiss_fails_the_board(tmp_path: pathlib.Path, change: dict[str, str], line: str) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.answers |= change
        _, said = await bench.run()
        assert line in said, said
        bench.said.clear()
        status, said = await bench.run(cause=WDT_RESET)
        assert status == 1 and "--- FAIL: " in said, said

    asyncio.run(story())


def test_a_watchdog_that_did_not_bite_fails_the_board(tmp_path: pathlib.Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        await bench.run()
        bench.said.clear()
        status, said = await bench.run(cause=1)
        assert status == 1 and "FAIL      watchdog" in said, said

    asyncio.run(story())


def test_an_empty_cell_fails_the_board(tmp_path: pathlib.Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path)
        bench.link.set_level(BATTERY, 1200)
        _, said = await bench.run()
        assert "FAIL      battery" in said, said

    asyncio.run(story())


def test_the_sheet_needs_a_person(tmp_path: pathlib.Path) -> None:
    """Without answers everything is left out, and that is no pass."""
    assert sys.platform != "win32"

    async def story() -> None:
        bench = Bench(tmp_path)
        bench.answers = {"?": "s"}
        _, said = await bench.run()
        assert "not done  siren" in said and "not done  current" in said and "not done  lamp red" in said, said

    asyncio.run(story())
