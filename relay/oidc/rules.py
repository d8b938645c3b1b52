"""What an office's identity provider is asked and when its word is believed. Pure.

Rule 1: the provider says who somebody is, never what they may: roles are the community's own.
Rule 2: an account is tied to a colleague at the first sign-in, by a claim; from then on by its subject alone, so that
whoever gets a colleague's name at the provider later does not get their place here.

Ref: OpenID Connect Core 1.0, 3.1.3.7; RFC 7636 (PKCE); RFC 9700.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[no-redef]

FILE = "oidc.toml"
TRY_MS = 10 * 60_000  # from going to the provider to coming back
LEEWAY_S = 60
ALGORITHMS = ("RS256", "PS256", "ES256")
_NEEDED = ("issuer", "client_id", "client_secret")
_KNOWN = (*_NEEDED, "claim", "base_url")


class BadSettings(ValueError):
    """The file cannot be used; one sentence with the remedy."""


class NotBelieved(Exception):
    """The provider's answer is not what it should be; why, for the log. Never has a token in it."""


@dataclass(frozen=True)
class Settings:
    """Shape: `claim` is what names a colleague as they sign in here; `base_url` where browsers reach this relay."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str = "preferred_username"
    base_url: str | None = None


def settings_in(data_dir: Path) -> Settings | None:
    """The settings, or None where there are none. Errors: BadSettings."""
    path = data_dir / FILE
    if not path.exists():
        return None
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadSettings(f"{FILE} cannot be read ({error}). Correct it or take it away.") from None
    for name in _NEEDED:
        if not isinstance(given.get(name), str) or not given[name]:
            raise BadSettings(f"{FILE}: {name} is missing. Write {', '.join(_NEEDED)}.")
    for name, value in given.items():
        if name not in _KNOWN or not isinstance(value, str):
            raise BadSettings(f"{FILE}: {name} is not known. Use {', '.join(_KNOWN)}, each a text.")
    return Settings(**given)


def name_of(claims: dict[str, Any], settings: Settings) -> str:
    """By what name the account is known here. Errors: NotBelieved."""
    name = claims.get(settings.claim)
    if not isinstance(name, str) or not name.strip():
        raise NotBelieved(f"the account has no {settings.claim}")
    if settings.claim == "email" and claims.get("email_verified") is not True:
        raise NotBelieved("the account's mail address is not verified")
    return name.strip()[:64]
