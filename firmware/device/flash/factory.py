"""Back to how the hub left the bench: its cancel button is held while the power comes on, and for ten seconds more.

Nothing of the resident is kept: settings (Wi-Fi, devices and their keys, the dwelling's broker), journal (alarms,
rhythm, counters), NVS, the family's recordings, crash notes. What stays is the hub's own: identity, loader, firmware.
Held by chance it does nothing: in a home that has power, nobody's thumb can wipe a hub.
"""

import os
import time

HOLD_MS = 10000
LABELS = ("settings", "journal", "nvs")
_FILES = ("settings.json", "crash.json", "nvs.json")
_FAMILY = ("zh-family", "en-family")


def is_asked(is_held, feed):
    """Is the button held for all of the time? Call only when it is held at a start."""
    began = time.ticks_ms()
    while time.ticks_diff(time.ticks_ms(), began) < HOLD_MS:
        if not is_held():
            return False
        feed()
        time.sleep_ms(50)
    return True


def wipe(partition_of, folder):
    """Erase every block of what is the resident's. Errors: OSError of the flash, after all that could be wiped is."""
    failed = None
    for label in LABELS:
        partition = partition_of(label)
        if partition is None:
            continue  # this board has none of that name
        for block in range(partition.ioctl(4, 0)):
            try:
                partition.ioctl(6, block)
            except OSError as fault:
                failed = fault
    for name in _FILES:
        _remove(folder + "/" + name)
    for voice in _FAMILY:
        place = folder + "/voices/" + voice
        try:
            for name in os.listdir(place):
                _remove(place + "/" + name)
        except OSError:
            continue  # nobody recorded anything
    if failed is not None:
        raise failed


def _remove(path):
    try:
        os.remove(path)
    except OSError:
        pass  # it was not there
