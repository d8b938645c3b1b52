"""What still works when nothing else does: the wired button sounds the siren. No kernel, no radio, no settings.

Runs after many crashes in a row, for ten minutes at a time; then the hub tries a real start again. It must import
nothing of ours but the pins: `loader.py` runs a copy of these two files where no image is whole.
"""

import asyncio
import time

from machine import ADC, PWM, WDT, Pin, reset
from neopixel import NeoPixel

from . import board

TRY_AGAIN_MS = 600000
SIREN_MS = 60000
WATCHDOG_MS = 60000  # as in crash.py; fed here, because main.py has started it


def _is_pressed(adc):
    return adc.read_uv() < board.WIRE_PRESSED_BELOW_MV * 1000


def run():
    """Watch the button until it is time for another start. Never returns."""
    asyncio.run(_watch())


async def _watch():
    siren = PWM(Pin(board.SIREN_PIN, Pin.OUT), freq=board.SIREN_HZ, duty_u16=0)
    lamp = NeoPixel(Pin(board.LAMP_PIN, Pin.OUT), board.LAMP_COUNT)
    lamp.fill((90, 0, 60))  # a colour of no other meaning: "look at me"
    lamp.write()
    try:
        adc = ADC(Pin(board.BUTTON_ADC_PIN), atten=ADC.ATTN_11DB)
    except (OSError, ValueError, TypeError):  # TypeError: a board without a wired button
        adc = None  # then the lamp alone says that help is needed here
    began = time.ticks_ms()
    until = None
    watchdog = WDT(timeout=WATCHDOG_MS)
    print("hub: last resort")
    while True:
        watchdog.feed()
        now = time.ticks_ms()
        if adc is not None and _is_pressed(adc):
            until = time.ticks_add(now, SIREN_MS)
            siren.duty_u16(32768)
        elif until is not None and time.ticks_diff(now, until) > 0:
            until = None
            siren.duty_u16(0)
        if until is None and time.ticks_diff(now, began) > TRY_AGAIN_MS:
            reset()
        await asyncio.sleep_ms(20)
