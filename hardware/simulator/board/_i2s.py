"""Stand-in for MicroPython's `machine.I2S` on the simulated board: a transmitter that plays in real time.

As on the board: with a handler set, `write` returns at once, and the handler is called when the bytes have been copied
into the driver's buffer, which happens as fast as the loudspeaker empties it; the caller's buffer is read only then.
`deinit` throws away what has not been heard yet; the board is told how much.

Ref: MicroPython library, machine.I2S.
"""

import asyncio
import struct
import time

import _wire

BEGIN, SAMPLES, STOP = 0, 1, 2
_PIECE = 512


class I2S:
    """One transmitter, 16 bit, mono. Shape: `ibuf` in bytes."""

    RX, TX = 0, 1
    MONO, STEREO = 0, 1

    def __init__(self, id, *, sck, ws, sd, mode, bits, format, rate, ibuf):
        if mode != I2S.TX or bits != 16 or format != I2S.MONO:
            raise ValueError("the simulated board transmits 16 bit mono only")
        self._rate = rate
        self._room_us = ibuf * 500000 // rate
        self._end_us = time.ticks_us()  # when the loudspeaker has played all that it was given
        self._handler = None
        self._is_open = True
        self._is_copying = False
        _wire.send(_wire.OUT_SOUND, struct.pack("<BI", BEGIN, rate))

    def irq(self, handler):
        self._handler = handler

    def write(self, data):
        if not self._is_open:
            raise OSError(19)
        if self._is_copying:
            raise OSError(16)  # one buffer at a time
        self._is_copying = True
        asyncio.create_task(self._copy(data))
        return len(memoryview(data)) * 2

    async def _copy(self, data):
        wait_us = self._ahead_us() + len(data) * 1000000 // self._rate - self._room_us
        if wait_us > 0:
            await asyncio.sleep_ms(wait_us // 1000 + 1)
        self._is_copying = False
        if not self._is_open:
            return
        body = bytes(data)
        self._end_us = time.ticks_add(time.ticks_us(), self._ahead_us() + len(body) * 500000 // self._rate)
        for at in range(0, len(body), _PIECE):
            _wire.send(_wire.OUT_SOUND, bytes([SAMPLES]) + body[at : at + _PIECE])
        if self._handler is not None:
            self._handler(self)

    def _ahead_us(self):
        """How long the loudspeaker still has to play."""
        return max(0, time.ticks_diff(self._end_us, time.ticks_us()))

    def deinit(self):
        if self._is_open:
            self._is_open = False
            _wire.send(_wire.OUT_SOUND, struct.pack("<BI", STOP, self._ahead_us() * self._rate // 1000000))

    @staticmethod
    def shift(*, buf, bits, shift):
        for i in range(len(buf)):
            value = buf[i]
            buf[i] = value >> -shift if shift < 0 else max(-32768, min(32767, value << shift))
