"""Many light hubs in one process: each its own connection, broker user and heartbeats, none with firmware.

One thread and one selector serve them all (a paho client with a thread each would be sixty threads). They are there so
that a community looks and loads as it does in life; only the home with the real firmware can press.
"""

from __future__ import annotations

import json
import pathlib
import random
import selectors
import signal
import sys
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from protocol import messages, topics

BACK_OFF_S = (1, 2, 4, 8, 15, 30)


class LightHub:
    """One light hub. Shape: `interval_s` between heartbeats."""

    def __init__(self, hub_id: str, password: str, host: str, port: int, interval_s: float) -> None:
        self.hub_id = hub_id
        self._address = (host, port)
        self._interval_s = interval_s
        self._epoch = f"{random.getrandbits(32):08x}"
        self._started_s = time.monotonic()
        self._beat_at_s = 0.0
        self._tries = 0
        self.connect_at_s = 0.0
        self.is_connected = False
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=hub_id, clean_session=True)
        self.client.username_pw_set(hub_id, password)
        self.client.will_set(topics.up(hub_id, topics.STATE), messages.encode(messages.offline()), qos=1)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            print(f"crowd: {self.hub_id}: the broker refused: {reason}", file=sys.stderr)
            return
        self.is_connected = True
        self._tries = 0
        client.subscribe(topics.all_down(self.hub_id), qos=1)
        client.publish(topics.up(self.hub_id, topics.HELLO), self._heartbeat(), qos=1)
        self._beat_at_s = time.monotonic() + random.random() * self._interval_s

    def _on_disconnect(self, *_: Any) -> None:
        self.is_connected = False

    def _heartbeat(self) -> bytes:
        uptime_s = int(time.monotonic() - self._started_s)
        return messages.encode(messages.heartbeat(self._epoch, 0, uptime_s, 0, [], True, None, "light", True))

    def socket(self) -> Any:
        return self.client.socket()

    def connect(self, now_s: float) -> None:
        """Try to connect; on failure the next try is later each time, with some jitter."""
        self.connect_at_s = now_s + BACK_OFF_S[min(self._tries, len(BACK_OFF_S) - 1)] * (0.75 + random.random() / 2)
        self._tries += 1
        try:
            self.client.connect(*self._address, keepalive=60)
        except OSError:
            self.is_connected = False  # the broker is away: tried again at connect_at_s

    def tick(self, now_s: float) -> None:
        if self.socket() is None:
            if now_s >= self.connect_at_s:
                self.connect(now_s)
            return
        self.client.loop_misc()
        if self.is_connected and now_s >= self._beat_at_s:
            self._beat_at_s = now_s + self._interval_s
            self.client.publish(topics.up(self.hub_id, topics.HEARTBEAT), self._heartbeat(), qos=0)


def run(hubs: list[LightHub], is_stopping: list[bool]) -> None:
    """Serve these hubs until `is_stopping` holds something."""
    ticked_s = 0.0
    while not is_stopping:
        now_s = time.monotonic()
        if now_s - ticked_s >= 0.5:
            ticked_s = now_s
            for hub in hubs:
                hub.tick(now_s)
        with selectors.DefaultSelector() as selector:
            for hub in hubs:
                line = hub.socket()
                if line is not None:
                    wants = selectors.EVENT_READ | (selectors.EVENT_WRITE if hub.client.want_write() else 0)
                    selector.register(line, wants, hub)
            if not selector.get_map():
                time.sleep(0.2)
                continue
            for key, ready in selector.select(0.5):
                if ready & selectors.EVENT_READ:
                    key.data.client.loop_read()
                if ready & selectors.EVENT_WRITE and key.data.socket() is not None:
                    key.data.client.loop_write()


def main(host: str, port: int, hubs_file: pathlib.Path, interval_s: float) -> int:
    """`hubs_file`: JSON list of {hub_id, password}."""
    entries = json.loads(hubs_file.read_text("utf-8"))
    is_stopping: list[bool] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: is_stopping.append(True))
    run([LightHub(e["hub_id"], e["password"], host, port, interval_s) for e in entries], is_stopping)
    return 0
