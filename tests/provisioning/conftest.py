"""One relay for all installations; homes reach its broker through a router whose port it is told."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "relay")]

from install_site import relay_behind_router  # noqa: E402
from relay_parts import Relay  # noqa: E402


@pytest.fixture(scope="session")
def install_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Relay, int]]:
    with relay_behind_router(tmp_path_factory.mktemp("install-relay")) as found:
        yield found


@pytest.fixture
def until_async() -> Any:
    async def until(ask: Any, what: str, wait_s: float = 30) -> Any:
        end_s = asyncio.get_running_loop().time() + wait_s
        while not (answer := await asyncio.to_thread(ask)):
            assert asyncio.get_running_loop().time() < end_s, f"not within {wait_s} s: {what}"
            await asyncio.sleep(0.1)
        return answer

    return until
