"""A relay with thousands of homes, mosquitto and a load process: for the benches of load and their short tests."""

import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import Any

import httpx
from relay_parts import until

from relay.access import store as access_store
from relay.app import open_database
from relay.clock import now_ms
from relay.database import Transaction
from relay.escalation import rules as escalation_rules
from relay.escalation import store as escalation_store
from relay.people import store as people_store

HERE = pathlib.Path(__file__).resolve().parent
COMMUNITY = "c-load"
PASSWORD = "bench-of-load"
CONF = """listener {port} 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 0
max_inflight_messages 1000
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 1
user root
"""


def fill(transaction: Transaction, homes: int) -> None:
    """A community of so many homes, each with a hub that was heard."""
    people_store.add_community(transaction, COMMUNITY, "压测", "Load", 1600, 1000)
    people_store.set_duty_phone(transaction, COMMUNITY, "13800009000")
    password_hash = access_store.hash_password(PASSWORD)
    access_store.add_staff(transaction, COMMUNITY, "bench", "测", "Bench", "supervisor", password_hash)
    plan = (escalation_rules.Step((escalation_rules.DUTY_PHONE,), escalation_rules.WAIT_S_MAX),)
    escalation_store.set_plan(transaction, COMMUNITY, plan, 1, now_ms())
    now = now_ms()
    numbers = range(1, homes + 1)
    transaction.execute_many(
        "INSERT INTO dwellings (dwelling_id, community_id, label, label_en, address) VALUES (?, ?, ?, ?, ?)",
        [(f"d-{n}", COMMUNITY, f"{n} 号", f"Home {n}", f"Road {n}") for n in numbers],
    )
    transaction.execute_many(
        "INSERT INTO hubs (hub_id, dwelling_id, password_salt, password_hash, added_at, heard_at, is_online)"
        " VALUES (?, ?, '00', '', ?, ?, 1)",
        [(f"hub-{n:05}", f"d-{n}", now, now) for n in numbers],
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    def __init__(self, folder: pathlib.Path) -> None:
        self.port = free_port()
        self._conf = folder / "mosquitto.conf"
        self._conf.write_text(CONF.format(port=self.port, folder=folder))
        self._log = (folder / "mosquitto.log").open("ab")
        self.start()

    def start(self) -> None:
        command = ["mosquitto", "-c", str(self._conf)]
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log)

        def answers() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        until(answers, "mosquitto listens")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self._log.close()


class Served:
    """`relay serve` on a filled database. Shape: `program` is run instead of `-m relay` where a bench wants another."""

    def __init__(
        self, folder: pathlib.Path, homes: int, broker_port: int, address: str | None = None, program: str | None = None
    ) -> None:
        self.folder, self.address = folder, address
        self._broker = f"mqtt://127.0.0.1:{broker_port}"
        self._program = [program] if program else ["-m", "relay"]
        self.port = free_port()
        if homes:
            database = open_database(folder, address)
            database.write(lambda tx: fill(tx, homes)).result()
            database.close()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command beside it, such as `counts`."""
        command = [sys.executable, "-m", "relay", arguments[0], "--data", str(self.folder), *arguments[1:]]
        command += ["--database", self.address] if self.address else []
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def start(self) -> None:
        command = [sys.executable, *self._program, "serve", "--data", str(self.folder), "--port", str(self.port)]
        command += ["--broker", self._broker] + (["--database", self.address] if self.address else [])
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("relay ready"), (line, (self.folder / "log").read_text())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def rss_mb(self) -> float:
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cpu_s(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def sign_in(self) -> httpx.Client:
        client = httpx.Client(base_url=self.url, timeout=30)
        answer = client.post("/sign-in", data={"name": "bench", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        client.headers["X-CSRF-Token"] = client.get("/api/me").json()["csrf_token"]
        return client


class Load:
    """The load process; `do` gives an order and waits for its answer."""

    def __init__(self, served: Served, broker_port: int, homes: int, consoles: int = 1, first_seq: int = 1) -> None:
        client = served.sign_in()
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        client.close()
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "load_homes.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        orders = {"homes": homes, "broker_port": broker_port, "url": served.url, "cookie": cookie}
        self._say(orders | {"first_seq": first_seq, "consoles": consoles})
        assert self._hear() == {"ready": True}

    def _say(self, order: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")
        return found

    def begin(self, **order: Any) -> None:
        self._say(order)

    def end(self) -> dict[str, Any]:
        return self._hear()

    def do(self, **order: Any) -> dict[str, Any]:
        self._say(order)
        return self._hear()

    def stop(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Place:
    """All three in a folder of their own: `with Place(10_000) as place`."""

    def __init__(self, homes: int, program: str | None = None, consoles: int = 1) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        self._homes, self._program, self._consoles = homes, program, consoles

    def __enter__(self) -> "Place":
        self._folder = tempfile.TemporaryDirectory(prefix="anling-load-", ignore_cleanup_errors=True)
        folder = pathlib.Path(self._folder.name)
        self.broker = Mosquitto(folder)
        self.relay = Served(folder, self._homes, self.broker.port, program=self._program)
        self.load = Load(self.relay, self.broker.port, self._homes, self._consoles)
        return self

    def __exit__(self, *_: object) -> None:
        self.load.stop()
        self.relay.stop()
        self.broker.stop()
        self._folder.cleanup()


def loadavg() -> float:
    return os.getloadavg()[0]
