"""Gateways that are called by HTTP: any that takes a form or JSON, and Aliyun's own way of signing.

Ref: Alibaba Cloud, "RPC signature mechanism" (HMAC-SHA1 over the sorted query), SendSms 2017-05-25.
"""

import base64
import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.request
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, urlencode

from .base import AT_ONCE, Message, NotSent

TIMEOUT_S = 10
ANSWER_MAX = 65_536


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere would get a resident's name to a stranger."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def call(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """POST; (status, answer). Errors: NotSent, never with address or secret in it."""
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
            return answer.status, answer.read(ANSWER_MAX)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(ANSWER_MAX)
    except (OSError, ValueError) as error:
        raise NotSent(f"the gateway cannot be reached: {type(error).__name__}") from None


def _fill(template: Any, message: Message) -> Any:
    """Put number and text into every string of a template."""
    if isinstance(template, dict):
        return {key: _fill(value, message) for key, value in template.items()}
    if isinstance(template, list):
        return [_fill(value, message) for value in template]
    if isinstance(template, str):
        return template.replace("{number}", message.address).replace("{text}", message.body)
    return template


class HttpGateway:
    """Shape of `settings`: url; body, a template with {number} and {text}; form = true for a form instead of JSON;
    headers; reference, the field of the answer that has the gateway's own number of the message."""

    at_once = AT_ONCE

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        self.name = name
        self._settings = settings

    def send(self, message: Message) -> str | None:
        body = _fill(self._settings.get("body", {"to": "{number}", "text": "{text}"}), message)
        headers = dict(self._settings.get("headers", {}))
        if self._settings.get("form"):
            data, kind = urlencode(body).encode(), "application/x-www-form-urlencoded"
        else:
            data, kind = json.dumps(body, ensure_ascii=False).encode(), "application/json"
        status, answer = call(self._settings["url"], data, {"Content-Type": kind, **headers})
        if not 200 <= status < 300:
            raise NotSent(f"the gateway answered {status}", is_final=status in (400, 404, 410, 422))
        field = self._settings.get("reference")
        try:
            found = json.loads(answer) if field else {}
        except ValueError:
            found = {}
        reference = found.get(field) if isinstance(found, dict) else None
        return str(reference) if reference is not None else None


def aliyun_signature(query: dict[str, str], secret: str, method: str = "POST") -> str:
    def part(text: str) -> str:
        return quote(text, safe="~")

    joined = "&".join(f"{part(key)}={part(query[key])}" for key in sorted(query))
    to_sign = f"{method}&{part('/')}&{part(joined)}"
    return base64.b64encode(hmac.new((secret + "&").encode(), to_sign.encode(), hashlib.sha1).digest()).decode()


class AliyunSms:
    """Shape of `settings`: url, key_id, key_secret, sign_name, template_code. The template has ${name}, ${kind} and
    ${place}: this service sends approved templates only, no free text. What is not a call for help needs a template
    of its own: `templates` has codes by purpose (taken, closed, overdue; own, with ${text}); else it is not sent.
    """

    name = "aliyun"
    at_once = AT_ONCE
    # Codes that another try cannot mend.
    FINAL = ("isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.SMS_TEMPLATE_ILLEGAL")

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings

    def send(self, message: Message) -> str | None:
        codes = {"raised": self._settings["template_code"], **self._settings.get("templates", {})}
        if message.purpose not in codes:
            raise NotSent(f"there is no template for messages of the kind {message.purpose}", is_final=True)
        parameters = {"name": message.name[:20], "kind": message.kind[:20], "place": message.place[:20]}
        if message.purpose == "own":
            parameters = {"text": message.body[:35]}
        query = {
            "AccessKeyId": self._settings["key_id"],
            "Action": "SendSms",
            "Format": "JSON",
            "PhoneNumbers": message.address,
            "SignName": self._settings["sign_name"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": secrets.token_hex(16),
            "SignatureVersion": "1.0",
            "TemplateCode": codes[message.purpose],
            "TemplateParam": json.dumps(parameters, ensure_ascii=False),
            "Timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
        }
        query["Signature"] = aliyun_signature(query, self._settings["key_secret"])
        url = self._settings.get("url", "https://dysmsapi.aliyuncs.com/")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, answer = call(url, urlencode(query).encode(), headers)
        try:
            said = json.loads(answer)
            code = str(said["Code"])
        except (ValueError, KeyError, TypeError):
            raise NotSent(f"the gateway answered {status} with something else than JSON") from None
        if code != "OK":
            raise NotSent(f"the gateway refused: {code[:60]}", is_final=code in self.FINAL)
        return str(said["BizId"]) if said.get("BizId") else None
