"""Three short presses of the cancel button within three seconds open the window for an installer. Decides only that.

A hub without settings has nothing else to do with that button: there, one press is enough."""

PRESSES = 3
WITHIN_MS = 3000


class Gesture:
    """Shape: `is_new`: this hub has no settings yet."""

    def __init__(self, is_new):
        self._needed = 1 if is_new else PRESSES
        self._pressed_ms = []

    def pressed(self, now_ms):
        """A short press of the cancel button. True when it asks for an installation."""
        self._pressed_ms.append(now_ms)
        self._pressed_ms = [ms for ms in self._pressed_ms if now_ms - ms <= WITHIN_MS][-PRESSES:]
        if len(self._pressed_ms) < self._needed:
            return False
        self._pressed_ms = []
        return True
