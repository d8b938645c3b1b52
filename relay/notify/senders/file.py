"""The default sender: writes down what would be sent, so that a demo and a first day harm nobody."""

import json
import os
import threading
from pathlib import Path

from ...clock import now_ms
from .base import AT_ONCE, Message, NotSent


class FileSender:
    """Shape: one JSON object a line: at, outgoing_id, channel, address, body."""

    name = "file"
    at_once = AT_ONCE

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def send(self, message: Message) -> str | None:
        line = {
            "at": now_ms(),
            "outgoing_id": message.outgoing_id,
            "channel": message.channel,
            "address": message.address,
            "body": message.body,
        }
        try:
            with self._lock, open(self._path, "a", encoding="utf-8", opener=_private) as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise NotSent(f"the file cannot be written: {error.strerror}") from None
        return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
