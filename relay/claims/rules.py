"""When a hub may be claimed for a dwelling, and what it is then given. Pure: rows in, verdict out.

Rule 1: whoever claims shows the secret of the label; the relay keeps its SHA-256 only (128 random bits need no salt).
Rule 2: the first claim counts. The same person may claim the same hub for the same dwelling again and again: that is
how an installation goes on where it stopped. Anybody else is told who has it, and what to do.
Rule 3: a claim whose hub was never heard may be given up by the one who made it, or by a supervisor; a hub that
works in a home is not taken away by a claim.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FREE, CLAIMED, INSTALLED, REVOKED = "free", "claimed", "installed", "revoked"
STATES = (FREE, CLAIMED, INSTALLED, REVOKED)
SECURITIES = ("none", "psk", "tls")


class ClaimRefused(Exception):
    """This hub cannot be claimed so; the text names the remedy."""


@dataclass(frozen=True)
class Claim:
    """A made hub as kept. Shape: times UTC ms; None until it is claimed."""

    hub_id: str
    secret_hash: str
    state: str
    dwelling_id: str | None = None
    community_id: str | None = None
    label: str | None = None  # of the dwelling
    claimed_by: int | None = None
    claimed_by_name: str | None = None
    claimed_at: int | None = None
    is_online: bool = False


def hash_secret(secret: bytes) -> str:
    return hashlib.sha256(b"anling claim 1\0" + secret).hexdigest()


def is_secret(secret: bytes, secret_hash: str) -> bool:
    return hmac.compare_digest(hash_secret(secret), secret_hash)


def check_claim(claim: Claim, dwelling_id: str, community_id: str, by: int, hub_there: str | None) -> bool:
    """May this person claim it for this dwelling? True when it is theirs already. Errors: ClaimRefused.

    Shape: `hub_there`: the hub that the dwelling has already, or None."""
    if claim.state == REVOKED:
        raise ClaimRefused("This hub was revoked (lost, stolen or taken out of use). Take another one.")
    if claim.state == FREE:
        if hub_there is not None:
            raise ClaimRefused(
                f"This dwelling has the hub {hub_there} already. Choose the right dwelling, or have a supervisor revoke"
                " that hub first."
            )
        return False
    if claim.dwelling_id == dwelling_id and (claim.claimed_by == by or claim.state == INSTALLED):
        return True
    if claim.community_id != community_id:
        raise ClaimRefused("This hub belongs to another community. Take one of your own community.")
    if claim.state == INSTALLED:
        raise ClaimRefused(
            f"This hub is installed at {claim.label} already. Scan the label of the hub in your hand again, or have a"
            " supervisor revoke that hub first."
        )
    raise ClaimRefused(
        f"{claim.claimed_by_name} is installing this hub at {claim.label}. Speak with them; they or a supervisor can"
        " give the claim up."
    )


def check_release(claim: Claim, by: int, may_release_others: bool) -> None:
    """May this person give the claim up? Errors: ClaimRefused."""
    if claim.state == INSTALLED:
        raise ClaimRefused("This hub works in a home. Have a supervisor revoke it before it goes elsewhere.")
    if claim.state != CLAIMED:
        raise ClaimRefused("Nobody has claimed this hub: there is nothing to give up.")
    if claim.claimed_by != by and not may_release_others:
        raise ClaimRefused(f"{claim.claimed_by_name} has claimed this hub. Only they or a supervisor can give it up.")


def stairwell_of(home: Mapping[str, Any]) -> str | None:
    """The stairwell of a dwelling, whose hubs may carry for each other; None where the register does not tell.

    Shape: a dwelling's row."""
    if not home["building"]:
        return None
    return "/".join(str(home[name] or "") for name in ("community_id", "estate", "building", "unit"))


def modem_of(text: str | None) -> dict[str, str | None] | None:
    """What homes with a modem are told. Shape: NUMBER or NUMBER,apn; None without. Errors: ValueError."""
    if not text:
        return None
    number, _, apn = text.partition(",")
    digits = number.removeprefix("+")
    is_apn = not apn or (len(apn) <= 64 and apn.isascii() and all(c.isalnum() or c in ".-" for c in apn))
    if not (digits.isascii() and digits.isdigit() and 3 <= len(digits) <= 15) or not is_apn:
        raise ValueError("--hub-modem must be the number of the gateway for short messages, or number,apn.")
    return {"number": number, "apn": apn or None}


def broker_of(address: str) -> dict[str, object]:
    """What homes are told of the broker. Shape: none://host:port, psk://host:port or tls://host:port.

    Errors: ValueError, whose text names the remedy."""
    security, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    if security not in SECURITIES or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("--hub-broker must be psk://host:port, tls://host:port or none://host:port.")
    return {"host": host.strip("[]"), "port": int(port), "security": security}


def ntp_of(text: str | None) -> dict[str, object] | bool | None:
    """What homes are told of the time's server. Shape: host:port, off, or None. Errors: ValueError."""
    if not text:
        return None
    if text == "off":
        return False
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("--hub-ntp must be host:port, or off.")
    return {"host": host.strip("[]"), "port": int(port)}
