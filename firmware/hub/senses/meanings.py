"""What the objects of a trigger device mean: an alarm, a technical alarm, a sign of life, or nothing. One table.

It compares with the device's last values, which it keeps up; what follows is the kernel's. A device that is heard for
the first time in a bad state (smoke at the moment of enrolment) counts as a change.
"""

from protocol import bthome, vocabulary

ALARMS = {
    bthome.SMOKE: vocabulary.SMOKE,
    bthome.GAS: vocabulary.GAS,
    bthome.CO: vocabulary.CO,
    bthome.MOISTURE: vocabulary.FLOOD,
}
# Faults of a trigger device; what ends each is in vocabulary.RESTORED_BY.
TECHNICALS = {
    bthome.BATTERY_LOW: vocabulary.BATTERY_LOW,
    bthome.TAMPER: vocabulary.TAMPER,
    bthome.PROBLEM: vocabulary.PROBLEM,
}
LIFE = (
    bthome.MOTION,
    bthome.MOVING,
    bthome.OCCUPANCY,
    bthome.PRESENCE,
    bthome.VIBRATION,
    bthome.DOOR,
    bthome.WINDOW,
    bthome.OPENING,
    bthome.BUTTON,
    bthome.POWER,
    bthome.RUNNING,
)
# A door that closes is as much a sign of life as one that opens.
_LIFE_BOTH_WAYS = (bthome.DOOR, bthome.WINDOW, bthome.OPENING)
# An appliance goes off by itself, and says again and again that it is on: only being switched on is somebody.
_LIFE_WHEN_SWITCHED = (bthome.POWER, bthome.RUNNING)
BATTERY_LOW_PCT = 15
BATTERY_GOOD_PCT = 25  # a cell that is warmed up again must not ring and fall silent all day


def conditions(device, frame):
    """[(kind of alarm, 0 or 1)] of the conditions in this frame that are not what the device said last."""
    found = []
    for object_id, value in frame.objects:
        if object_id in ALARMS:
            value = 1 if value else 0
            if value != device.states.get(object_id, 0):
                found.append((ALARMS[object_id], value))
            device.states[object_id] = value
    return found


def is_there(device, kind):
    """Is the condition behind this kind of alarm still there, as the device said last?"""
    return any([device.states.get(object_id) == 1 for object_id, its in ALARMS.items() if its == kind])


def faults(device, frame, is_battery_low):
    """{kind of technical alarm: is it there} as the frame says. Shape: `is_battery_low`: until now."""
    found = {}
    for object_id, value in frame.objects:
        kind = TECHNICALS.get(object_id)
        if object_id == bthome.BATTERY:
            kind = vocabulary.BATTERY_LOW
            value = value < (BATTERY_GOOD_PCT if is_battery_low else BATTERY_LOW_PCT)
        if kind is not None:  # a per cent and a flag may differ: the worse counts
            found[kind] = bool(value) or found.get(kind, False)
    return found


def is_life(device, frame):
    """Does somebody live here? A door counts when it is as it was not before, an appliance when it is switched on,
    motion whenever it is there."""
    found = False
    for object_id, value in frame.objects:
        if object_id not in LIFE:
            continue
        if object_id in _LIFE_BOTH_WAYS:
            before = device.states.get(object_id)
            device.states[object_id] = value
            found = found or (before is not None and before != value) or (before is None and bool(value))
        elif object_id in _LIFE_WHEN_SWITCHED:
            found = found or (device.states.get(object_id) == 0 and bool(value))
            device.states[object_id] = value
        elif value:
            found = True
    return found
