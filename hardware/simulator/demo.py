"""The demo: relay, broker, a community of homes, one of them with the real firmware. One command, one Ctrl-C."""

from __future__ import annotations

import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from .places import ROOT
from .processes import CannotStart, Children, want_free


@dataclass
class Ports:
    """Where relay, broker and home's page listen, all on 127.0.0.1."""

    relay: int = 8080
    broker: int = 18830
    page: int = 8090


def sample(data: pathlib.Path, homes: int) -> dict[str, Any]:
    """The sample community's passwords: made at the first start, read back later."""
    path = data / "sample.json"
    if path.exists():
        return json.loads(path.read_text("utf-8"))
    data.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "relay", "sample", "--data", str(data / "relay"), "--homes", str(homes), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise CannotStart(f"The sample community was not made: {said[-1] if said else 'no reason given'}")
    path.write_text(done.stdout, "utf-8")
    path.chmod(0o600)
    return json.loads(done.stdout)


def start_relay(children: Children, data: pathlib.Path, port: int, broker_port: int) -> None:
    """Start the relay with its embedded broker; returns when it is ready."""
    children.start(
        "relay",
        *("relay", "serve", "--data", str(data / "relay")),
        *("--port", str(port), "--broker-port", str(broker_port)),
        ready="relay ready",
    )


def start(children: Children, data: pathlib.Path, ports: Ports, made: dict[str, Any]) -> None:
    """Start relay, home and crowd, in this order; returns when all are ready."""
    first, rest = made["hubs"][0], made["hubs"][1:]
    start_relay(children, data, ports.relay, ports.broker)
    (data / "home").mkdir(parents=True, exist_ok=True)
    secret = data / "home" / "password"
    secret.write_text(first["password"], "utf-8")
    secret.chmod(0o600)
    children.start(
        "home",
        *("simulator", "home", "--dir", str(data / "home"), "--hub-id", first["hub_id"]),
        *("--broker-port", str(ports.broker), "--password-file", str(secret), "--page-port", str(ports.page)),
        ready="home ready",
    )
    crowd = data / "crowd.json"
    crowd.write_text(json.dumps([{"hub_id": h["hub_id"], "password": h["password"]} for h in rest]), "utf-8")
    crowd.chmod(0o600)
    children.start("crowd", "simulator", "crowd", "--hubs", str(crowd), "--broker-port", str(ports.broker))


def main(data: pathlib.Path, ports: Ports, homes: int, is_fresh: bool) -> int:
    """Run until Ctrl-C. Exit 2 with one sentence when something is missing."""
    stopping: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _: stopping.append(number))
    if is_fresh:
        shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    children = Children(data)
    try:
        for port, option in ((ports.relay, "--port"), (ports.broker, "--broker-port"), (ports.page, "--page-port")):
            want_free(port, f'make demo DEMO="{option} N"')
        print("Starting relay, broker, one home with the real firmware and the others …", flush=True)
        made = sample(data, homes)
        start(children, data, ports, made)
        operator = next(s for s in made["staff"] if s["role"] == "operator")
        print(
            f"\n  Staff's screen   http://127.0.0.1:{ports.relay}/   "
            f"sign in as {operator['name']}, password {operator['password']}\n"
            f"  The home         http://127.0.0.1:{ports.page}/   press the help button there\n\n"
            f"  Logs and data are in {data}. Ctrl-C ends everything.",
            flush=True,
        )
        while not stopping:
            time.sleep(0.2)
            if name := children.ended():
                raise CannotStart(f"The {name} has ended; what it said last is in {data / name}.log")
    except CannotStart as fault:
        if not stopping:
            print(f"demo: {fault}", file=sys.stderr)
            return 2
    finally:
        children.stop()
    print("\nEverything has ended.")
    return 0
