"""Is each trigger device still there? Decides when one is overdue and when it is back. Knows times, not radios.

A device that says nothing for its own limit is overdue: once, until it is heard again. The limit counts from the start
of the hub for one that was never heard, so a dead pendant is noticed within the hour and not after three days.
"""

LIMIT_MS = {
    "button": 3600000,
    "door": 3600000,
    "window": 3600000,
    "motion": 3600000,
    "presence": 900000,
    "vibration": 3600000,
    "detector": 900000,
    "wearable": 900000,
    "cancel_button": 3600000,
    "appliance": 3600000,
}


def limit_ms(device):
    """How long this device may be silent."""
    return device.overdue_ms or LIMIT_MS.get(device.kind, 3600000)


def _due_ms(device):
    return (device.alive_ms or 0) + limit_ms(device)


def overdue_now(devices, now_ms):
    """The devices that have just become overdue, marked so."""
    found = []
    for device in devices.values():
        if not device.is_overdue and now_ms >= _due_ms(device):
            device.is_overdue = True
            found.append(device)
    return found


def next_ms(devices):
    """When the next device may become overdue; None when all are."""
    times = [_due_ms(device) for device in devices.values() if not device.is_overdue]
    return min(times) if times else None


def is_back(device, now_ms):
    """Called when a device has shown that it lives: True when it was overdue until now."""
    was_overdue = device.is_overdue
    device.is_overdue = False
    device.alive_ms = now_ms
    return was_overdue
