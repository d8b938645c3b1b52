"""What every sender offers."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """One message to one person. Shape: `address` a telephone number, or an apprise address for chat."""

    outgoing_id: int
    channel: str
    address: str
    body: str
    name: str = ""
    kind: str = ""
    place: str = ""


class NotSent(Exception):
    """This try failed. `is_final`: another would, too (the number does not exist)."""

    def __init__(self, reason: str, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Sender(Protocol):
    """From a worker thread; may take seconds, never without end. `name` is kept with each attempt."""

    name: str

    def send(self, message: Message) -> str | None:
        """Hand it over; the gateway's own number of it, by which it will report. Errors: NotSent."""
        ...
