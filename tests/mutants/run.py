"""`make mutants`: changes the modules that decide over an alarm in every small way, and asks whether a test sees it.

A mutant lives in a process of its own, forked when its turn comes; the tests of its module run there one after the
other, and the first that fails ends it. What survives is argued in README.md beside this file: a survivor that is not
listed there, or a listed one that no longer survives, ends the command with exit code 1. One JSON line for each
module, one line for each survivor.
"""

from __future__ import annotations

import ast
import concurrent.futures
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import pathlib
import signal
import sys
import time
import types

import changes  # beside this file

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "firmware"))
sys.path.insert(0, str(ROOT / "tests" / "on_micropython"))

# Which tests know something of which module, the quickest first.
TESTS = {
    "hub.alarm": ("hub/test_alarm", "hub/test_pre_alarm", "hub/test_kernel"),
    "hub.outbox": ("hub/test_outbox", "hub/test_tally", "hub/test_kernel", "hub/test_neighbour"),
    "hub.supervision": ("hub/test_supervision", "hub/test_matters"),
    "protocol.bthome": ("protocol/test_bthome_table", "protocol/test_bthome", "hub/test_kernel"),
}
LIMIT_S = 60
KILLED, SURVIVED, ENDLESS = 0, 1, 2


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant instead of the module on disk."""

    def __init__(self, name: str, code: types.CodeType) -> None:
        self._name, self._code = name, code

    def find_spec(self, fullname, path=None, target=None):
        return importlib.machinery.ModuleSpec(fullname, self) if fullname == self._name else None

    def create_module(self, spec):
        return None

    def exec_module(self, module) -> None:
        exec(self._code, module.__dict__)


def _first_failure(tests: tuple[str, ...]) -> str | None:
    """The name of the first test that does not pass; None when all do."""
    for test in tests:
        folder, _, name = test.rpartition("/")
        sys.path.insert(0, str(ROOT / "tests" / folder))
        try:
            found = importlib.import_module(name)
        except Exception as fault:
            return f"{name}: {type(fault).__name__} on import"
        for function in [f for f in vars(found).values() if isinstance(f, types.FunctionType)]:
            if function.__name__.startswith("test_") and function.__module__ == name:
                try:
                    function()
                except Exception:
                    return function.__name__
    return None


def _try(module: str, tree: ast.Module | None, tests: tuple[str, ...]) -> int:
    """Run the tests against this mutant (None: against the module as it is) in a process of its own."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        signal.alarm(LIMIT_S)
        outcome = KILLED
        try:
            if tree is not None:
                sys.meta_path.insert(0, _Finder(module, compile(tree, module, "exec")))
            outcome = SURVIVED if _first_failure(tests) is None else KILLED
        finally:
            os._exit(outcome)
    status = os.waitpid(child, 0)[1]
    return ENDLESS if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _argued() -> set[str]:
    """The survivors that README.md lists, each in a code span of its own at the head of a table's row."""
    lines = (HERE / "README.md").read_text("utf-8").splitlines()
    return {line.split("`")[1] for line in lines if line.startswith("| `")}


def examine(module: str) -> tuple[dict[str, object], list[str]]:
    """(figures, survivors) of one module. Errors: RuntimeError when its tests fail without any change."""
    tests = TESTS[module]
    if _try(module, None, tests) != SURVIVED:
        raise RuntimeError(f"{module}: its tests fail without a mutant, so they would prove nothing")
    began = time.monotonic()
    source = (ROOT / "firmware" / (module.replace(".", "/") + ".py")).read_text("utf-8")
    counts = {KILLED: 0, SURVIVED: 0, ENDLESS: 0}
    survivors, seen = [], set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        trees = []
        for mutant in changes.mutants(source):
            digest = hashlib.sha256(ast.dump(mutant.tree).encode()).digest()
            if digest not in seen:
                seen.add(digest)
                trees.append(mutant)
        outcomes = pool.map(lambda mutant: _try(module, mutant.tree, tests), trees)
        for mutant, outcome in zip(trees, outcomes, strict=True):
            counts[outcome] += 1
            if outcome == SURVIVED:
                survivors.append(f"{module} {mutant.place}")
    figures = {
        "bench": "mutants",
        "module": module,
        "mutants": len(trees),
        "killed": counts[KILLED],
        "endless": counts[ENDLESS],
        "survived": counts[SURVIVED],
        "seconds": round(time.monotonic() - began),
    }
    return figures, survivors


def main() -> int:
    wanted = sys.argv[1:] or list(TESTS)
    for module in wanted:
        if module not in TESTS:
            print(f"mutants: {module} is none of {', '.join(TESTS)}", file=sys.stderr)
            return 2
    argued = _argued()
    survivors: set[str] = set()
    for module in wanted:
        figures, found = examine(module)
        print(json.dumps(figures), flush=True)
        for one in found:
            print(("  argued      " if one in argued else "  NOT ARGUED  ") + one, flush=True)
        survivors.update(found)
    gone = {one for one in argued if one.split(" ")[0] in wanted} - survivors
    for one in sorted(gone):
        print("  NO LONGER   " + one)
    return 1 if gone or survivors - argued else 0


if __name__ == "__main__":
    sys.exit(main())
