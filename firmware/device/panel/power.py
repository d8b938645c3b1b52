"""The hub's own cells: how full they are, and how long they last. Reads and computes; what follows is the kernel's.

The board's table says what a level means for its kind of cell; between its points the charge is taken as linear. Under
load the level is some 50 mV lower than at rest, which errs on the safe side.
"""

from hub import events
from machine import ADC, Pin

from .. import board

EVERY_MS = 10000
_READS = 8


def percent(mv):
    """Charge of a cell in per cent, 0 to 100. Shape: millivolts of one cell."""
    table = board.BATTERY_TABLE
    if mv <= table[0][0]:
        return 0
    for i in range(1, len(table)):
        if mv < table[i][0]:
            low_mv, low = table[i - 1]
            high_mv, high = table[i]
            return low + (high - low) * (mv - low_mv) // (high_mv - low_mv)
    return 100


def runtime_min(pct):
    """Minutes on the battery with everything on."""
    return board.BATTERY_MWH * pct * 60 // (100 * board.LOAD_MW)


class Power:
    """`poll` gives a PowerRead now and then, when the charge is another than before."""

    def __init__(self):
        self._adc = None
        if board.BATTERY_ADC_PIN is not None:
            self._adc = ADC(Pin(board.BATTERY_ADC_PIN), atten=ADC.ATTN_11DB)
        self._due_ms = 0
        self._told = None
        self.mv = None  # of one cell, when last read

    def poll(self, now_ms):
        if self._adc is None or now_ms < self._due_ms:
            return []
        self._due_ms = now_ms + EVERY_MS
        total_uv = 0
        for _ in range(_READS):
            total_uv += self._adc.read_uv()
        self.mv = total_uv * board.BATTERY_DIVIDER // (_READS * 1000)
        pct = percent(self.mv)
        if pct == self._told:
            return []
        self._told = pct
        return [events.PowerRead(pct, runtime_min(pct))]
