"""The time by SNTP, when it comes: asks now and then, and believes only what is plausible. Nothing waits for it.

Not micropython-lib's `ntptime`: that one blocks the loop for a second and takes any bytes for the time. An answer must
carry back the random number that was asked with, come from a server that knows the time itself, and lie between the day
of this firmware and thirty years later: a name server or a clock that lies by decades is refused and said.

Ref: RFC 4330 (SNTP version 4), RFC 5905; the era after 2036 counts on.
"""

import asyncio
import os
import socket
import struct
import sys

from .dial import Dialer, LineFault

HOST, PORT = "ntp.ntsc.ac.cn", 123  # the national time service; `ntp` in the settings names another
ANSWER_MS = 5000
AGAIN_MS = 6 * 3600000
RETRY_MS = 60000
BUILT_S = 1763856000  # 2025-11-23: no clock is right that is earlier
YEARS_S = 30 * 31557600
_ERA_S = 1 << 32
_UNIX_S = 2208988800  # from 1900 to 1970


class BadTime(Exception):
    """An answer that is not believed; the text is a word."""


def utc_ms(answer, cookie):
    """UTC in ms of an answer's transmit time. Shape: `cookie` 8 bytes, as sent. Errors: BadTime."""
    if len(answer) < 48 or answer[24:32] != cookie:
        raise BadTime("not ours")
    if answer[0] & 7 not in (4, 5):
        raise BadTime("no server")
    if answer[0] >> 6 == 3 or not 1 <= answer[1] <= 15:
        raise BadTime("it does not know the time")
    seconds, fraction = struct.unpack(">II", answer[40:48])
    seconds -= _UNIX_S
    while seconds < BUILT_S and seconds + _ERA_S <= BUILT_S + YEARS_S:
        seconds += _ERA_S
    if not BUILT_S <= seconds <= BUILT_S + YEARS_S:
        raise BadTime("decades off")
    return seconds * 1000 + (fraction * 1000 >> 32)


def _readable(sock):
    yield asyncio.core._io_queue.queue_read(sock)


class Timekeeper:
    """Shape: `on_time(utc_ms)` is called with the time of this very moment; `has_network()` says whether to ask."""

    def __init__(self, settings, on_time, has_network, now_ms):
        where = settings.get("ntp") or {}
        self._dialer = Dialer(where.get("host", HOST), where.get("port", PORT))
        self._on_time = on_time
        self._has_network = has_network
        self._now_ms = now_ms

    async def run(self):
        """Ask for ever: soon after the network is there, every minute until answered, then every six hours."""
        said = None
        while True:
            pause_ms = RETRY_MS
            if not self._has_network():
                pause_ms = 2000
            else:
                try:
                    self._on_time(await self._ask())
                    pause_ms, said = AGAIN_MS, None
                except (BadTime, LineFault, OSError, asyncio.TimeoutError) as fault:
                    if str(fault) != said:
                        said = str(fault)
                        print("ntp:", said or "no answer")
                except Exception as fault:  # no memory, say: the time may never cost the hub its life
                    sys.print_exception(fault)
            await asyncio.sleep_ms(pause_ms)

    async def _ask(self):
        address = (await self._dialer.find())[-1]
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.connect(address)
            cookie = os.urandom(8)
            sock.send(b"\x23" + bytes(39) + cookie)
            asked_ms = self._now_ms()
            await asyncio.wait_for_ms(_readable(sock), ANSWER_MS)
            answer = sock.recv(96)
            # The answer was made between asking and now: half of that time has passed since.
            return utc_ms(answer, cookie) + (self._now_ms() - asked_ms) // 2
        finally:
            sock.close()
