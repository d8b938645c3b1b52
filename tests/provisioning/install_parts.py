"""A hub fresh from the bench in a simulated home, and an installer's phone on the same air."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import bleak
from protocol import improv
from simulator import images
from simulator.home import Home
from simulator.phone import Phone

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "relay"))

CLAIM = bytes(range(0x21, 0x31))
WIFI = {"ssid": "anling", "password": "right one"}
IDENTITY = {"hub_id": "h-test", "password": "broker-password-of-it", "psk_hex": "5a" * 32, "claim": CLAIM.hex()}


@asynccontextmanager
async def bench_hub(folder: Path, identity: dict[str, Any] | None = None, **more: Any) -> AsyncIterator[Home]:
    """A hub without settings. Shape: `identity` as the bench wrote it; `fast`: its image, on a clock that runs so many
    times as fast; `is_new` False: one that was installed before; `before(home)` is called before the start."""
    identity = identity or IDENTITY
    fast = more.pop("fast", 1)
    is_image = more.pop("is_image", False)
    router_port = more.pop("router_port", 0)
    is_new = more.pop("is_new", True)
    before = more.pop("before", None)
    home = Home(folder, identity["hub_id"], "127.0.0.1", more.pop("broker_port", 1), "", **more)
    if is_new:
        home.identity = identity
    else:
        (folder / "identity.json").write_text(json.dumps(identity))
    if fast > 1 or is_image:
        home.images = images.build(folder / "images", is_fast=fast > 1)
        home.environment["ANLING_TIME_SCALE"] = str(fast)
    home.router.port = router_port
    home.link.networks = [dict(WIFI)]
    if before is not None:
        before(home)
    await home.start()
    try:
        yield home
    finally:
        await home.stop()


async def find(phone: Phone, timeout: float = 5.0) -> Any:
    """The hub that advertises Improv, or None."""
    return await bleak.BleakScanner.find_device_by_filter(
        lambda device, data: improv.SERVICE in data.service_uuids,
        timeout=timeout,
        backend=phone.scanner,
        service_uuids=[improv.SERVICE],
    )
