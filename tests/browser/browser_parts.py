"""The parts of a browser test: a relay of its own, hubs that speak MQTT, free ports, screenshots."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as mqtt
from protocol import messages, topics

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
WAIT_S = 20.0
SESSION = "anling_session"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(claim: Callable[[], Any], what: str, wait_s: float = WAIT_S) -> Any:
    """Poll until the claim holds; what it gave."""
    ends = time.monotonic() + wait_s
    while time.monotonic() < ends:
        found = claim()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {wait_s} s: {what}")


class Relay:
    """`python -m relay serve` over a sample community in its own folder."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        self._sessions: dict[str, str] = {}
        done = subprocess.run(
            [sys.executable, "-m", "relay", "sample", "--data", str(folder), "--json", *more],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        self.sample = json.loads(done.stdout)
        self.port, self.broker_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (folder / "serve.log").open("w")
        command = [sys.executable, "-m", "relay", "serve", "--data", str(folder)]
        command += ["--port", str(self.port), "--broker-port", str(self.broker_port), "--hub-ntp", "off"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, cwd=ROOT)
        until(self._is_ready, "the relay says that it is ready", 60)

    def _is_ready(self) -> bool:
        said = (self.folder / "serve.log").read_text()
        assert self.process.poll() is None, said
        return "relay ready" in said

    def password(self, name: str) -> str:
        return next(one["password"] for one in self.sample["staff"] if one["name"] == name)

    @contextmanager
    def client(self, name: str = "operator") -> Iterator[httpx.Client]:
        """A signed-in client of the API. Passwords are slow on purpose: a session that is still good is used again."""
        with httpx.Client(base_url=self.url, timeout=10) as client:
            if name in self._sessions:
                client.cookies.set(SESSION, self._sessions[name])
            me = client.get("/api/me")
            if me.status_code == 401:
                client.cookies.clear()
                given = {"name": name, "password": self.password(name), "next": "/"}
                answer = client.post("/sign-in", data=given)
                assert answer.status_code == 303, answer.text
                self._sessions[name] = client.cookies[SESSION]
                me = client.get("/api/me")
            client.headers["X-CSRF-Token"] = me.json()["csrf_token"]
            yield client

    def session(self, name: str) -> dict[str, str]:
        """The cookie of somebody who has signed in, for a browser."""
        with self.client(name):
            return {"name": SESSION, "value": self._sessions[name], "url": self.url}

    def hold(self) -> None:
        """Let the relay stand still: a line that is up and says nothing."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.go_on()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.log.close()


class Hub:
    """One home's hub as the broker sees it: hello, then real alarm messages."""

    def __init__(self, relay: Relay, given: dict[str, Any]) -> None:
        self.hub_id: str = given["hub_id"]
        self.dwelling_id: str = given["dwelling_id"]
        self._device = (given.get("devices") or [{"id": "5448e68f80a5"}])[0]["id"]
        self._epoch, self._seq = secrets.token_hex(4), 0
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=self.hub_id)
        self._client.username_pw_set(self.hub_id, given["password"])
        self._client.connect("127.0.0.1", relay.broker_port)
        self._client.loop_start()
        until(self._client.is_connected, f"{self.hub_id} is connected")
        self.beat(topics.HELLO)

    def beat(self, word: str = topics.HEARTBEAT) -> None:
        """A sign of life: without one a home counts as offline after three minutes."""
        self._publish(word, messages.heartbeat(self._epoch, 0, 5, 0, [], True, 90, "0.1.0", True))

    def _publish(self, word: str, message: dict[str, Any]) -> None:
        messages.check("up", word, message)
        self._client.publish(topics.up(self.hub_id, word), messages.encode(message), 1).wait_for_publish(WAIT_S)

    def press(self, kind: str = "help", alarm: int | None = None, step: str = "raised") -> int:
        """One activation; the seq by which the home names its alarm."""
        self._seq += 1
        named = alarm or self._seq
        activation = "press" if kind in ("help", "test") else "tripped"
        self._publish(
            topics.ALARM,
            messages.alarm(self._epoch, self._seq, named, kind, step, self._device, activation, 150, None),
        )
        return named

    def told(self, alarm: int, step: str) -> None:
        self._publish(topics.TOLD, messages.told(self._epoch, alarm, step))

    def stop(self) -> None:
        self._client.disconnect()
        until(lambda: not self._client.is_connected(), f"{self.hub_id} has gone")
        self._client.loop_stop()


def clear_all(client: httpx.Client) -> None:
    """Close every open alarm, so that the next test begins calm."""
    for alarm in client.get("/api/board").json()["alarms"]:
        at = f"/api/alarms/{alarm['alarm_id']}"
        if alarm["step"] == "raised":
            client.post(f"{at}/acknowledge", json={})
        client.post(f"{at}/clear", json={"outcome": "test", "note": ""})
