"""Siren and tones: one PWM output. Plays the pattern it is given; which one is the kernel's word.

`siren_now` is for the reflex: it allocates nothing, and the PWM goes on in hardware while the loop is blocked.
"""

from hub import actions
from machine import PWM, Pin

from .. import board

_ON = 32768
_SOFT = 2048
_UNHEARD_HZ = 40000
# pattern: (Hz, on ms, off ms, duty); off 0: without a pause
_PATTERNS = {
    actions.SIREN: (board.SIREN_HZ, 1, 0, _ON),
    actions.CALLING: (board.CALLING_HZ, 200, 2800, _ON),
    actions.QUESTION: (board.QUESTION_HZ, 400, 1600, _ON),
    actions.NOTICE: (board.CALLING_HZ, 150, 600000, _SOFT),  # every ten minutes
}


class Sounder:
    """The one sound of the home."""

    def __init__(self):
        self._pwm = PWM(Pin(board.SIREN_PIN, Pin.OUT), freq=board.SIREN_HZ, duty_u16=0)
        self._pattern = actions.SILENT
        self._is_on = False
        self._change_ms = 0
        self._duty = _ON

    def siren_now(self):
        self._pwm.freq(board.SIREN_HZ)
        self._pwm.duty_u16(_ON)
        self._is_on = True

    def play(self, pattern, now_ms):
        """Change to a pattern of hub.actions."""
        self._pattern = pattern
        if pattern == actions.SILENT:
            self._switch(False)
            return
        hz, on_ms, _, self._duty = _PATTERNS[pattern]
        self._pwm.freq(hz)
        self._switch(True)
        self._change_ms = now_ms + on_ms

    def tick(self, now_ms):
        """Call every 100 ms or so: the pauses of a pattern."""
        pattern = _PATTERNS.get(self._pattern)
        if pattern is None or pattern[2] == 0 or now_ms < self._change_ms:
            return
        self._change_ms = now_ms + (pattern[2] if self._is_on else pattern[1])
        self._switch(not self._is_on)

    def obeys(self):
        """Does the siren's output do as it is told? Asked for some microseconds, above what anybody hears."""
        if self._is_on:
            return self._pwm.duty_u16() > 0
        self._pwm.freq(_UNHEARD_HZ)
        self._pwm.duty_u16(_ON)
        is_on = self._pwm.duty_u16() > 0 and self._pwm.freq() >= _UNHEARD_HZ - 500
        self._pwm.duty_u16(0)
        self._pwm.freq(board.SIREN_HZ)
        return is_on and self._pwm.duty_u16() == 0

    def _switch(self, is_on):
        self._is_on = is_on
        self._pwm.duty_u16(self._duty if is_on else 0)
