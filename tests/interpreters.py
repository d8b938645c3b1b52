"""How a test file is run by another interpreter, and its functions become pytest items. Knows the two MicroPythons:
64-bit words (the unix port) and 32-bit ones, as on a board (the WebAssembly port, under Node). Decides nothing else.

One process runs one test file and prints a JSON line for each of its functions (on_micropython/run.py).
"""

from __future__ import annotations

import ast
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
HELPERS = ROOT / "tests" / "on_micropython"
MICROPYTHON = pathlib.Path(sys.executable).parent / "micropython"
WASM = HELPERS / "wasm"
PORT = WASM / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
LIMIT_S = 300


def micropython_environment(*folders: str) -> dict[str, str]:
    """The environment for a MicroPython process that sees firmware/ and these folders."""
    path = ":".join([".frozen", *folders, str(ROOT / "firmware")])
    return {**os.environ, "MICROPYPATH": path}


class MicroPython:
    """64-bit words; has all that a board has but the radio."""

    mark = "[micropython]"

    def missing(self) -> str | None:
        """What is not here, with the command that mends it; None when it can run."""
        return None

    def command(self, test: pathlib.Path) -> list[str]:
        return [str(MICROPYTHON), "-X", "heapsize=16M", str(HELPERS / "run.py"), str(test)]


class MicroPython32:
    """32-bit words, so that a number over 30 bits is a large one, as on a board. No sockets, no TLS, no flash."""

    mark = "[micropython32]"

    def missing(self) -> str | None:
        if shutil.which("node") is None:
            return "node is not here: NOT run with 32-bit words. Remedy: sudo apt-get install nodejs npm; make test"
        wanted = json.loads((WASM / "package.json").read_text("utf-8"))["dependencies"][f"@micropython/{PORT.name}"]
        try:
            found = json.loads((PORT / "package.json").read_text("utf-8"))["version"]
        except (OSError, ValueError, KeyError):
            found = None
        if found != wanted:
            place = WASM.relative_to(ROOT)
            return f"{PORT.name} {wanted} is not here: NOT run with 32-bit words. Remedy: npm ci --prefix {place}"
        return None

    def command(self, test: pathlib.Path) -> list[str]:
        return ["node", str(WASM / "run32.mjs"), str(ROOT), str(test)]


INTERPRETERS = (MicroPython(), MicroPython32())


class Failure(Exception):
    """What the interpreter printed of a failed test."""


def run_file(interpreter: MicroPython | MicroPython32, test: pathlib.Path) -> dict[str, dict[str, str]]:
    """{function: its line}; "" has the end of all that was printed."""
    try:
        done = subprocess.run(
            interpreter.command(test),
            env=micropython_environment(str(HELPERS)),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            cwd=ROOT,
        )
    except subprocess.TimeoutExpired:
        return {"": {"trace": f"not done after {LIMIT_S} s"}}
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"')]
    results = {line["test"]: line for line in lines}
    results[""] = {"trace": done.stdout[-2000:] + done.stderr[-2000:]}
    return results


_pool = concurrent.futures.ThreadPoolExecutor(2)


class OtherInterpreters(pytest.File):
    """A test file's functions, once for each interpreter that is not CPython."""

    def collect(self):
        tree = ast.parse(self.path.read_text("utf-8")).body
        names = [n.name for n in tree if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
        for interpreter in INTERPRETERS:
            # What cannot run is said once a file, not once a function.
            for name in names if interpreter.missing() is None else [self.path.stem]:
                yield InterpreterItem.from_parent(self, name=name + interpreter.mark, interpreter=interpreter)


class InterpreterItem(pytest.Item):
    """One test function under one interpreter. The first that is due starts all files of the session that this
    interpreter runs, two at a time."""

    _runs: dict[tuple[str, pathlib.Path], concurrent.futures.Future[dict[str, dict[str, str]]]] = {}

    def __init__(self, *, interpreter: MicroPython | MicroPython32, **more) -> None:
        super().__init__(**more)
        self.interpreter = interpreter

    def runtest(self) -> None:
        missing = self.interpreter.missing()
        if missing is not None:
            pytest.skip(missing)
        mark = self.interpreter.mark
        if (mark, self.path) not in self._runs:
            for path in dict.fromkeys(item.path for item in self.session.items if item.name.endswith(mark)):
                self._runs[mark, path] = _pool.submit(run_file, self.interpreter, path)
        results = self._runs[mark, self.path].result()
        result = results.get(self.name.removesuffix(mark))
        if result is None:
            raise Failure(f"no result from {mark[1:-1]}:\n" + results[""]["trace"])
        if result["outcome"] != "passed":
            raise Failure(result["trace"])

    def repr_failure(self, excinfo, style=None):
        return str(excinfo.value) if isinstance(excinfo.value, Failure) else super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, self.name
