"""Is this MQTT message one of ours, and what is wrong with it if not? Pure.

What cannot be used becomes a `Refusal`: kept as a dead letter, counted, never receipted.
"""

from dataclasses import dataclass
from typing import Any

from protocol import messages, topics

TOPIC_KEPT = 256  # characters of a dead letter's topic
PAYLOAD_KEPT = 2048  # bytes of a dead letter
DEAD_LETTERS_MAX = 10_000  # rows; the oldest go first


@dataclass(frozen=True)
class Heard:
    """A message that can be used."""

    hub_id: str
    word: str
    message: dict[str, Any]

    @property
    def is_kept(self) -> bool:
        """Does the hub hold on to it until our receipt?"""
        return self.word in topics.KEPT_WORDS


def differ(kept: dict[str, Any], said: dict[str, Any]) -> bool:
    """Do two messages of one identity mean different things?"""
    if any(kept.get(name) != said.get(name) for name in ("kind", "step", "alarm")):
        return True
    return None not in (kept.get("device"), said.get("device")) and kept["device"] != said["device"]


@dataclass(frozen=True)
class Refusal:
    """A message that cannot be used. Shape: `reason` names field and fault, never content."""

    hub_id: str | None
    reason: str


def read(topic: str, payload: bytes) -> Heard | Refusal:
    """Understand one message from the broker; never raises on what came from outside."""
    parsed = topics.parse(topic)
    if parsed is None or parsed[1] != "up":
        return Refusal(None, "topic: unknown")
    hub_id, direction, word = parsed
    try:
        message = messages.check(direction, word, messages.decode(payload))
    except messages.BadMessage as error:
        return Refusal(hub_id, str(error))
    except RecursionError:
        return Refusal(hub_id, "message: nested too deep")
    return Heard(hub_id, word, message)
