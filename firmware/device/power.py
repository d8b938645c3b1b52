"""The hub's own cells: how full they are, and how long they last. Reads and computes; what follows is the kernel's.

Two lithium cells in parallel behind a divider by two. Between the points of the table the charge is taken as linear;
under load the level is some 50 mV lower than at rest, which errs on the safe side.
"""

from hub import events
from machine import ADC, Pin

from . import board

EVERY_MS = 10000
_READS = 8
# mV of a cell: per cent
TABLE = ((3000, 0), (3300, 5), (3500, 15), (3600, 30), (3700, 50), (3800, 65), (3900, 75), (4000, 87), (4150, 100))


def percent(mv):
    """Charge of a cell in per cent, 0 to 100. Shape: millivolts of one cell."""
    if mv <= TABLE[0][0]:
        return 0
    for i in range(1, len(TABLE)):
        if mv < TABLE[i][0]:
            low_mv, low = TABLE[i - 1]
            high_mv, high = TABLE[i]
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

    def poll(self, now_ms):
        if self._adc is None or now_ms < self._due_ms:
            return []
        self._due_ms = now_ms + EVERY_MS
        total_uv = 0
        for _ in range(_READS):
            total_uv += self._adc.read_uv()
        pct = percent(total_uv * board.BATTERY_DIVIDER // (_READS * 1000))
        if pct == self._told:
            return []
        self._told = pct
        return [events.PowerRead(pct, runtime_min(pct))]
