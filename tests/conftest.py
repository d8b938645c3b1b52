"""Tests of protocol and hub run three times: under CPython by pytest, and by both MicroPythons (interpreters.py). The
closing summary says how many ran on which."""

import pathlib
import sys

from interpreters import HELPERS, INTERPRETERS, OtherInterpreters

TESTS = pathlib.Path(__file__).resolve().parent
ALL = ("protocol", "hub")  # folders whose tests run on every interpreter
ALL_FILES = tuple(
    f"device/test_{name}.py" for name in ("journal", "damage", "settings", "mqtt", "mqtt_streams", "adpcm")
)
ONLY_CPYTHON = "_cpython.py"

sys.path.insert(0, str(HELPERS))


def _runs_on_all(path: pathlib.Path) -> bool:
    if not path.is_relative_to(TESTS) or path.name.endswith(ONLY_CPYTHON):
        return False
    place = path.relative_to(TESTS)
    return place.parts[0] in ALL or place.as_posix() in ALL_FILES


def pytest_collect_file(file_path: pathlib.Path, parent):
    if file_path.name.startswith("test_") and file_path.suffix == ".py" and _runs_on_all(file_path):
        return OtherInterpreters.from_parent(parent, path=file_path)
    return None


def _turn(item) -> int:
    """Whose turn it is. The other interpreters keep both cores busy: beside nothing that measures time. The browser's
    tests come last: their driver holds an event loop of its own until the session ends, and nobody else could call
    asyncio.run beside it."""
    if item.path.is_relative_to(TESTS / "browser"):
        return len(INTERPRETERS) + 1
    marks = [interpreter.mark for interpreter in INTERPRETERS]
    return next((turn for turn, mark in enumerate(marks, 1) if item.name.endswith(mark)), 0)


def pytest_collection_modifyitems(items) -> None:
    items.sort(key=_turn)


def pytest_terminal_summary(terminalreporter) -> None:
    ran = [r for r in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])]
    counts = {each.mark[1:-1]: sum(r.nodeid.endswith(each.mark) for r in ran) for each in INTERPRETERS}
    if any(counts.values()):
        counts["CPython"] = sum(_is_twin(r.nodeid) for r in ran)
        words = [f"{count} tests under {name}" for name, count in counts.items()]
        terminalreporter.write_line(f"protocol and hub: {', '.join(words)}")
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"SKIPPED {report.nodeid}: {reason}", red=True)


def _is_twin(nodeid: str) -> bool:
    place, _, name = nodeid.partition("::")
    return not name.endswith(tuple(each.mark for each in INTERPRETERS)) and _runs_on_all(TESTS.parent / place)
