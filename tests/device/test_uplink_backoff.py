"""Claims about the pauses between two tries, in virtual time: nobody waits here."""

from __future__ import annotations

import asyncio
import importlib
import pathlib
import sys

import pytest
from uplink_parts import settings

HERE = pathlib.Path(__file__).resolve().parent
STEPS = [1000, 2000, 4000, 8000, 15000, 30000, 30000, 30000]


class VirtualTime:
    """A clock that the uplink's own waiting moves on. Ends the run after so many pauses."""

    def __init__(self, pauses: int) -> None:
        self.now_ms = 0
        self.pauses: list[int] = []
        self._left = pauses

    async def wait_for_ms(self, what, duration_ms: int):
        what.close()
        self.now_ms += duration_ms
        self.pauses.append(duration_ms)
        self._left -= 1
        if not self._left:
            raise asyncio.CancelledError
        raise asyncio.TimeoutError

    async def sleep_ms(self, duration_ms: int) -> None:
        self.now_ms += duration_ms
        await asyncio.sleep(0)


@pytest.fixture
def uplink_file(monkeypatch: pytest.MonkeyPatch):
    """device.link.uplink over the stand-in radio."""
    monkeypatch.syspath_prepend(str(HERE / "micropython"))
    names = ("network", "device.link.wifi", "device.link.uplink")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(asyncio, "ThreadSafeFlag", asyncio.Event, raising=False)
    yield importlib.import_module("device.link.uplink")
    for name in names:
        sys.modules.pop(name, None)


def _run(uplink_file, monkeypatch: pytest.MonkeyPatch, faults, count: int, prepare=lambda line: None):
    """Run an uplink whose every try fails with the next of `faults`; (virtual time, events)."""
    time = VirtualTime(count)
    monkeypatch.setattr(asyncio, "wait_for_ms", time.wait_for_ms, raising=False)
    monkeypatch.setattr(asyncio, "sleep_ms", time.sleep_ms, raising=False)
    reasons = iter(faults)

    async def fail(self, context, server_name):
        raise next(reasons)

    monkeypatch.setattr(uplink_file.Dialer, "open", fail)
    events: list[tuple] = []

    async def run():
        line = uplink_file.Uplink(settings(1883), events.append, lambda: time.now_ms)
        prepare(line)
        await line.run()

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
    return time, events


def _refused(uplink_file, count: int):
    return [uplink_file.LineFault("connection_refused") for _ in range(count)]


def test_pauses_grow_with_jitter_of_a_quarter(uplink_file, monkeypatch: pytest.MonkeyPatch):
    seen = [[] for _ in STEPS]
    for _ in range(30):
        time, _ = _run(uplink_file, monkeypatch, _refused(uplink_file, 9), len(STEPS))
        for i, pause_ms in enumerate(time.pauses):
            assert STEPS[i] * 3 // 4 <= pause_ms <= STEPS[i] * 5 // 4
            seen[i].append(pause_ms)
    assert all(len(set(pauses)) > 10 for pauses in seen), "every hub of a street would come back at one moment"


def test_reason_is_said_once_until_it_changes(uplink_file, monkeypatch: pytest.MonkeyPatch):
    faults = _refused(uplink_file, 3) + [uplink_file.LineFault("no_route")] * 2 + _refused(uplink_file, 1)
    _, events = _run(uplink_file, monkeypatch, faults, 6)
    said = [event[1] for event in events if not event[1].startswith("wifi")]
    assert said == ["connection_refused", "no_route", "connection_refused"]


def test_alarm_cuts_the_pauses_short(uplink_file, monkeypatch: pytest.MonkeyPatch):
    def press(line):
        assert line.publish(1, "t", b"{}", 1, True) is False

    time, _ = _run(uplink_file, monkeypatch, _refused(uplink_file, 9), len(STEPS), press)
    assert max(time.pauses) <= uplink_file.HURRY_MS


def test_lesser_message_does_not_hurry(uplink_file, monkeypatch: pytest.MonkeyPatch):
    def report(line):
        assert line.publish(1, "t", b"{}", 1, False) is False

    time, _ = _run(uplink_file, monkeypatch, _refused(uplink_file, 9), len(STEPS), report)
    assert max(time.pauses) > 20000


def test_fault_inside_is_reported_and_the_task_goes_on(
    uplink_file, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "print_exception", lambda fault: print("shown:", fault), raising=False)
    faults = [RuntimeError("a bug"), *_refused(uplink_file, 2)]
    _, events = _run(uplink_file, monkeypatch, faults, 2)
    assert ("fault", "RuntimeError") in events and ("disconnected", "connection_refused") in events
    assert "shown: a bug" in capsys.readouterr().out


def test_oversized_message_is_the_callers_fault(uplink_file):
    line = uplink_file.Uplink(settings(1883), lambda event: None, lambda: 0)
    with pytest.raises(ValueError, match="1025 bytes"):
        line.publish(1, "t", b"x" * 1025, 1, True)
