"""The wired inputs: help button and mains sense. Turns levels into events; what follows is the kernel's.

Polled every 20 ms: `Pin.irq` is soft on an ESP32 and served by the main thread only, so it would be no faster.
The wired button also has a path in hardware to the siren (hardware/).
"""

from hub import events
from machine import Pin

from . import board

_STEADY = 2  # equal readings in a row before a change counts (40 ms)


class Input:
    """One debounced level."""

    def __init__(self, pin, level):
        self._pin = pin
        self.level = level
        self._count = 0

    def poll(self):
        """The new level when it has just changed for good, else None."""
        level = self._pin.value()
        if level == self.level:
            self._count = 0
            return None
        self._count += 1
        if self._count < _STEADY:
            return None
        self.level = level
        self._count = 0
        return level


class Inputs:
    """Both inputs. `poll` gives the events of now."""

    def __init__(self):
        # The button is taken as released and the mains as present until seen otherwise: a start while the button
        # is held is a press, and a start on battery is told.
        self._button = Input(Pin(board.BUTTON_PIN, Pin.IN, Pin.PULL_UP), 1)
        self._mains = Input(Pin(board.MAINS_PIN, Pin.IN), 1)

    def poll(self):
        found = []
        if self._button.poll() == 0:
            found.append(events.WiredPressed())
        mains = self._mains.poll()
        if mains is not None:
            found.append(events.MainsRestored() if mains else events.MainsLost())
        return found
