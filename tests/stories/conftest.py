"""Collects `*.story` files: each is one test, played in virtual time through the real kernel and the real relay."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "on_micropython"))

from story_player import Player, StoryFault  # noqa: E402
from story_reader import read  # noqa: E402


class StoryFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        yield StoryItem.from_parent(self, name=self.path.stem)


class StoryItem(pytest.Item):
    def runtest(self) -> None:
        player = Player()
        try:
            for line in read(self.path.read_text("utf-8")):
                player.play(line)
        finally:
            player.close()

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, (StoryFault, ValueError)):
            return f"{self.path.name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"story: {self.path.stem}"


def pytest_collect_file(file_path: Path, parent: Any) -> Any:
    return StoryFile.from_parent(parent, path=file_path) if file_path.suffix == ".story" else None
