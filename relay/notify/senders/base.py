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
    purpose: str = "raised"


AT_ONCE = 8


class NotSent(Exception):
    """This try failed. `is_final`: another would, too (the number does not exist)."""

    def __init__(self, reason: str, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Sender(Protocol):
    """From a thread of its own; may take seconds, never without end. `name` is kept with each attempt, `at_once` is how
    many it can send beside one another."""

    name: str
    at_once: int

    def send(self, message: Message) -> str | None:
        """Hand it over; the gateway's own number of it, by which it will report. Errors: NotSent."""
        ...
