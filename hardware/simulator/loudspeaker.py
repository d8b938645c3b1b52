"""What comes out of the simulated board's loudspeaker: the samples of each sentence, kept for tests and passed on to
the home's page. Knows no words.
"""

from __future__ import annotations

import dataclasses
import struct
import time
from collections.abc import Callable

KEPT = 40  # sentences
_BEGIN, _SAMPLES, _STOP = 0, 1, 2


@dataclasses.dataclass
class Sentence:
    """One sentence as it was heard. Shape: `samples` 16 bit, mono, little endian."""

    prompt: str
    clips: list[str]
    volume: int
    began_s: float
    rate: int = 0
    samples: bytearray = dataclasses.field(default_factory=bytearray)
    is_cut: bool = False  # stopped in the middle


class Loudspeaker:
    """Shape: each of `listeners` is called with (rate, samples) as they sound; with (0, b"") when all falls silent."""

    def __init__(self) -> None:
        self.sentences: list[Sentence] = []
        self.listeners: list[Callable[[int, bytes], None]] = []
        self._rate = 0

    def begin(self, prompt: str, clips: list[str], volume: int) -> None:
        self.sentences = [*self.sentences, Sentence(prompt, clips, volume, time.monotonic())][-KEPT:]

    def take(self, payload: bytes) -> None:
        """One frame of the board's line; described in board/_i2s.py."""
        kind, body = payload[0], payload[1:]
        now = self.sentences[-1] if self.sentences else None
        if kind == _BEGIN:
            self._rate = struct.unpack("<I", body)[0]
        elif kind == _SAMPLES and now is not None:
            now.rate = self._rate
            now.samples += body
            self._pass_on(self._rate, body)
        elif kind == _STOP and now is not None:
            unheard = struct.unpack("<I", body)[0]
            if unheard:
                now.is_cut = True
                del now.samples[max(0, len(now.samples) - 2 * unheard) :]
            self._pass_on(0, b"")

    def _pass_on(self, rate: int, samples: bytes) -> None:
        for listener in list(self.listeners):
            listener(rate, samples)

    def said(self, prompt: str) -> list[Sentence]:
        """The sentences of this prompt, oldest first."""
        return [one for one in self.sentences if one.prompt == prompt]
