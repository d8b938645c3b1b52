"""Real relays for the tests: own folder, own ports, own processes; a paho client as the home."""

import contextlib
import io
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from protocol import messages, topics

from relay.__main__ import main

WAIT_S = 20
EPOCH = "0a1b2c3d"


def until(ask: Callable[[], Any], what: str, wait_s: float = WAIT_S) -> Any:
    """Ask again until the answer is true; the answer."""
    end = time.monotonic() + wait_s
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {wait_s} s: {what}")
        time.sleep(0.02)


def relay_command(*arguments: str, data: Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """A command as somebody types it: in this process, as Python alone takes seconds to begin; `serve` in its own."""
    command = [arguments[0], "--data", str(data), *arguments[1:]]
    if arguments[0] == "serve":
        return relay_process(*command, timeout=timeout)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(command)
        except SystemExit as ended:  # argparse
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())


def relay_process(*command: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "relay", *command)
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout)


class Relay:
    """A `relay serve` process on free ports, with its sample."""

    def __init__(self, data: Path, sample: dict[str, Any], broker: str | None = None) -> None:
        self.data = data
        self.sample = sample
        self.broker = broker
        self.port = 0
        self.broker_port = 0
        self.process: subprocess.Popen[str] | None = None
        self.more: list[str] = []  # further options
        self.program: str | None = None  # run instead of the relay itself

    def start(self) -> None:
        program = [self.program] if self.program else ["-m", "relay"]
        command = [sys.executable, *program, "serve", "--data", str(self.data), "--port", str(self.port)]
        if self.broker:
            command += ["--broker", self.broker]
        else:
            command += ["--broker-port", str(self.broker_port)]
        command += self.more
        with (self.data / "log").open("a") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("relay ready: http://127.0.0.1:"), (line, (self.data / "log").read_text())
        facts = self.running()
        self.port = int(facts["url"].rsplit(":", 1)[1])
        self.broker_port = facts["broker_port"]

    def running(self) -> dict[str, Any]:
        return json.loads((self.data / "running.json").read_text())

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def kill_broker(self) -> int:
        """kill -9 of the broker's process; its pid."""
        pid = int(self.running()["broker_pid"])
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def password_of_hub(self, hub_id: str) -> str:
        return next(hub["password"] for hub in self.sample["hubs"] if hub["hub_id"] == hub_id)

    def staff(self, name: str = "operator") -> "Staff":
        password = next(one["password"] for one in self.sample["staff"] if one["name"] == name)
        return Staff(f"http://127.0.0.1:{self.port}", name, password)


class Staff:
    """Somebody signed in."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self.name, self.password = name, password
        self.http = httpx.Client(base_url=url, timeout=20)
        answer = self.http.post("/sign-in", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        self.me = self.get("/api/me")
        self.http.headers["X-CSRF-Token"] = self.me["csrf_token"]

    def get(self, path: str) -> Any:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
        answer = self.http.post(path, json=body or {})
        assert answer.status_code == status, answer.text
        return answer.json()

    def alarms(self) -> list[dict[str, Any]]:
        return self.get("/api/board")["alarms"]

    def dwelling(self, hub_id: str) -> dict[str, Any]:
        return next(one for one in self.get("/api/board")["dwellings"] if one["hub_id"] == hub_id)

    def close(self) -> None:
        self.http.close()


class Home:
    """A hub's line to the broker, by paho: publishes up, keeps what comes down."""

    def __init__(self, port: int, hub_id: str, password: str, clean: bool = True) -> None:
        self.hub_id = hub_id
        self.down: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.connected = threading.Event()
        self.refused: list[str] = []
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=hub_id, clean_session=clean)
        self.client.username_pw_set(hub_id, password)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *_: self.connected.set()
        self.client.on_disconnect = lambda *_: self.connected.clear()
        self.client.on_message = lambda client, data, message: self.down.put(
            (message.topic.rsplit("/", 1)[1], json.loads(message.payload))
        )
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()

    def _on_connect(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.refused.append(str(reason))
        else:
            client.subscribe(topics.all_down(self.hub_id), qos=1)

    def wait_connected(self) -> "Home":
        assert self.connected.wait(WAIT_S), f"{self.hub_id} does not get in: {self.refused}"
        return self

    def say(self, word: str, message: dict[str, Any] | bytes, qos: int = 1) -> Any:
        data = message if isinstance(message, bytes) else messages.encode(message)
        return self.client.publish(topics.up(self.hub_id, word), data, qos=qos)

    def press(self, seq: int, alarm: int | None = None, **given: Any) -> Any:
        """One activation of the bedside button."""
        values = {"kind": "help", "step": "raised", "activation": "press", "age_ms": 40, "device": None} | given
        message = messages.alarm(
            EPOCH,
            seq,
            alarm if alarm is not None else seq,
            values["kind"],
            values["step"],
            values["device"],
            values["activation"],
            values["age_ms"],
            None,
        )
        return self.say(topics.ALARM, message)

    def beat(self, alarms: list[list[Any]] | None = None, word: str = topics.HEARTBEAT) -> Any:
        message = messages.heartbeat(EPOCH, 9, 60, 0, alarms or [], True, 90, "0.1", False)
        return self.say(word, message, qos=0 if word == topics.HEARTBEAT else 1)

    def next(self, word: str, wait_s: float = WAIT_S) -> dict[str, Any]:
        """The next message down of this kind; others are put aside."""
        end = time.monotonic() + wait_s
        while True:
            try:
                found, message = self.down.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{self.hub_id} heard no {word} within {wait_s} s") from None
            if found == word:
                return message

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def fresh_copy(sample_folder: tuple[Path, dict[str, Any]], folder: Path) -> dict[str, Any]:
    """The sample's database, copied; its passwords and keys."""
    for name in ("relay.db", "secrets.key"):
        (folder / name).write_bytes((sample_folder[0] / name).read_bytes())
    return sample_folder[1]
