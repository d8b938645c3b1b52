"""Press to sound while the outside world holds the hub up: quiet, DNS that stalls, a TLS server that never answers,
flash that is written all the time, and the loop itself blocked for 1 s again and again.

The real firmware, and no broker at all: the local alarm waits for nobody. One thing is put into the copy that runs: the
cancel button forgets every alarm, so that the next press is a new one. Interleaved rounds, so that a noisy moment of
the machine falls on all cases alike.
"""

import asyncio
import contextlib
import os
import pathlib
import tempfile
from typing import Any

import ill_firmware
from simulator.home import BED, Home

PRESSES = int(os.environ.get("BENCH_STALL_PRESSES", "150"))
ROUNDS = 5
FORGET = (
    "hub/calls.py",
    "        mine = [alarm for alarm in self.alarms if alarm.may_cancel()]",
    "        self.alarms[:] = []\n        self.outbox.messages[:] = []",
)
TEND = "                now_ms = clock.now_ms()\n                for part in"
CASES: dict[str, list[tuple[str, str, str]]] = {
    "quiet": [],
    "dns_stall": [
        (
            "device/link/dial.py",
            "            found = socket.getaddrinfo",
            "            import time\n            time.sleep(20)",
        )
    ],
    "tls_silent": [],
    "flash_writing": [("device/app.py", TEND, "                self._journal.append(99, b'x' * 256)")],
    "loop_blocked": [("device/app.py", TEND, "                import time\n                time.sleep_ms(1000)")],
}


class Case:
    """One home held in one state."""

    def __init__(self, name: str, folder: pathlib.Path, silent_port: int) -> None:
        self.name = name
        folder.mkdir()
        security = {"security": "psk", "psk_hex": "5a" * 32} if name == "tls_silent" else None
        self.home = Home(folder / "home", "hub-1", "127.0.0.1", silent_port, "-", security=security)
        self.home.firmware = ill_firmware.make(folder, [FORGET, *CASES[name]])
        self.times: list[float] = []

    async def start(self) -> None:
        if self.name == "dns_stall":
            self.home.broker_name = "nowhere.invalid"
        await self.home.start()

    async def press(self, events: int = 1) -> None:
        home = self.home
        heard = len(home.events)
        pressed_s = home.press(BED, events=events)
        siren = await home.wait_for("siren", lambda d: d["on"], 20, since=heard)
        self.times.append((siren[0] - pressed_s) * 1000)
        await asyncio.sleep(0.05)
        heard = len(home.events)
        for _ in range(5):  # on a busy machine a short press of the cancel button may go unseen
            await home.cancel(4 if self.name == "loop_blocked" else 0.2)
            with contextlib.suppress(TimeoutError):
                await home.wait_for("siren", lambda d: not d["on"], 8, since=heard)
                break
        await home.wait_for("lamp", lambda d: d["rgb"] != [255, 0, 0], 20, since=heard)
        await asyncio.sleep(0.02 + 0.013 * (len(self.times) % 7))  # not in step with the firmware's own ticks


async def _never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while await reader.read(1000):
            pass
    writer.close()


async def run(report: Any, quantile: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="anling-", ignore_cleanup_errors=True) as name:
        server = await asyncio.start_server(_never_answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        found: dict[str, list[float]] = {case: [] for case in CASES}
        for round_number in range(ROUNDS):
            for case_name in CASES:
                case = Case(case_name, pathlib.Path(name) / f"{case_name}-{round_number}", port)
                try:
                    await case.start()
                    await case.press(events=7)  # the scan may just be starting
                    case.times.clear()
                    for _ in range(
                        PRESSES // ROUNDS if case_name != "loop_blocked" else max(1, PRESSES // ROUNDS // 5)
                    ):
                        await case.press()
                finally:
                    await case.home.stop()
                found[case_name] += case.times
        server.close()
    quiet_ms = quantile(found["quiet"], 0.99)
    for case_name, times in found.items():
        bench = "press_to_sound_" + case_name
        report(bench, "p50", quantile(times, 0.5), "ms")
        report(bench, "p99", quantile(times, 0.99), "ms")
        report(bench, "worst", max(times), "ms")
        report(bench, "presses", len(times), "presses")
        if case_name != "quiet":
            report(bench, "p99_ratio_to_quiet", quantile(times, 0.99) / quiet_ms, "ratio")
