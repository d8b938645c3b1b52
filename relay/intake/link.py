"""The relay's line to the broker: MQTT messages up into the writer, receipts and steps down to the hubs.

The network thread only reads and hands over; the writer's callback sends receipt and puback after COMMIT.
A puback belongs to the connection its message came by: after a reconnect the broker sends the message
again, and the old number may mean another. This file must not know what a message does.

Ref: MQTT 3.1.1 section 4.3.2; facts.md "Relay" (TCP_NODELAY, manual puback).
"""

import json
import logging
import socket
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.enums import CallbackAPIVersion
from protocol import topics

from ..clock import now_ms
from ..database import Database, DatabaseClosed, NotKept
from . import carried, reading, rules, store, worker
from .beats import Beats

LOG = logging.getLogger("relay")
KEEPALIVE_S = 30
IN_FLIGHT_MAX = 1000
TRY_AGAIN_S = 1.0
SHARED_UP = "$share/relay/" + topics.ALL_UP


@dataclass(frozen=True)
class BrokerAddress:
    """Where the broker is and who the relay is there."""

    host: str
    port: int
    user: str | None
    password: str | None
    is_tls: bool = False


def address_of(url: str) -> BrokerAddress:
    """Read mqtt://user:password@host:port (or mqtts://). Errors: ValueError with the remedy."""
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise ValueError("--broker: write it as mqtt://user:password@host:port (mqtts:// for TLS)")
    is_tls = parts.scheme == "mqtts"
    try:
        port = parts.port or (8883 if is_tls else 1883)
    except ValueError:
        raise ValueError("--broker: the port must be a number from 1 to 65535") from None
    user = unquote(parts.username) if parts.username else None
    return BrokerAddress(parts.hostname, port, user, unquote(parts.password or "") if user else None, is_tls)


