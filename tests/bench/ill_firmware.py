"""A copy of the firmware with lines put in, so that a bench can hold it in a state that life brings now and then."""

import pathlib
import shutil

from simulator.home import FIRMWARE


def make(folder: pathlib.Path, changes: list[tuple[str, str, str]]) -> pathlib.Path:
    """Shape: changes are (file, the line before which to put it, what to put in). Errors: AssertionError when a line
    is no longer there: the bench must follow the firmware."""
    tree = folder / "firmware"
    shutil.copytree(FIRMWARE, tree, ignore=shutil.ignore_patterns("voices", "__pycache__"))
    for file, line, addition in changes:
        path = tree / file
        text = path.read_text("utf-8")
        assert text.count(line) == 1, f"{file}: {line!r} is there {text.count(line)} times"
        path.write_text(text.replace(line, addition + "\n" + line), "utf-8")
    return tree
