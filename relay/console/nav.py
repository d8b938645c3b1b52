"""The pages of the house as its menu lists them: address, word, and the order that a role needs to see it.

A page that this relay does not have is not listed, so that no entry leads nowhere. This file must not know what
the pages show.
"""

from collections.abc import Iterable

from ..access import rules as access_rules

# (address, key of its word, what the role must be allowed)
PAGES = (
    ("/", "nav_board", access_rules.BOARD),
    ("/wall", "nav_wall", access_rules.BOARD),
    ("/handover", "nav_handover", access_rules.HANDOVER),
    ("/district", "nav_district", access_rules.OVERVIEW),
    ("/buildings", "nav_buildings", access_rules.BOARD),
    ("/phone", "nav_phone", access_rules.ASSIGNMENTS),
    ("/hubs", "nav_hubs", access_rules.BOARD),
    ("/numbers", "nav_numbers", access_rules.NUMBERS),
    ("/people", "nav_people", access_rules.PEOPLE),
    ("/install", "nav_install", access_rules.INSTALL),
    ("/staff", "nav_staff", access_rules.STAFF),
    ("/settings", "nav_settings", access_rules.PLAN),
    ("/audit", "nav_audit", access_rules.AUDIT),
)


def entries(role: str, known: Iterable[str]) -> list[dict[str, str]]:
    """What this role sees of the pages that are there. Shape: `known` are the addresses that the app serves."""
    there = set(known)
    return [
        {"address": address, "word": word}
        for address, word, order in PAGES
        if address in there and access_rules.may(role, order)
    ]


def home_of(role: str) -> str:
    """Where this role begins."""
    if role == access_rules.DISTRICT:
        return "/district"
    return "/" if access_rules.may(role, access_rules.BOARD) else "/numbers"
