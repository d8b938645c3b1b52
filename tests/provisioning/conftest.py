"""One relay for all installations; homes reach its broker through a router whose port it is told."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "relay")]

from relay_parts import Relay, relay_command  # noqa: E402
from simulator.processes import free_port  # noqa: E402


@pytest.fixture(scope="session")
def install_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Relay, int]]:
    folder = tmp_path_factory.mktemp("install-relay")
    made = relay_command("sample", "--homes", "2", "--json", data=folder)
    assert made.returncode == 0, made.stderr
    router_port = free_port()
    relay = Relay(folder, json.loads(made.stdout))
    relay.more = ["--hub-broker", f"none://127.0.0.1:{router_port}", "--hub-ntp", "off"]
    relay.start()
    yield relay, router_port
    relay.stop()


@pytest.fixture
def until_async() -> Any:
    async def until(ask: Any, what: str, wait_s: float = 30) -> Any:
        end_s = asyncio.get_running_loop().time() + wait_s
        while not (answer := await asyncio.to_thread(ask)):
            assert asyncio.get_running_loop().time() < end_s, f"not within {wait_s} s: {what}"
            await asyncio.sleep(0.1)
        return answer

    return until
