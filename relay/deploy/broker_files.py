"""Mosquitto's files, made from the registry: configuration, rights, the relay's password, the hubs' keys.

A hub speaks on a port of its own by TLS with its own key; who it is says the key's identity, so it can take neither
another's topics nor another's session. The relay speaks on this machine only, with a password. Written again at any
time: the relay's password stays, what did not change is not touched, and mosquitto takes the rest in by SIGHUP.

Ref: mosquitto.conf(5); facts.md "Relay": what keeps messages over a kill -9 of broker or relay.
"""

import base64
import hashlib
import os
import secrets
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..database import Database
from ..hubs import store as hub_store
from ..hubs.rules import BROKER_NAME_OF_RELAY

STATE = "/var/lib/mosquitto"  # Debian's
PID_FILE = Path("/run/mosquitto/mosquitto.pid")
PROGRAM = "mosquitto"
GROUP = "mosquitto"
ITERATIONS = 101  # mosquitto's own count; the password has 256 random bits

CONF = """# Made by `relay broker-files`: do not change it by hand, it is written again.
pid_file {pid_file}
per_listener_settings true
persistence true
persistence_location {state}/
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
max_inflight_messages 1000
max_packet_size 4096

# Homes: each by its own key. The identity of the key is the user and the session.
listener {port} {host}
psk_file {folder}/hubs.psk
psk_hint anling
use_identity_as_username true
use_username_as_clientid true
tls_version tlsv1.2
ciphers PSK-AES128-GCM-SHA256
allow_anonymous false
acl_file {folder}/acl
set_tcp_nodelay true

# The relay: from this machine only.
listener {relay_port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
set_tcp_nodelay true
"""
ACL = f"""# A hub writes its own up and reads its own down; the relay hears all homes and answers them.
pattern write anling/1/%u/up/#
pattern read anling/1/%u/down/#

user {BROKER_NAME_OF_RELAY}
topic read anling/1/+/up/#
topic write anling/1/+/down/#
"""


class CannotWrite(RuntimeError):
    """One sentence with the remedy."""


@dataclass(frozen=True)
class Listeners:
    """Where mosquitto listens, and where it keeps what must outlive it."""

    host: str
    port: int
    relay_port: int
    state: str = STATE
    pid_file: Path = PID_FILE


@dataclass(frozen=True)
class Written:
    hubs: int
    relay_url: str
    is_changed: bool


def password_line(user: str, password: str) -> str:
    """As mosquitto_passwd writes it: PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(12)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"{user}:$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}\n"


def write(database: Database, folder: Path, listeners: Listeners) -> Written:
    """Write all of them. Errors: CannotWrite, Broken."""
    with database.read() as reader:
        keys = hub_store.psks(reader)
    if any(not row["psk_hex"] for row in keys):
        raise CannotWrite("A hub has an empty key. Give it a new one with `relay hub-make`.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        password = relay_password(folder)
        conf = CONF.format(folder=folder, **vars(listeners))
        psk = "".join(f"{row['hub_id']}:{row['psk_hex']}\n" for row in keys)
        changed = [_put(folder / name, text) for name, text in (("acl", ACL), ("hubs.psk", psk))]
        changed.append(_put(folder / "mosquitto.conf", conf))
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be written ({error.strerror}). Choose another with --to.") from None
    url = f"mqtt://{BROKER_NAME_OF_RELAY}:{password}@127.0.0.1:{listeners.relay_port}"
    _put(folder / "relay-url", f"ANLING_BROKER={url}\n", is_secret=True)
    return Written(len(keys), f"in {folder / 'relay-url'}", any(changed))


def relay_password(folder: Path) -> str:
    """With which the relay goes to the broker: the one that is there already, or a new one."""
    kept = folder / "relay-url"
    if kept.exists() and (folder / "passwords").exists():
        return kept.read_text().partition(f"{BROKER_NAME_OF_RELAY}:")[2].partition("@")[0]
    password = secrets.token_urlsafe(32)
    _put(folder / "passwords", password_line(BROKER_NAME_OF_RELAY, password))
    return password


def _put(path: Path, text: str, is_secret: bool = False) -> bool:
    """Write whole or not at all, readable for mosquitto and nobody else; True when it is new or another."""
    if path.exists() and path.read_text() == text:
        return False
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if not is_secret:
        with suppress(LookupError, PermissionError):  # where there is no such group, whoever writes it runs mosquitto
            shutil.chown(part, group=GROUP)
            part.chmod(0o640)
    os.replace(part, path)
    return True


def reload(pid_file: Path) -> bool:
    """Let mosquitto read rights, passwords and keys again; nobody's line is cut. False when it does not run: it reads
    them when it starts. Errors: CannotWrite."""
    try:
        pid = int(pid_file.read_text().strip())
        if Path("/proc").is_dir() and Path(f"/proc/{pid}/comm").read_text().strip() != PROGRAM:
            return False  # the number of one that is gone, given to another process since
        os.kill(pid, signal.SIGHUP)
    except (FileNotFoundError, ProcessLookupError):
        return False
    except (OSError, ValueError):
        raise CannotWrite(f"mosquitto cannot be told by {pid_file}. Run this as root, or name its file.") from None
    return True
