"""The wired inputs: help button on a supervised line, cancel button, mains sense. Turns levels into events.

The help button's line has a resistor at its far end, so that a cut or shorted wire is seen: the level at rest is in the
middle. A short may be a button that is held by a broken contact: it counts as a press and as a fault.
Polled every 20 ms: `Pin.irq` is soft on an ESP32 and served by the main thread only, so it would be no faster.
The wired button also has a path in hardware to the siren (hardware/).
"""

from hub import events
from machine import ADC, Pin

from .. import board

_STEADY = 2  # equal readings in a row before a change counts (40 ms)
TEST_HOLD_MS = 5000  # the cancel button held so long asks for a test call
REST, PRESSED, CUT, SHORT = "rest", "pressed", "cut", "short"


def line_state(mv):
    """What a level on the help button's line means. Shape: millivolts."""
    if mv < board.WIRE_SHORT_BELOW_MV:
        return SHORT
    if mv < board.WIRE_PRESSED_BELOW_MV:
        return PRESSED
    return REST if mv < board.WIRE_CUT_ABOVE_MV else CUT


class Input:
    """One debounced level. Shape: `read()` gives it; `level` is the one that holds."""

    def __init__(self, read, level):
        self._read = read
        self.level = level
        self._candidate = level
        self._count = 0

    def poll(self):
        """The new level when it has just changed for good, else None."""
        level = self._read()
        if level == self.level:
            self._count = 0
            return None
        if level != self._candidate:
            self._candidate = level
            self._count = 0
        self._count += 1
        if self._count < _STEADY:
            return None
        self.level = level
        self._count = 0
        return level


def _line_reader(number):
    if number is None:
        return lambda: REST
    adc = ADC(Pin(number), atten=ADC.ATTN_11DB)
    return lambda: line_state(adc.read_uv() // 1000)


def _pin_reader(number, pull=-1):
    return (lambda: 1) if number is None else Pin(number, Pin.IN, pull).value


class Inputs:
    """All of them. `poll` gives the events of now."""

    def __init__(self):
        # The button is taken as at rest and the mains as present until seen otherwise: a start while the button
        # is held is a press, and a start on battery is told.
        # What a board does not have (None) stays as it is for ever.
        self._line = Input(_line_reader(board.BUTTON_ADC_PIN), REST)
        self._cancel = Input(_pin_reader(board.CANCEL_PIN, Pin.PULL_UP), 1)
        self._mains = Input(_pin_reader(board.MAINS_PIN), 1)
        self._held_ms = None  # since when
        self._is_test_asked = False
        self._is_line_ill = False

    def poll(self, now_ms):
        found = []
        line = self._line.poll()
        if line is not None:
            self._on_line(line, found)
        self._poll_cancel(found, now_ms)
        mains = self._mains.poll()
        if mains is not None:
            found.append(events.MainsRestored() if mains else events.MainsLost())
        return found

    def _on_line(self, line, found):
        if line in (PRESSED, SHORT):
            found.append(events.WiredPressed())
        if line in (CUT, SHORT):
            self._is_line_ill = True
            found.append(events.WireCut(line))
        elif self._is_line_ill:
            self._is_line_ill = False
            found.append(events.WireMended())

    def _poll_cancel(self, found, now_ms):
        """A short press is "I am well", on release; a long one asks for a test call, while still held."""
        change = self._cancel.poll()
        if change == 0:
            self._held_ms = now_ms
            self._is_test_asked = False
        elif change == 1 and not self._is_test_asked:
            found.append(events.CancelPressed())
        elif self._cancel.level == 0 and not self._is_test_asked and now_ms - self._held_ms >= TEST_HOLD_MS:
            self._is_test_asked = True
            found.append(events.TestAsked())
