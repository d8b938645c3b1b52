"""`select.poll` for the fast clock of time.py: what waits so many ms waits only so many of the real ones."""

import os

import uselect as _real
import utime

POLLIN, POLLOUT, POLLERR, POLLHUP = _real.POLLIN, _real.POLLOUT, _real.POLLERR, _real.POLLHUP
_SCALE = int(os.getenv("ANLING_TIME_SCALE") or 1)
_NAP_US = 500  # no longer than this without a look at the sockets


class _Poll:
    def __init__(self):
        self._poll = _real.poll()
        self.register = self._poll.register
        self.unregister = self._poll.unregister
        self.modify = self._poll.modify

    def _wait(self, timeout_ms):
        """The real timeout; naps first when it is shorter than a millisecond."""
        if timeout_ms < 0:
            return -1
        if timeout_ms < _SCALE and timeout_ms:
            utime.sleep_us(min(timeout_ms * 1000 // _SCALE, _NAP_US))
        return timeout_ms // _SCALE

    def poll(self, timeout_ms=-1):
        return self._poll.poll(self._wait(timeout_ms))

    def ipoll(self, timeout_ms=-1, flags=0):
        return self._poll.ipoll(self._wait(timeout_ms), flags)


def poll():
    return _Poll()
