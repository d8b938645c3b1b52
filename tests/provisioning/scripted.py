"""An installer who answers by program: what would be typed, and what hands do in the home meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from provisioning.terminal import Terminal

Answer = str | Callable[[str], Any]


class Script(Terminal):
    """Shape: `answers` by the question's name: a text, a list of texts to be used up, or an async function of the
    question. `lines` is all that was shown."""

    def __init__(self, answers: dict[str, Any], language: str = "en", is_shown: bool = False) -> None:
        super().__init__(language)
        self._answers = answers
        self._what = ""
        self._is_shown = is_shown
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)
        if self._is_shown:
            super().write(line)

    async def ask(self, what: str, zh: str, en: str, is_secret: bool = False) -> str:
        question = self.text(zh, en)
        given = self._answers[what]
        if isinstance(given, list):
            given = given.pop(0)
        if callable(given):
            found = given(question)
            given = await found if isinstance(found, Awaitable) else found
        self.write(f"  ? {question} {'*' * len(given) if is_secret else given}")
        await asyncio.sleep(0)
        return given

    @property
    def text_shown(self) -> str:
        return "\n".join(self.lines)
