"""Follows the registry beside mosquitto: within a second a new hub may speak, and one that was put out has no line.

Rule 1: the files first, then SIGHUP, then the line: a hub that is cut and comes back finds its key gone.
Rule 2: mosquitto keeps a line whose key went. It is ended as MQTT has it: somebody else comes with the hub's client
id, which on the relay's own listener is not tied to the user's name; a few times, as mosquitto reads when it can.
Rule 3: what fails is said once and tried again. At the start every hub that was ever put out is cut once: this process,
too, may have died in between.

Ref: MQTT 3.1.1, 3.1.4-2: a second connection with a client id ends the first.
"""

import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ..database import Broken, Database, Row
from ..hubs import store as hub_store
from ..hubs.rules import BROKER_NAME_OF_RELAY
from ..vault import Locked
from . import broker_files
from .broker_files import CannotWrite, Listeners

ROUND_S = 0.5
CUTS = 4  # how often a hub that was put out is cut
CONNECT_WAIT_S = 2.0


def cut(relay_port: int, password: str, hub_id: str) -> bool:
    """End the line of a hub by taking its session. True when the broker has done so."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=hub_id, clean_session=True)
    client.username_pw_set(BROKER_NAME_OF_RELAY, password)
    deadline = time.monotonic() + CONNECT_WAIT_S
    try:
        client.connect("127.0.0.1", relay_port)
        while not client.is_connected() and time.monotonic() < deadline:
            client.loop(0.05)
        is_done = client.is_connected()
        client.disconnect()
    except OSError:  # the broker is down: nobody has a line
        return False
    return is_done


class Follower:
    """One round at a time: `look()`."""

    def __init__(self, database: Database, folder: Path, listeners: Listeners) -> None:
        self._database, self._folder, self._listeners = database, folder, listeners
        self._sealed: list[Row] | None = None
        self._keys: dict[str, str] = {}
        self._cuts: dict[str, int] = {}
        self._said = ""

    def look(self) -> None:
        """Bring files and lines in step with the registry."""
        try:
            self._write()
            self._cut()
            self._said = ""
        except (Broken, Locked, CannotWrite) as error:
            if str(error) != self._said:
                print(f"relay: {error}", file=sys.stderr, flush=True)
            self._said = str(error)

    def _write(self) -> None:
        with self._database.read() as reader:
            sealed = hub_store.sealed_psks(reader)
            if sealed == self._sealed:
                return
            keys = {row["hub_id"]: row["psk_hex"] for row in hub_store.psks(reader)}
            put_out = hub_store.revoked(reader) if self._sealed is None else set[str]()
        if broker_files.write(self._database, self._folder, self._listeners).is_changed:
            broker_files.reload(self._listeners.pid_file)
        put_out |= {hub_id for hub_id, key in self._keys.items() if keys.get(hub_id) != key}
        self._cuts |= dict.fromkeys(put_out, CUTS)
        self._sealed, self._keys = sealed, keys

    def _cut(self) -> None:
        if not self._cuts:
            return
        password = broker_files.relay_password(self._folder)
        for hub_id, left in list(self._cuts.items()):
            cut(self._listeners.relay_port, password, hub_id)
            if left > 1:
                self._cuts[hub_id] = left - 1
            else:
                del self._cuts[hub_id]


def run(database: Database, folder: Path, listeners: Listeners) -> None:
    """Until Ctrl-C."""
    follower, never = Follower(database, folder, listeners), threading.Event()
    with suppress(KeyboardInterrupt):
        while True:
            follower.look()
            never.wait(ROUND_S)
