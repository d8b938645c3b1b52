"""The conversation with an identity provider. Waits for the network: not on the loop.

authlib speaks OAuth; joserfc, on which it stands, proves the token. Both are loaded only where a provider is set up.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from .rules import ALGORITHMS, LEEWAY_S, NotBelieved, Settings

TIMEOUT_S = 10
KEPT_S = 3600  # what the provider says of itself


class Provider:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._facts: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._asked_at = 0.0

    @contextmanager
    def _session(self, redirect_uri: str) -> Generator[Any, None, None]:
        given, scope = self.settings, "openid profile email"
        session: Any = OAuth2Session(given.client_id, given.client_secret, scope=scope, redirect_uri=redirect_uri)
        try:
            yield session
        finally:
            session.close()

    def _ask(self, is_new: bool = False) -> None:
        """What the provider says of itself, and its keys. Errors: NotBelieved."""
        if not is_new and self._facts and time.monotonic() - self._asked_at < KEPT_S:
            return
        issuer = self.settings.issuer
        with self._session("") as session:
            try:
                url = issuer.rstrip("/") + "/.well-known/openid-configuration"
                facts = session.request("GET", url, withhold_token=True, timeout=TIMEOUT_S).json()
                keys = session.request("GET", facts["jwks_uri"], withhold_token=True, timeout=TIMEOUT_S).json()
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise NotBelieved(f"the provider cannot be asked: {type(error).__name__}") from None
        if facts.get("issuer") != issuer:
            raise NotBelieved("the provider calls itself by another name than oidc.toml")
        self._facts, self._keys, self._asked_at = facts, keys, time.monotonic()

    def address(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Errors: NotBelieved."""
        self._ask()
        with self._session(redirect_uri) as session:
            address, _ = session.create_authorization_url(
                self._facts["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        return str(address)

    def claims(self, redirect_uri: str, code: str, nonce: str, verifier: str) -> dict[str, Any]:
        """Who came back with this code. Errors: NotBelieved."""
        self._ask()
        with self._session(redirect_uri) as session:
            try:
                answer = session.fetch_token(
                    self._facts["token_endpoint"], code=code, code_verifier=verifier, timeout=TIMEOUT_S
                )
            except Exception as error:  # whatever the provider answered, the person is told the same
                raise NotBelieved(f"the code was not taken: {type(error).__name__}") from None
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise NotBelieved("the provider gave no ID token")
        return self._proved(token, nonce)

    def _proved(self, token: str, nonce: str) -> dict[str, Any]:
        try:
            claims = self._decoded(token)
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self.settings.issuer},
                aud={"essential": True, "value": self.settings.client_id},
                sub={"essential": True},
                exp={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotBelieved(f"the ID token is not good: {type(error).__name__}") from None
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise NotBelieved("the ID token names nobody")
        if claims.get("azp", self.settings.client_id) != self.settings.client_id:
            raise NotBelieved("the ID token was made for somebody else")
        return claims

    def _decoded(self, token: str) -> dict[str, Any]:
        """The token's claims, its signature proved; keys are asked for anew once, as providers change them."""
        for is_new in (False, True):
            self._ask(is_new)
            try:
                keys = jwk.KeySet.import_key_set(self._keys)  # type: ignore[arg-type]
                return dict(jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims)
            except (JoseError, ValueError):
                if is_new:
                    raise
        raise ValueError("unreachable")
