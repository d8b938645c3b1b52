"""What the installer reads and types: steps with their number, questions, choices. Knows nothing of hubs."""

import asyncio
import getpass
import time
from collections.abc import Sequence


def _read_line(prompt: str) -> str:
    return input(prompt)


def _read_secret(prompt: str) -> str:
    return getpass.getpass(prompt)


class Terminal:
    """A plain terminal: works over a telephone's ssh as on a laptop. `language` is zh or en."""

    def __init__(self, language: str = "zh") -> None:
        self.language = language
        self._began_s = time.monotonic()
        self.steps = 0

    def text(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def write(self, line: str) -> None:
        print(line, flush=True)

    def step(self, number: int, total: int, zh: str, en: str) -> None:
        """A step begins."""
        self.steps += 1
        minutes, seconds = divmod(int(time.monotonic() - self._began_s), 60)
        bar = "█" * number + "░" * (total - number)
        self.write(f"\n[{number}/{total}] {bar} {minutes}:{seconds:02}  {self.text(zh, en)}")

    def say(self, zh: str, en: str) -> None:
        self.write("  " + self.text(zh, en))

    def good(self, zh: str, en: str) -> None:
        self.write("  ✓ " + self.text(zh, en))

    def bad(self, sentence: str) -> None:
        self.write("  ✗ " + sentence)

    async def _read(self, prompt: str, is_secret: bool) -> str:
        try:
            return await asyncio.to_thread(_read_secret if is_secret else _read_line, prompt)
        except EOFError:
            raise KeyboardInterrupt from None

    async def ask(self, what: str, zh: str, en: str, is_secret: bool = False) -> str:
        """One line. Shape: `what` a short name of the question, for who answers by program."""
        return (await self._read(f"  ? {self.text(zh, en)} ", is_secret)).strip()

    async def agree(self, what: str, zh: str, en: str) -> bool:
        """Yes or no; nothing typed is yes."""
        answer = await self.ask(what, zh + " [Y/n]", en + " [Y/n]")
        return answer.lower() in ("", "y", "yes", "是")

    async def choose(self, what: str, zh: str, en: str, options: Sequence[str]) -> int:
        """The place of the chosen option."""
        for number, option in enumerate(options, 1):
            self.write(f"    {number:2} {option}")
        while True:
            answer = await self.ask(what, zh, en)
            if answer.isdigit() and 1 <= int(answer) <= len(options):
                return int(answer) - 1
            self.bad(self.text("请输入列表中的数字。", "Type a number of the list."))
