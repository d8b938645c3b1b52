"""How long this home is usually silent, by the hour at which a silence begins, on working days and on weekends.

For each of 24 hours, twice, the longest silence that began in it is kept for the last DAYS days, in units of UNIT_MS:
one byte each, so 480 bytes hold what is known of a home, and nothing of what is done in it. What is usual is the second
longest of an hour and its neighbours: one strange day teaches nothing. It must not know clocks or alarms.
"""

HOURS, DAYS = 24, 10
UNIT_MS = 720000  # 12 minutes; a byte holds 51 hours
SIZE = 2 * HOURS * DAYS
KNOWN = 6  # silences that must have been seen before anything is usual


class Rhythm:
    """Shape: `data` SIZE bytes as `data()` gave them, or None for a new home."""

    def __init__(self, data=None):
        self._data = bytearray(data) if data is not None and len(data) == SIZE else bytearray(SIZE)
        self._slot = None  # the hour that is being filled, and its day: only the longest of a day counts
        self._day = None
        self._longest = 0

    def data(self):
        return bytes(self._data)

    def learn(self, hour, day, silence_ms):
        """A silence that began at this hour has ended. Shape: `day` counts days from 1970-01-01, a Thursday."""
        slot = _slot(hour, day)
        units = min(255, silence_ms // UNIT_MS + 1)
        if (slot, day) == (self._slot, self._day):
            if units > self._longest:
                self._longest = units
                self._data[slot * DAYS] = units
            return
        self._slot, self._day, self._longest = slot, day, units
        at = slot * DAYS
        for k in range(at + DAYS - 1, at, -1):
            self._data[k] = self._data[k - 1]
        self._data[at] = units

    def usual_ms(self, hour, day):
        """The second longest silence that began around this hour on such days; None while too little is known."""
        most = second = count = 0
        for near in (hour - 1, hour, hour + 1):
            at = _slot(near % HOURS, day) * DAYS
            for k in range(at, at + DAYS):
                units = self._data[k]
                count += units > 0
                if units > most:
                    most, second = units, most
                elif units > second:
                    second = units
        return second * UNIT_MS if count >= KNOWN else None


def _slot(hour, day):
    is_weekend = (day + 3) % 7 >= 5  # 0 is Monday
    return hour + (HOURS if is_weekend else 0)
