"""Which relay hears the homes, and what follows where one does not. Pure; times are monotonic seconds of this process.

Rule 1: relays that share a database renew a row each. One lives while its beat moves: clocks of two machines are never
compared.
Rule 2: the broker deals the homes' messages out among the relays that are on the line, so while one hears, nothing is
lost by another's line: that is the other's own fault (`relay_line_down`, by its name). When none hears: `broker_down`.
Rule 3: a relay that does not hear does not lead while another does: whether a hub is silent is judged, and homes are
answered, by one that hears.
Rule 4: while nobody hears, no hub can be heard: each has its full time again from then on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

RELAY_LINE_DOWN = "relay_line_down"
DOWN_S = 5.0  # a line that is down for less is a blink
ALIVE_S = 6.0  # a beat that has not moved for this long is of a relay that is gone
FORGET_S = 60.0  # then its row and its fault go, too


@dataclass(frozen=True)
class Beat:
    """What a relay says of itself. Shape: `count` grows while it lives."""

    relay: str
    count: int
    is_hearing: bool


@dataclass
class Others:
    """The other relays, as this one has watched them."""

    me: str
    _moved: dict[str, tuple[Beat, float]] = field(default_factory=dict[str, tuple[Beat, float]])

    def look(self, beats: Iterable[Beat], now: float) -> None:
        """Take note of what all relays say now."""
        present = {beat.relay: beat for beat in beats if beat.relay != self.me}
        for name in self._moved.keys() - present.keys():
            del self._moved[name]
        for name, beat in present.items():
            known = self._moved.get(name)
            if known is None or known[0].count != beat.count:
                self._moved[name] = (beat, now)

    def is_hearing(self, now: float) -> bool:
        """Does another relay hear the homes?"""
        return any(beat.is_hearing and now - moved < ALIVE_S for beat, moved in self._moved.values())

    def gone(self, now: float) -> list[str]:
        """Relays that are to be forgotten."""
        return [name for name, (_, moved) in self._moved.items() if now - moved >= FORGET_S]


def is_down(down_since: float | None, now: float) -> bool:
    return down_since is not None and now - down_since >= DOWN_S


def may_lead(down_since: float | None, is_another_hearing: bool, now: float) -> bool:
    """Rule 3."""
    return not (is_another_hearing and is_down(down_since, now))


def faults(down_since: float | None, is_another_hearing: bool, now: float) -> tuple[bool | None, bool]:
    """(broker down?, this relay's line down?). None: neither raise nor end it, as it is a blink."""
    if down_since is None or is_another_hearing:
        return False, is_down(down_since, now)
    return (True if is_down(down_since, now) else None), False
