"""What revoking a hub means. Pure.

Rule 1. A revoked hub has no password any more, its line is cut within a second, and nothing it says is taken in: not by
MQTT, not by a neighbour, not by short message. It can never be claimed again.
Rule 2. The dwelling is then without protection. The board says so until somebody closes it: `hub_revoked`.
"""

HUB_REVOKED = "hub_revoked"  # the technical alarm
