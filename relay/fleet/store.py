"""All SQL about revoking hubs.

Rule 1. A revoked hub has no password any more, its line is cut within a second, and nothing it says is taken in: not by
MQTT, not by a neighbour, not by short message. It can never be claimed again; its dwelling may get another one.
Rule 2. The dwelling is then without protection. The board says so (`hub_revoked`) until another hub of the dwelling is
heard, or somebody closes it. What was wrong with the old hub leaves the board with it.
"""

from ..alarms import views
from ..claims import store as claim_store
from ..database import Reader, Row, Transaction
from ..supervision import rules as supervision_rules
from ..supervision import store as supervision_store


def _hub(reader: Reader, hub_id: str) -> Row | None:
    """A hub in a dwelling, revoked or not."""
    return reader.row(
        "SELECT hub_id, dwelling_id, community_id, is_active FROM hubs JOIN dwellings USING (dwelling_id)"
        " WHERE hub_id = ?",
        (hub_id,),
    )


def revoke(transaction: Transaction, hub_id: str, community_id: str | None, reason: str, now: int) -> bool | None:
    """Put a hub out of the system: True when it was in until now, None when there is none (in this community)."""
    was_made = claim_store.is_made(transaction, hub_id)
    hub = _hub(transaction, hub_id)
    if hub is None:
        if community_id is not None or not was_made:
            return None
        claim_store.revoke(transaction, hub_id)
        return True
    if community_id is not None and hub["community_id"] != community_id:
        return None
    claim_store.revoke(transaction, hub_id)
    changed = transaction.execute(
        "UPDATE hubs SET is_active = 0, is_online = 0, password_hash = '', carry_key = NULL, sms_key = NULL,"
        " stairwell = NULL WHERE hub_id = ? AND is_active = 1",
        (hub_id,),
    )
    transaction.execute("DELETE FROM psks WHERE hub_id = ?", (hub_id,))
    if changed:
        supervision_store.end_all_of_hub(transaction, hub_id, now)
        supervision_store.raise_technical(transaction, supervision_rules.HUB_REVOKED, now, hub, None, reason[:64])
        views.announce_dwelling(transaction, hub["dwelling_id"], hub["community_id"])
    return changed == 1
