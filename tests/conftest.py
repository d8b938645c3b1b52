"""Tests of protocol and hub run twice: under CPython by pytest, and under the real MicroPython by this collector.

One MicroPython process runs one test file and prints a JSON line for each of its functions; the closing summary
says how many ran on which interpreter.
"""

import ast
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
MICROPYTHON = pathlib.Path(sys.executable).parent / "micropython"
BOTH = ("protocol", "hub")  # folders whose tests run on both interpreters
BOTH_FILES = ("device/test_journal.py", "device/test_damage.py", "device/test_mqtt.py", "device/test_adpcm.py")
ONLY_CPYTHON = "_cpython.py"

sys.path.insert(0, str(TESTS / "on_micropython"))


def micropython_environment(*folders: str) -> dict[str, str]:
    """The environment for a MicroPython process that sees firmware/ and these folders."""
    path = ":".join([".frozen", *folders, str(ROOT / "firmware")])
    return {**os.environ, "MICROPYPATH": path}


class MicroPythonFile(pytest.File):
    """A test file as the real MicroPython runs it: one process, started when its first test is due."""

    _results: dict[str, dict[str, str]] | None = None

    def collect(self):
        for node in ast.parse(self.path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield MicroPythonItem.from_parent(self, name=node.name + "[micropython]")

    def results(self) -> dict[str, dict[str, str]]:
        if self._results is None:
            done = subprocess.run(
                [
                    str(MICROPYTHON),
                    "-X",
                    "heapsize=16M",
                    str(TESTS / "on_micropython" / "run.py"),
                    str(self.path),
                ],
                env=micropython_environment(str(TESTS / "on_micropython")),
                capture_output=True,
                text=True,
                timeout=300,
                cwd=ROOT,
            )
            lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"')]
            self._results = {line["test"]: line for line in lines}
            self._results[""] = {"trace": done.stdout[-2000:] + done.stderr[-2000:]}
        return self._results


class MicroPythonFailure(Exception):
    """What MicroPython printed of a failed test."""


class MicroPythonItem(pytest.Item):
    """One test function under MicroPython."""

    def runtest(self) -> None:
        assert isinstance(self.parent, MicroPythonFile)
        results = self.parent.results()
        result = results.get(self.name.removesuffix("[micropython]"))
        if result is None:
            raise MicroPythonFailure("no result from MicroPython:\n" + results[""]["trace"])
        if result["outcome"] != "passed":
            raise MicroPythonFailure(result["trace"])

    def repr_failure(self, excinfo, style=None):
        return str(excinfo.value) if isinstance(excinfo.value, MicroPythonFailure) else super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, self.name


def _runs_on_both(path: pathlib.Path) -> bool:
    if not path.is_relative_to(TESTS):
        return False
    place = path.relative_to(TESTS)
    return place.parts[0] in BOTH or place.as_posix() in BOTH_FILES


def pytest_collect_file(file_path: pathlib.Path, parent):
    name = file_path.name
    is_test = name.startswith("test_") and name.endswith(".py") and not name.endswith(ONLY_CPYTHON)
    if is_test and _runs_on_both(file_path):
        return MicroPythonFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(items) -> None:
    """The browser's tests come last: their driver holds an event loop of its own until the session ends, and nobody
    else could call asyncio.run beside it."""
    items.sort(key=lambda item: item.path.is_relative_to(TESTS / "browser"))


def pytest_terminal_summary(terminalreporter) -> None:
    ran = [r for r in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])]
    on_micropython = [r for r in ran if r.nodeid.endswith("[micropython]")]
    on_both = [r for r in ran if _is_twin(r.nodeid)]
    if on_micropython:
        terminalreporter.write_line(
            f"protocol and hub: {len(on_micropython)} tests under MicroPython, {len(on_both)} under CPython"
        )
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"SKIPPED {report.nodeid}: {reason}", red=True)


def _is_twin(nodeid: str) -> bool:
    return not nodeid.endswith("[micropython]") and _runs_on_both(ROOT / nodeid.split("::")[0])
