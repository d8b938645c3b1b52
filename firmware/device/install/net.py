"""Does this Wi-Fi lead to the relay? Joins, looks for a sign-in page, tries the broker. Answers with a word.

The words are the uplink's own (wifi_wrong_password, connection_refused, password_refused, …) and CAPTIVE. Each try is
bounded in time.
"""

import asyncio
import gc
import sys

from ..link.dial import Dialer, LineFault
from ..link.wifi import STARTING, Wifi
from .draft import forget

CAPTIVE = "captive_portal"
JOIN_MS, PAGE_MS, REACH_MS = 20000, 6000, 15000
_STEP_MS = 200
# What a further try cannot mend.
_FINAL = ("password_refused", "not_authorised", "hub_id_refused", "bad_security_settings", "certificate_refused")
_NO_BROKER = ("protocol_fault", "tls_refused", "connect_timeout", "connack_timeout")  # a page may have answered


async def join(network, now_ms):
    """None when this network was joined, else why not. Shape: `network` {"ssid", "password"}."""
    wifi = Wifi([network])
    end_ms = now_ms() + JOIN_MS
    while now_ms() < end_ms:
        if wifi.step(now_ms()):
            return None
        if wifi.reason != STARTING:
            return wifi.reason
        await asyncio.sleep_ms(_STEP_MS)
    return wifi.reason if wifi.reason != STARTING else "wifi_no_answer"


def place_of(address):
    """(host, port) of the relay's plain page; None for an address that has none."""
    kind, _, rest = address.partition("://")
    host = rest.split("/")[0]
    if not host:
        return None
    if kind == "http" and ":" in host:
        name, _, port = host.rpartition(":")
        return name, int(port)
    return host.split(":")[0], 80


async def _first_lines(host, port):
    line = await Dialer(host, port).open(None, None)
    held = b""
    try:
        await line.write(("GET /api/here HTTP/1.0\r\nHost: %s\r\n\r\n" % host).encode())
        while b"\r\n\r\n" not in held and len(held) < 2048:
            held += await line.read()
        return held
    except LineFault:
        return held
    finally:
        line.close()


async def is_captive(address):
    """Does a sign-in page stand where the relay should be? What cannot be reached at all is not captive."""
    place = place_of(address or "")
    if place is None:
        return False
    try:
        held = await asyncio.wait_for_ms(_first_lines(place[0], place[1]), PAGE_MS)
    except (LineFault, OSError, asyncio.TimeoutError):
        return False
    if not held.startswith(b"HTTP/"):
        return False
    status = held[9:12]
    if status == b"204":
        return False
    if status[:1] == b"3":  # to https of the same name is the relay's own way
        for line in held.split(b"\r\n"):
            if line.lower().startswith(b"location:"):
                return ("//" + place[0]).encode() not in line
    return True


async def reach(settings, relay, now_ms):
    """None when the broker took this hub in, else why not. Shape: checked `settings`; `relay` the relay's address."""
    before = set(sys.modules)
    try:
        return await _reach(settings, relay, now_ms)
    finally:
        # A new hub has no line before its restart: what one needs goes out of the memory again.
        forget([name for name in sys.modules if name not in before and name.startswith("device.link.")])


async def _reach(settings, relay, now_ms):
    gc.collect()
    from ..link.uplink import Uplink

    gc.collect()  # what loading left behind lies in many small holes
    heard = []
    uplink = Uplink(settings, heard.append, now_ms)
    task = asyncio.create_task(uplink.run())
    end_ms = now_ms() + REACH_MS
    reason = "connect_timeout"
    try:
        while now_ms() < end_ms:
            await asyncio.sleep_ms(_STEP_MS)
            for event in heard:
                if event[0] == "connected":
                    return None
                if event[0] == "disconnected":
                    reason = event[1]
            if reason in _FINAL or (reason in _NO_BROKER and await is_captive(relay)):
                break
    finally:
        task.cancel()
    return CAPTIVE if await is_captive(relay) else reason
