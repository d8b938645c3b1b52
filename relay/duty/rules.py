"""Who may take which duty, and when somebody may go. Pure.

Rule 1: an alarm always has somebody: whoever offered a hand-over stays responsible until it is accepted.
Rule 2: the last operator on duty does not go while an alarm is open.
"""

from ..access import rules as access_rules

OPERATOR, DEPUTY, RESPONDER, SUPERVISOR = "operator", "deputy", "responder", "supervisor"
DUTIES = (OPERATOR, DEPUTY, RESPONDER, SUPERVISOR)
MAY_TAKE: dict[str, tuple[str, ...]] = {
    access_rules.RESPONDER: (RESPONDER,),
    access_rules.OPERATOR: (OPERATOR, DEPUTY, RESPONDER),
    access_rules.SUPERVISOR: DUTIES,
}
HOURS_MIN, HOURS_MAX = 0.25, 36
SHIFT_MS = 8 * 3600 * 1000  # of one who accepts a hand-over without having said for how long
STAYS_MS = 12 * 3600 * 1000  # an offer that nobody accepts keeps whoever made it on duty


def may_take(role: str, duty: str) -> bool:
    return duty in MAY_TAKE.get(role, ())


def why_stay(has_offered: bool, operators_left: int, open_alarms: int) -> str | None:
    """Why somebody may not go off duty now, in a sentence; None when they may."""
    if has_offered:
        return "Nobody has accepted your hand-over yet. Wait for it, or take the offer back."
    if not operators_left and open_alarms:
        return "Alarms are open and nobody else is on duty as operator. Hand over first."
    return None


def why_not_accept(by: int, offered_by: int, to: int | None) -> str | None:
    """Why this person cannot accept an offer; None when they can."""
    if by == offered_by:
        return "You offered this yourself. Whoever comes in must accept it."
    if to is not None and to != by:
        return "This was offered to somebody else. Ask for an offer to you."
    return None
