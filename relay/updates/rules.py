"""Which hubs get a package at which stage, and when a stage may be widened. Pure.

Rule 1. A community goes 1 %, 10 %, all. The hubs of a stage are the first by a hash of build and name: the same ones
whenever it is asked, others for each build, and one at least.
Rule 2. A stage is widened when all its hubs have answered and all are well; whoever widens it all the same says why.
Rule 3. In the stages of 1 % and 10 % one hub that went back stops the community; in the last one more than 2 % do.
"""

import hashlib
from collections.abc import Mapping, Sequence

from protocol import package
from protocol import vocabulary as words

WAITING = "waiting"  # chosen, nothing heard of it yet
STATES = (WAITING, *words.UPDATE_STATES)
STAGES = (1, 10, 100)
PIECES_AT_ONCE = package.BLOCK // package.PIECE
AGAIN_MS = 10 * 60_000  # without a word so long, it is offered again
_GOOD = frozenset({words.CONFIRMED})
_BAD = frozenset({words.ROLLED_BACK, words.REFUSED})
# The hub's own business, not the package's: nothing to stop others for.
_HARMLESS = frozenset({package.OLD_BUILD, package.OTHER_BOARD, package.NO_SLOTS})
UPDATE_FAILED = "update_failed"  # the technical alarm


class Refused(ValueError):
    """This stage may not be entered; one sentence with the remedy."""


def chosen(hub_ids: Sequence[str], build: int, percent: int) -> list[str]:
    """The hubs of this stage, in the order in which stages take them."""
    ordered = sorted(hub_ids, key=lambda hub_id: hashlib.sha256(f"{build}:{hub_id}".encode()).digest())
    return ordered[: -(-len(ordered) * percent // 100)]


def is_failure(state: str, reason: str | None) -> bool:
    """Does this say something against the package?"""
    return state in _BAD and reason not in _HARMLESS


def must_stop(percent: int, chosen_count: int, failures: int) -> bool:
    """Rule 3."""
    if percent < 100:
        return failures > 0
    return failures > max(1, chosen_count * 2 // 100)


def check_stage(now: int, wanted: int, counts: Mapping[str, int], failures: int, reason: str | None) -> None:
    """Errors: Refused, when the stage may not be entered from this one. Shape: `counts` {state: hubs}."""
    if wanted not in STAGES:
        raise Refused("There are the stages 1, 10 and 100 per cent. Choose one of them.")
    if wanted < now:
        raise Refused("What a hub has it keeps: a stage is stopped, not narrowed. Stop it instead.")
    before = ([0, *STAGES])[STAGES.index(wanted)]
    if now < before and not reason:
        raise Refused("A stage would be left out. Go through 1 and 10 per cent, or say why not.")
    open_hubs = sum(count for state, count in counts.items() if state not in _GOOD | _BAD)
    if wanted > now and now and (open_hubs or failures) and not reason:
        raise Refused("Not every hub of this stage is well yet. Wait for them, or say why it goes on all the same.")
