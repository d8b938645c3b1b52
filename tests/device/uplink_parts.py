"""Real parts around the real uplink: brokers, a relay's stand-in that gives receipts, a hub under MicroPython."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import paho.mqtt.client as paho
from protocol import messages, topics

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MICROPYTHON = pathlib.Path(sys.executable).parent / "micropython"
HUB_ID = "hub-0001"
PASSWORD = "a hub's password"
PSK_HEX = "5a" * 31 + "01"
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
NO_MOSQUITTO = "mosquitto is not here: sudo apt-get install mosquitto"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    """Errors: RuntimeError when the process ends or nobody listens in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"ended with {process.returncode} before it listened on {port}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nobody listens on {port}")


class Broker:
    """A broker process that can be killed and started again on the same port."""

    def __init__(self, command: list[str], ports: list[int], log: pathlib.Path) -> None:
        self.command = command
        self.ports = ports
        self.port = ports[0]
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        for port in self.ports:
            wait_for_port(port, self.process)

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


def mosquitto(folder: pathlib.Path, extra: str = "") -> Broker:
    """A plain listener on `port`, which the relay's stand-in uses too; `extra` may open a second one for the hub
    ("{port}" in it becomes that port, which is `ports[1]`)."""
    assert MOSQUITTO is not None, NO_MOSQUITTO
    ports = [free_port()]
    text = f"listener {ports[0]} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
    text += "max_queued_messages 0\nmax_inflight_messages 1000\n"
    # Started by root it would become another user, who may not read this test's folder.
    text += f"user {getpass.getuser()}\n"
    if extra:
        ports.append(free_port())
        text = "per_listener_settings true\n" + text + extra.replace("{port}", str(ports[1]))
    (folder / "mosquitto.conf").write_text(text)
    command = [MOSQUITTO, "-c", str(folder / "mosquitto.conf")]
    return Broker(command, ports, folder / "broker.log")


def psk_mosquitto(folder: pathlib.Path) -> Broker:
    """A second listener, ports[1], for hubs with a key."""
    (folder / "keys").write_text(f"{HUB_ID}:{PSK_HEX}\n")
    return mosquitto(
        folder,
        "listener {port} 127.0.0.1\nallow_anonymous false\nset_tcp_nodelay true\n"
        f"psk_file {folder}/keys\npsk_hint anling\nuse_identity_as_username true\n"
        "ciphers PSK-AES128-GCM-SHA256\ntls_version tlsv1.2\n",
    )


_AMQTT = """
import asyncio, sys
from amqtt.broker import Broker
config = {
    "listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:" + sys.argv[1]}},
    "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
}
async def main():
    broker = Broker(config)
    await broker.start()
    await asyncio.Event().wait()
asyncio.run(main())
"""


def amqtt(folder: pathlib.Path) -> Broker:
    port = free_port()
    return Broker([sys.executable, "-c", _AMQTT, str(port)], [port], folder / "broker.log")


class Receiver:
    """The relay's stand-in: notes each alarm that arrives and answers with a receipt, unless told not to."""

    def __init__(self, port: int, gives_receipts: bool = True) -> None:
        self._gives_receipts = gives_receipts
        self.seqs: list[int] = []
        self.states: list[bytes] = []
        self._is_ready = threading.Event()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="receiver", clean_session=True)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *details: self._is_ready.set()
        self._client.on_message = self._on_message
        self._client.on_socket_open = lambda client, data, sock: sock.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._is_ready.wait(10), "the receiver could not subscribe"

    def _on_connect(self, client, data, flags, reason, properties) -> None:
        client.subscribe(topics.ALL_UP, 1)

    def _on_message(self, client, data, message) -> None:
        hub_id, _, word = topics.parse(message.topic) or ("", "", "")
        if word == topics.STATE:
            self.states.append(message.payload)
        if word == topics.ALARM:
            found = messages.check("up", word, messages.decode(message.payload))
            self.seqs.append(found["seq"])
            receipt = messages.encode(messages.receipt(found["epoch"], found["seq"]))
            if self._gives_receipts:
                client.publish(topics.down(hub_id, topics.RECEIPT), receipt, 1)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def settings(port: int, security: str = "none", **more: object) -> dict[str, object]:
    """A hub's settings.json as far as the uplink reads it."""
    broker = {"host": "127.0.0.1", "port": port, "user": HUB_ID, "password": PASSWORD, "security": security}
    wifi = [{"ssid": "home", "password": "secret"}]
    return {"hub_id": HUB_ID, "language": "en", "broker": {**broker, **more}, "wifi": wifi, "devices": []}


class Hub:
    """One run of the driver under the real MicroPython."""

    def __init__(self, told: dict[str, object], count: int, until: str = "puback", **plan: object) -> None:
        self.lines: list[dict[str, object]] = []
        self.output: list[str] = []
        self._plan = {"settings": told, "count": count, "until": until, "limit_s": 45, **plan}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Hub:
        environment = {
            "MICROPYPATH": f".frozen:{HERE / 'micropython'}:{ROOT / 'firmware'}",
            "ANLING_TEST_PLAN": json.dumps(self._plan),
        }
        self._process = await asyncio.create_subprocess_exec(
            str(MICROPYTHON),
            "-X",
            "heapsize=512k",
            str(HERE / "micropython" / "uplink_driver.py"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **environment},
            cwd=ROOT,
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *details: object) -> None:
        assert self._process is not None and self._reading is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        async for raw in self._process.stdout:
            text = raw.decode(errors="replace").rstrip()
            if text.startswith('{"'):
                self.lines.append(json.loads(text))
            else:
                self.output.append(text)

    async def wait_for(self, name: str, reason: str | None = None, seconds: float = 60) -> dict[str, object]:
        """The first line of that event (and reason). Errors: AssertionError with all that was said."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.lines:
                if line["event"] == name and reason in (None, line.get("reason")):
                    return line
            if self._reading is not None and self._reading.done():
                break
            await asyncio.sleep(0.01)
        raise AssertionError(f"no {name} {reason or ''}: {self.lines} {self.output[-30:]}")

    async def result(self) -> dict[str, object]:
        """The closing line of a run in which every alarm was answered, with nothing printed that is no event."""
        line = await self.wait_for("done")
        assert not [text for text in self.output if "Traceback" in text], self.output
        return line

    def reasons(self) -> list[object]:
        return [line["reason"] for line in self.lines if line["event"] == "disconnected"]


async def until(is_so, what: str, seconds: float = 20) -> None:
    """Poll until the claim holds. Errors: AssertionError naming it."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.01)
