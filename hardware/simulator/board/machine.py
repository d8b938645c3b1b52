"""Stand-in for MicroPython's `machine` on the simulated board: Pin, ADC, PWM, WDT, I2S, UART, reset.

Ref: MicroPython library, machine, as the ESP32 port has it.
"""

import os
import struct
import sys
import time

import _i2s
import _wire

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
I2S = _i2s.I2S
RESET_EXIT = 77  # the simulated board starts the firmware again when it ends with this


class Pin:
    """A pin. Inputs follow the board; outputs keep their level."""

    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self, number, mode=-1, pull=-1, *, value=None):
        self._number = number
        self._mode = mode
        self._level = 0 if value is None else int(bool(value))

    def value(self, level=None):
        if level is not None:
            if self._mode == Pin.OUT and self._level != int(bool(level)):
                _wire.send(_wire.OUT_PIN, bytes([self._number, int(bool(level))]))
            self._level = int(bool(level))
            return None
        if self._mode == Pin.IN:
            return _wire.pins[self._number]
        return self._level

    def __call__(self, level=None):
        return self.value(level)

    def number(self):
        return self._number


class PWM:
    """A PWM output; the board hears each change."""

    def __init__(self, pin, freq=1000, duty_u16=0):
        self._pin = pin.number()
        self._freq = freq
        self._duty = duty_u16
        self._told_freq = self._told_duty = -1
        self._frame = _wire.frame_of(_wire.OUT_PWM, 7)
        self._tell()

    def freq(self, hz=None):
        if hz is None:
            return self._freq
        if not 1 <= hz <= 40000000:
            raise ValueError("freq must be 1 to 40000000")
        self._freq = hz
        if self._duty:
            self._tell()

    def duty_u16(self, duty=None):
        if duty is None:
            return self._duty
        self._duty = duty
        self._tell()

    def deinit(self):
        self.duty_u16(0)

    def _tell(self):
        """Allocates nothing: the reflex calls it from the radio's callback."""
        if self._freq == self._told_freq and self._duty == self._told_duty:
            return
        self._told_freq = self._freq
        self._told_duty = self._duty
        struct.pack_into("<BHI", self._frame, 3, self._pin, self._duty, self._freq)
        _wire.send_frame(self._frame)


class ADC:
    """An analogue input; the board says what it sees."""

    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = 0, 1, 2, 3

    def __init__(self, pin, *, atten=ATTN_0DB):
        self._number = pin.number()

    def read_uv(self):
        return min(_wire.levels_mv[self._number], 3100) * 1000  # the ESP32-S3 sees no more than that

    def read_u16(self):
        return self.read_uv() // 1000 * 65535 // 3100


class WDT:
    """A watchdog; the board watches it when it is told to."""

    def __init__(self, id=0, timeout=5000):
        self._timeout = timeout
        self._fed = time.ticks_ms()
        self.feed()

    def feed(self):
        """The board is told twice a second at most: a line to it costs more than a register."""
        now = time.ticks_ms()
        if 0 < time.ticks_diff(now, self._fed) < 500:
            return
        self._fed = now
        _wire.send(_wire.OUT_WATCHDOG, struct.pack("<I", self._timeout))


def UART(number, baudrate=9600, **more):
    import _uart  # only a board with a modem has somebody at the other end

    return _uart.UART(number, baudrate, **more)


def reset():
    _wire.send(_wire.OUT_RESET)
    sys.exit(RESET_EXIT)


class _Registers:
    """The chip's own memory, of which one register is there: why it started (15: brown-out, 1: power)."""

    def __getitem__(self, address):
        if address != 0x60008038:
            raise OSError("the simulated board has no register there")
        return int(os.getenv("ANLING_RESET_REASON") or 1)


mem32 = _Registers()


def reset_cause():
    return int(os.getenv("ANLING_RESET_CAUSE") or PWRON_RESET)


def unique_id():
    return b"\x02\x00\x00\x00\x00\x01"
