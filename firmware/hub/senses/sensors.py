"""The enrolled trigger devices. Decides whether a frame is new, genuine and a press; not what follows from it.

Rule 1. A second press counts; a re-broadcast of the same press never does, however long it lasts.
Rule 2. With a key: the counter must be greater than the last one, for ever; plain frames are refused.
Rule 3. Whatever is refused from a button is reported as refused, unless it can be shown to be no press.

Ref: facts, "BLE and BTHome v2"; protocol/bthome.py.
"""

from protocol import bthome, vocabulary

# A plain frame without packet id can only be told from the one before by a silence between them.
SILENCE_MS = 10000
# While a button is held it sends again and again, each a new packet: one hold.
HOLD_MS = 5000

NO_MARK = b"\x00\x00\x00\x00\x00"


class Device:
    """One enrolled trigger device. Shape: `address` 12 hex digits; `encrypt_block` AES-ECB or None."""

    def __init__(self, address, kind, encrypt_block, room, label):
        self.address = address
        self.kind = kind
        self.encrypt_block = encrypt_block
        self.room = room
        self.label = label
        self.mark = NO_MARK  # 1 and the last counter (encrypted) or packet id (plain), low byte first; 0: none
        self.kept_mark = NO_MARK  # the same, as it is on flash
        self.last_frame = b""
        self.last_refused = b""
        self.press_frame = b""
        self.press_ms = None  # when that press was last heard
        self.heard_ms = None
        self.alive_ms = None  # of the last frame that shows that it lives: a replay does not
        self.hold_ms = None
        self.battery_pct = None
        self.heart_rate_bpm = None
        self.states = {}  # object id: 0 or 1, as last said
        self.overdue_ms = None  # its own limit of silence; None: that of its kind
        self.is_overdue = False
        self.watch = None  # what it watches, where that matters: bathroom, bed, front or inner (doors)


class Heard:
    """What one frame came to. `activation`, `refusal`: words or None; `is_repeat`: nothing new."""

    def __init__(self, activation=None, refusal=None, is_repeat=False, frame=None):
        self.activation = activation
        self.refusal = refusal
        self.is_repeat = is_repeat
        self.frame = frame


def _mark(number):
    return bytes((1, number & 0xFF, number >> 8 & 0xFF, number >> 16 & 0xFF, number >> 24 & 0xFF))


def _number(mark):
    return mark[1] | mark[2] << 8 | mark[3] << 16 | mark[4] << 24


def press_of(frame):
    """The activation in a frame, or None. Every button event is one, a word that we do not know included."""
    for value in frame.all(bthome.BUTTON):
        if value not in (bthome.BUTTON_NONE, bthome.BUTTON_RELEASED):
            return bthome.BUTTON_EVENTS.get(value, vocabulary.PRESS)
    return None


def hear(device, service_data, now_ms):
    """Take one frame of this device in and say what it came to. Never raises."""
    silence_ms = None if device.heard_ms is None else now_ms - device.heard_ms
    if service_data == device.last_frame and device.encrypt_block is not None:
        device.heard_ms = now_ms
        return Heard(is_repeat=True)
    if device.press_ms is not None and service_data == device.press_frame and now_ms - device.press_ms < SILENCE_MS:
        device.heard_ms = device.press_ms = now_ms  # the same press, though a beacon came in between
        return Heard(is_repeat=True)
    if service_data == device.last_refused and silence_ms is not None and silence_ms < SILENCE_MS:
        device.heard_ms = now_ms
        return Heard(is_repeat=True)
    try:
        address = bytes.fromhex(device.address)
        frame = bthome.open_frame(service_data, address, device.encrypt_block)
    except bthome.BadFrame as refused:
        return _refuse(device, service_data, refused.reason, now_ms)
    if frame.counter is None:
        is_repeat = _is_plain_repeat(device, service_data, frame, silence_ms)
    else:
        if device.mark[0] and frame.counter < _number(device.mark):
            if press_of(frame) is None:
                return Heard(is_repeat=True)  # genuine, no press, late: of no use and no harm
            return _refuse(device, service_data, vocabulary.OLD_COUNTER, now_ms)
        is_repeat = bool(device.mark[0]) and frame.counter == _number(device.mark)
        device.mark = _mark(frame.counter)
    device.heard_ms = now_ms
    device.last_frame = service_data
    device.last_refused = b""
    battery_pct = frame.first(bthome.BATTERY)
    if battery_pct is not None:
        device.battery_pct = battery_pct
    if is_repeat:
        return Heard(is_repeat=True, frame=frame)
    activation = press_of(frame)
    if activation is not None and (frame.counter is not None or frame.first(bthome.PACKET_ID) is not None):
        device.press_frame, device.press_ms = service_data, now_ms  # without a number a beacon parts two presses
    if activation == vocabulary.HOLD:
        held_on = device.hold_ms is not None and now_ms - device.hold_ms < HOLD_MS
        device.hold_ms = now_ms
        if held_on:
            return Heard(is_repeat=True, frame=frame)
    return Heard(activation=activation, frame=frame)


def _refuse(device, service_data, reason, now_ms):
    device.last_refused = service_data
    if device.heard_ms is None:
        device.heard_ms = now_ms
    return Heard(refusal=reason)


def _is_plain_repeat(device, service_data, frame, silence_ms):
    packet_id = frame.first(bthome.PACKET_ID)
    if packet_id is not None:
        is_repeat = bool(device.mark[0]) and packet_id == _number(device.mark)
        device.mark = _mark(packet_id)
        return is_repeat
    return service_data == device.last_frame and silence_ms is not None and silence_ms < SILENCE_MS
