"""A new firmware's probation: does it do what a hub is for? Loaded only in a start on trial.

It stays when, after a minute, the reflex has fired on a press of its own making, the siren's output has obeyed, journal
and radio answer, and the relay has given a receipt for something that this start sent. It goes at once when siren or
press fail, and after ten minutes when the rest has not come about. An alarm that is open does not prolong it: one that
does not leave the home is the best reason to go back, and the older firmware raises it again from the journal.
"""

import sys

from hub.senses.reflex import Reflex
from protocol.package import NO_RECEIPT, SELF_TEST, SIREN, WHY

FIRST_MS, LAST_MS = 60000, 600000
_ADDRESS = bytes(6)
_PRESS = b"\x40\x3a\x01"  # BTHome v2, button: press


def does_press_sound():
    """Does a press in the air still reach the siren? By a button that nobody has."""
    heard = []
    reflex = Reflex([(_ADDRESS, None, bytes(5))], lambda: heard.append(1), lambda: heard.append(2))
    return reflex.react(_ADDRESS, _PRESS, 0, len(_PRESS), 20000) and heard == [1, 2]


class Trial:
    """Shape: `does_siren_obey()`; `failed_paths()` a list; `receipts()` how many the relay gave since the start."""

    def __init__(self, boot, does_siren_obey, failed_paths, receipts):
        self._boot = boot
        self._does_siren_obey = does_siren_obey
        self._failed_paths = failed_paths
        self._receipts = receipts
        self._is_siren_well = False

    def step(self, now_ms):
        """True: it stays; a word: it goes, and the loader knows; None: not yet. Errors: OSError of the flash."""
        if not self._is_siren_well:
            if not self._does_press_end_in_sound():
                return self._go(SIREN)
            self._is_siren_well = True
        if now_ms < FIRST_MS:
            return None
        is_heard, is_well = self._receipts() > 0, self._is_well()
        if is_heard and is_well:
            self._boot.confirm()
            return True
        if now_ms < LAST_MS:
            return None
        return self._go(SELF_TEST if is_heard else NO_RECEIPT)

    def _is_well(self):
        try:
            return not self._failed_paths()
        except Exception as fault:  # a firmware that cannot even test itself has not passed
            sys.print_exception(fault)
            return False

    def _does_press_end_in_sound(self):
        try:
            return self._does_siren_obey() and does_press_sound()
        except Exception as fault:
            sys.print_exception(fault)
            return False

    def _go(self, why):
        self._boot.give_up(WHY.index(why))
        return why