class Link:
    """One lasting MQTT session. `ready` is set once the broker has granted the subscription."""

    def __init__(self, database: Database, address: BrokerAddress, client_id: str, is_shared: bool = False) -> None:
        self._database = database
        self._address = address
        self._routes = carried.Routes()
        self._beats = Beats(database)
        self._generation = 0
        self._is_ending = False
        self._was_ready = False
        self.ready = threading.Event()
        self.refusal: str | None = None
        self.down_since: float | None = time.monotonic()
        self._is_shared = is_shared
        client = reading.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if is_shared else False,
            protocol=mqtt.MQTTv5 if is_shared else mqtt.MQTTv311,
            manual_ack=True,
        )
        client.max_inflight_messages_set(IN_FLIGHT_MAX)
        client.reconnect_delay_set(min_delay=1, max_delay=5)
        if address.user is not None:
            client.username_pw_set(address.user, address.password)
        if address.is_tls:
            client.tls_set()
        client.on_socket_open = self._on_socket_open
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        self._client = client

    def start(self) -> None:
        # Sharing relays keep no session: the broker would lay messages aside for one that has died, while the others
        # live. What was on its way to it comes again from its hub, which keeps it until our receipt.
        start = True if self._is_shared else MQTT_CLEAN_START_FIRST_ONLY
        self._client.connect_async(self._address.host, self._address.port, KEEPALIVE_S, clean_start=start)
        self._client.loop_start()

    def stop(self) -> None:
        self._is_ending = True
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, hub_id: str, word: str, message: dict[str, Any]) -> None:
        """Publish down to a hub, QoS 1, from any thread. Off the line nothing is queued: the home is told
        again when its hub is heard, and a receipt goes again with the duplicate."""
        if not self._client.is_connected():
            return
        self._client.publish(topics.down(hub_id, word), json.dumps(message), qos=1)
        wrapped = self._routes.wrap(hub_id, word, message, now_ms())
        if wrapped is not None:
            self._client.publish(topics.down(wrapped[0], topics.CARRIED), json.dumps(wrapped[1]), qos=1)

    # --- the network thread -------------------------------------------------------------------------

    @staticmethod
    def _on_socket_open(client: mqtt.Client, userdata: Any, sock: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _on_connect(self, client: mqtt.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._generation += 1
        if reason.is_failure:
            self.refusal = str(reason)
            if self._was_ready:  # before that the one who started us is told by an error
                LOG.warning("the broker refuses the relay: %s", reason)
            return
        client.subscribe(SHARED_UP if self._is_shared else topics.ALL_UP, qos=1)

    def _on_subscribe(self, client: mqtt.Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self.refusal = f"the broker does not let the relay subscribe to {topics.ALL_UP}"
            return
        self.refusal = None
        self.down_since = None
        self._was_ready = True
        self.ready.set()

    def _on_disconnect(self, client: mqtt.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._generation += 1
        self.ready.clear()
        if self.down_since is None:
            self.down_since = time.monotonic()
        if self._was_ready and not self._is_ending:
            LOG.warning("the line to the broker is down (%s): trying again", reason)

    def _on_message(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:
        received_at = now_ms()
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "\ufffd"
        if message.retain and topic.endswith("/" + topics.STATE):  # a last will of long ago
            self._client.ack(message.mid, message.qos)
            return
        puback = (self._generation, message.mid, message.qos)
        self._hand_over(topic, bytes(message.payload), received_at, puback)

    def _hand_over(self, topic: str, payload: bytes, received_at: int, puback: tuple[int, int, int]) -> None:
        heard = rules.read(topic, payload)
        if isinstance(heard, rules.Refusal):
            self._refuse(topic, payload, heard, received_at, puback)
            return
        if puback[2] == 0 and self._beats.is_plain(heard):
            self._beats.add(heard, topic, payload, received_at)
            self._routes.forget(heard.hub_id)
            return
        future = self._database.write(
            partial(worker.take, heard=heard, topic=topic, payload=payload, received_at=received_at)
        )
        future.add_done_callback(
            partial(self._taken, heard=heard, topic=topic, payload=payload, received_at=received_at, puback=puback)
        )

    # --- the writer's thread, after COMMIT ------------------------------------------------------------

    def _taken(
        self,
        future: "Future[worker.Taken]",
        heard: rules.Heard,
        topic: str,
        payload: bytes,
        received_at: int,
        puback: tuple[int, int, int],
    ) -> None:
        error = future.exception()
        if isinstance(error, DatabaseClosed):
            return  # no receipt: the hub sends it again
        if isinstance(error, NotKept):
            LOG.error("%s: trying again", error)
            timer = threading.Timer(TRY_AGAIN_S, self._hand_over, (topic, payload, received_at, puback))
            timer.daemon = True
            timer.start()
            return
        if error is not None:  # a fault of ours: keep the evidence, do not stand still
            LOG.error("a message could not be carried out", exc_info=error)
            refusal = rules.Refusal(heard.hub_id, f"relay: {type(error).__name__}")
            self._refuse(topic, payload, refusal, received_at, puback)
            return
        committed_at = now_ms()
        taken = future.result()
        carrier = heard.hub_id
        if taken.heard is not None:  # a neighbour brought it: the answer goes back by the same way
            heard = taken.heard
            self._routes.keep(heard.hub_id, carrier, taken.key, committed_at)
        elif heard.word != topics.STATE:
            self._routes.forget(carrier)
        for word, message in taken.down:
            self.send(heard.hub_id, word, message)
        self._puback(puback)
        if taken.is_new:
            identity = (heard.hub_id, heard.message["epoch"], heard.message["seq"])
            self._database.write_lazily(partial(store.keep_committed_at, identity=identity, committed_at=committed_at))

    def _refuse(
        self,
        topic: str,
        payload: bytes,
        refusal: rules.Refusal,
        received_at: int,
        puback: tuple[int, int, int],
    ) -> None:
        future = self._database.write(
            partial(worker.refuse, topic=topic, payload=payload, refusal=refusal, received_at=received_at)
        )
        future.add_done_callback(partial(self._refused, refusal=refusal, puback=puback))

    def _refused(self, future: "Future[None]", refusal: rules.Refusal, puback: tuple[int, int, int]) -> None:
        if future.exception() is not None:
            LOG.error("a dead letter could not be kept (%s)", refusal.reason, exc_info=future.exception())
            return  # not pubacked: the broker sends it again
        self._puback(puback)

    def _puback(self, puback: tuple[int, int, int]) -> None:
        generation, mid, qos = puback
        if generation == self._generation:
            self._client.ack(mid, qos)
