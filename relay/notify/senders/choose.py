"""Which sender serves which channel: `DIR/senders.toml`, or the file sender for all of them.

[sms]                     [voice]                    [chat]
kind = "aliyun"           kind = "http"              kind = "apprise"
key_id = "…"              url = "https://…"
"""

import sys
from pathlib import Path
from typing import Any

from .. import rules
from .base import Sender
from .file import FileSender
from .http import AliyunSms, HttpGateway

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[no-redef]

FILE = "senders.toml"
_NEEDED = {
    "http": ("url",),
    "aliyun": ("key_id", "key_secret", "sign_name", "template_code"),
    "modem": ("path",),
    "apprise": (),
    "file": (),
}


class BadSenders(ValueError):
    """The file cannot be used; one sentence with the remedy."""


def _one(channel: str, settings: dict[str, Any], file: FileSender) -> Sender:
    kind = settings.get("kind")
    if kind not in _NEEDED:
        raise BadSenders(f"{FILE}: [{channel}] kind must be one of {', '.join(_NEEDED)}.")
    missing = [name for name in _NEEDED[kind] if not settings.get(name)]
    if missing:
        raise BadSenders(f"{FILE}: [{channel}] of kind {kind} needs {', '.join(missing)}, too.")
    if kind == "http":
        return HttpGateway(f"http {channel}", settings)
    if kind == "aliyun":
        return AliyunSms(settings)
    if kind == "modem":
        from .modem import ModemSender  # not on Windows

        return ModemSender(settings["path"])
    if kind == "apprise":
        from .chat import ChatSender  # knows a hundred services: loaded only where it is used

        return ChatSender()
    return file


def senders(data_dir: Path) -> dict[str, Sender]:
    """A sender for each channel. Errors: BadSenders."""
    file = FileSender(data_dir / "outgoing.jsonl")
    found: dict[str, Sender] = {channel: file for channel in rules.CHANNELS}
    path = data_dir / FILE
    if not path.exists():
        return found
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadSenders(f"{FILE} cannot be read: {error}. Mend it, or move it away to write to a file only.") from None
    for channel, one in settings.items():
        if channel not in rules.CHANNELS or not isinstance(one, dict):
            raise BadSenders(f"{FILE}: [{channel}] is none of {', '.join(rules.CHANNELS)}.")
        found[channel] = _one(channel, one, file)
    return found
