"""Runs every test in four parts beside one another: most of them wait for a hub, a clock or a browser, not for a core.

Prints each part whole when it ends. What failed beside the others is run once more alone and named either way: four
parts on two cores starve each other now and then. Exit code 0 only if everything passed, at the latest alone. A new
folder of tests belongs to the last part by itself.
"""

import pathlib
import subprocess
import sys
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parent
ALONE_MAX = 12  # more failures than this are no matter of a busy machine
PARTS = (("road", "stories"), ("relay",), ("browser",))


def parts() -> list[list[str]]:
    """The paths of each part, together all that pytest would collect."""
    places = [p for p in sorted(TESTS.iterdir()) if p.name.startswith("test_") or (p.is_dir() and _has_tests(p))]
    named = [[p for p in places if p.name in names] for names in PARTS]
    rest = [p for p in places if not any(p in part for part in named)]
    return [[str(p.relative_to(TESTS.parent)) for p in part] for part in (*named, rest)]


def _has_tests(folder: pathlib.Path) -> bool:
    return any(folder.glob("test_*.py")) or any(folder.glob("*.story"))


def run(part: list[str], ended: list[tuple[int, str]], printing: threading.Lock) -> None:
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *part, *sys.argv[1:]],
        cwd=TESTS.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    ended.append((process.wait(), said))
    with printing:
        print(f"== {' '.join(part)}: {time.monotonic() - start:.0f} s", said, sep="\n", flush=True)


def failed(said: str) -> list[str]:
    """The tests that a part's closing summary names as failed, or whose fixtures did."""
    lines = [line for line in said.splitlines() if line.startswith(("FAILED tests/", "ERROR tests/")) and "::" in line]
    return list(dict.fromkeys(line.partition(" ")[2].partition(" - ")[0] for line in lines))


def passes_alone(names: list[str]) -> bool:
    """Run these again, with the machine to themselves."""
    print("== once more, alone:", *names, sep="\n   ", flush=True)
    code = subprocess.run([sys.executable, "-m", "pytest", *names], cwd=TESTS.parent, check=False).returncode
    verdict = "failed alone, too" if code else "passed alone; failed beside the others"
    print(f"== {verdict}:", *names, sep="\n   ", flush=True)
    return code == 0


def main() -> int:
    ended: list[tuple[int, str]] = []
    printing = threading.Lock()
    threads = [threading.Thread(target=run, args=(part, ended, printing)) for part in parts()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(ended) < len(threads):
        return 1  # a part could not even be started; its thread has said why
    worst = max(code for code, _ in ended)
    names = [name for _, said in ended for name in failed(said)]
    # Code 1 is "tests failed"; a part that could not be collected or was broken off is not mended by a second try.
    is_second_try = worst == 1 and 0 < len(names) <= ALONE_MAX
    return 0 if is_second_try and passes_alone(names) else worst


if __name__ == "__main__":
    sys.exit(main())
