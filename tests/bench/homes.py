"""A district of 30,000 homes: its map, a search in a hurry, who rings, a table of 1,000 homes while presses come in."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "relay"))

import office_parts
from database_parts import alarm_message, say

from relay import sample
from relay.clock import now_ms

BENCH = "homes"
ASKED = 30
TABLE = "building,unit,floor,door,name,contact1_name,contact1_phone\n"


def _timed(asked: Any) -> float:
    begin = time.perf_counter()
    asked()
    return (time.perf_counter() - begin) * 1000


def _measure(report: Any, quantile: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, office_parts.office(Path(folder), None) as office:
        filled = _timed(lambda: office.database.write(lambda tx: sample.fill_district(tx, 3, now_ms())).result())
        report(BENCH, "fill_30000_homes_ms", filled, "ms")
        officer, person, boss = office.desk("district"), office.desk("operator"), office.desk("supervisor")
        for name, asked in (
            ("map_of_30000_homes", lambda: officer.get("/api/district/homes")),
            ("communities", lambda: officer.get("/api/district")),
            ("search_by_initials", lambda: person.get("/api/search?q=w")),
            ("search_by_phone", lambda: person.get("/api/search?q=1380000")),
            ("hotline", lambda: person.get("/api/hotline?phone=13800000001")),
            ("board_of_own_community", lambda: person.get("/api/board")),
        ):
            asked()
            times = [_timed(asked) for _ in range(ASKED)]
            report(BENCH, f"{name}_p50", quantile(times, 0.5), "ms")
            report(BENCH, f"{name}_p95", quantile(times, 0.95), "ms")
        answer = officer.ask("GET", "/api/district/homes", headers={"Accept-Encoding": "gzip"})
        report(BENCH, "map_bytes", int(answer.headers["content-length"]), "B")
        _import_beside_presses(report, quantile, office, boss)


def _import_beside_presses(report: Any, quantile: Any, office: Any, boss: Any) -> None:
    """An alarm may not wait for a table: presses go on while it is taken in."""
    lines = [f"{n // 40 + 30},1,{n % 40 // 4 + 1},{n},老人{n},子女{n},1380000{n:04}" for n in range(1000)]
    data = (TABLE + "\n".join(lines)).encode()
    is_over = threading.Event()
    waits: list[float] = []

    def press() -> None:
        seq = 0
        while not is_over.is_set():
            seq += 1
            waits.append(_timed(lambda: say(office.database, "alarm", alarm_message(seq))))  # noqa: B023
            time.sleep(0.02)

    thread = threading.Thread(target=press)
    thread.start()
    taken = _timed(lambda: boss.ask("POST", "/api/people/import", content=data, headers={"Content-Type": "text/csv"}))
    is_over.set()
    thread.join()
    report(BENCH, "import_1000_homes", taken, "ms")
    report(BENCH, "press_committed_meanwhile_p50", quantile(waits, 0.5), "ms")
    report(BENCH, "press_committed_meanwhile_max", max(waits), "ms")


async def run(report: Any, quantile: Any) -> None:
    await asyncio.to_thread(_measure, report, quantile)
