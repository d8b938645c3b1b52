"""Runs every test in three parts beside one another: most of them wait for a hub, a clock or a browser, not for a core.

Prints each part whole when it ends; exit code 0 only if all are green. A new folder of tests belongs to the last part
by itself.
"""

import pathlib
import subprocess
import sys
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parent
PARTS = (("road", "stories"), ("relay", "browser"))


def parts() -> list[list[str]]:
    """The paths of each part, together all that pytest would collect."""
    places = [p for p in sorted(TESTS.iterdir()) if p.name.startswith("test_") or (p.is_dir() and _has_tests(p))]
    named = [[p for p in places if p.name in names] for names in PARTS]
    rest = [p for p in places if not any(p in part for part in named)]
    return [[str(p.relative_to(TESTS.parent)) for p in part] for part in (*named, rest)]


def _has_tests(folder: pathlib.Path) -> bool:
    return any(folder.glob("test_*.py")) or any(folder.glob("*.story"))


def run(part: list[str], codes: list[int], printing: threading.Lock) -> None:
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
    codes.append(process.wait())
    with printing:
        print(f"== {' '.join(part)}: {time.monotonic() - start:.0f} s", said, sep="\n", flush=True)


def main() -> int:
    codes: list[int] = []
    printing = threading.Lock()
    threads = [threading.Thread(target=run, args=(part, codes, printing)) for part in parts()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(codes) if len(codes) == len(threads) else 1


if __name__ == "__main__":
    sys.exit(main())
