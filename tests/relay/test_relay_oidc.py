"""Signing in with an office's account, against a small real provider on loopback: code, PKCE, signed tokens."""

import json
import secrets
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import office_parts
import pytest
from office_parts import Desk, Office

pytest.importorskip("authlib", reason="authlib is not installed: pip install 'anling[oidc]'")

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk, jwt

from relay.oidc import rules

CLIENT, SECRET = "anling", "a secret of the office"


class Provider:
    """Says at once who somebody is: `who`. What it signs can be bent by `bend`."""

    def __init__(self) -> None:
        self.key = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.who: dict[str, Any] = {"sub": "s-1", "preferred_username": "operator@c-qinghe"}
        self.bend: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, *given: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def _say(self, handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path)
        if path.path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            self._say(handler, 200, {"issuer": self.issuer} | {name: self.issuer + at for name, at in ends.items()})
        elif path.path == "/keys":
            self._say(handler, 200, {"keys": [self.key.as_dict(private=False)]})
        else:
            asked = {name: values[0] for name, values in parse_qs(path.query).items()}
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            handler.send_response(302)
            back = urlencode({"code": code, "state": asked["state"]})
            handler.send_header("Location", f"{asked['redirect_uri']}?{back}")
            handler.end_headers()

    def post(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.codes.pop(given.get("code", ""), None)
        basic = b64decode(handler.headers.get("Authorization", "Basic Og==").split(" ")[1]).decode()
        is_client = basic == f"{CLIENT}:{SECRET}"
        is_proved = asked and create_s256_code_challenge(given.get("code_verifier", "")) == asked["code_challenge"]
        if not is_client or not asked or not is_proved or given["redirect_uri"] != asked["redirect_uri"]:
            self._say(handler, 400, {"error": "invalid_grant"})
            return
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        key = self.bend.pop("key", self.key)
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.who | self.bend, key)
        self._say(handler, 200, {"access_token": "x", "token_type": "Bearer", "id_token": token})

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    one = Provider()
    yield one
    one.stop()


@pytest.fixture
def office(provider: Provider, tmp_path: Path, address: str | None, monkeypatch) -> Iterator[Office]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider of this test is on loopback, without TLS
    text = f'issuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
    (tmp_path / rules.FILE).write_text(text)
    with office_parts.office(tmp_path, address) as one:
        yield one


def _go(office: Office, next: str = "/") -> httpx.Response:
    """A fresh browser that asks to sign in with the office's account, all the way back here."""
    with httpx.Client(base_url=office.client.base_url, timeout=20) as browser:
        away = browser.get("/sign-in/oidc", params={"next": next})
        assert away.status_code == 303, away.text
        back = browser.get(away.headers["location"])
        return browser.get(back.headers["location"])


def _session(answer: httpx.Response) -> str | None:
    return answer.cookies.get("anling_session")


def test_an_office_account_signs_a_colleague_in(office, provider):
    desk = office.desk("operator")
    page = office.client.get("/sign-in").text
    assert 'href="/sign-in/oidc?next=/"' in page
    answer = _go(office, "/?home=1")
    assert answer.status_code == 200 and 'content="0;url=/?home=1"' in answer.text, answer.text[:500]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert Desk(office.client, _session(answer)).me["staff_id"] == desk.me["staff_id"]
    assert 'url=/"' in _go(office, "//evil.example").text


def test_an_account_is_tied_to_a_person_not_to_a_name(office, provider):
    office.desk("operator"), office.desk("supervisor")
    assert _session(_go(office))
    provider.who = {"sub": "s-2", "preferred_username": "operator@c-qinghe"}  # somebody else got that name there
    answer = _go(office)
    assert answer.status_code == 403 and _session(answer) is None
    provider.who = {"sub": "s-1", "preferred_username": "renamed"}  # the same person under another name
    assert _session(_go(office))
    staff_id = office.desk("operator").me["staff_id"]
    body = {"display_name": "甲", "role": "operator", "is_active": False}
    office.desk("supervisor").put(f"/api/staff/{staff_id}", body)
    assert _go(office).status_code == 403
    provider.who = {"sub": "s-3", "preferred_username": "nobody here"}
    assert _go(office).status_code == 403


def test_a_token_that_is_not_the_providers_or_not_for_us_lets_nobody_in(office, provider):
    office.desk("operator")
    now = int(time.time())
    foreign = jwk.RSAKey.generate_key(2048, {"kid": "one"})
    for bend in (
        {"aud": "another"}, {"iss": "http://evil.example"}, {"nonce": "old"}, {"exp": now - 3600}, {"key": foreign},
        {"sub": ""}, {"azp": "another"}, {"preferred_username": None},
    ):  # fmt: skip
        provider.bend = dict(bend)
        answer = _go(office)
        assert answer.status_code == 401 and _session(answer) is None, bend
        assert "Traceback" not in answer.text
    provider.bend = {}
    assert _session(_go(office))


def test_coming_back_works_once_and_only_in_the_browser_that_went(office, provider):
    office.desk("operator")
    with httpx.Client(base_url=office.client.base_url, timeout=20) as browser:
        away = browser.get("/sign-in/oidc")
        back = browser.get(away.headers["location"]).headers["location"]
        stranger = httpx.get(back, timeout=20)  # somebody is sent another's way back
        assert stranger.status_code == 401 and _session(stranger) is None
        assert _session(browser.get(back))
        browser.cookies.set("anling_oidc", parse_qs(urlsplit(back).query)["state"][0], path="/sign-in")
        assert browser.get(back).status_code == 401
    for query in ("", "?state=x&code=y", "?error=access_denied&state=x"):
        assert office.client.get("/sign-in/oidc/callback" + query).status_code == 401
    kept = str(office.rows("SELECT * FROM oidc_tries"))
    assert sha256(b"").hexdigest() not in kept


def test_a_provider_that_is_away_is_told_and_the_password_still_works(office, provider):
    provider.stop()
    answer = office.client.get("/sign-in/oidc")
    assert answer.status_code == 502 and 'name="password"' in answer.text


@pytest.mark.parametrize(
    "text", ["issuer = ", 'issuer = "https://x"', 'issuer="a"\nclient_id="b"\nclient_secret="c"\nx="d"']
)
def test_settings_that_cannot_be_used_are_named(tmp_path, text):
    (tmp_path / rules.FILE).write_text(text)
    with pytest.raises(rules.BadSettings, match=r"oidc\.toml"):
        rules.settings_in(tmp_path)
