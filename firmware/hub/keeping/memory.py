"""What the kernel keeps over a restart, as journal records. Decides their bytes; not where they are written.

A record is (kind, data). Record numbers are never used again. `snapshot` gives the records that make the present
state anew; replaying any record a second time changes nothing, so a snapshot may overlap with what follows it.
"""

import json

from protocol import vocabulary

BEGIN = 1  # [epoch, next_seq]: a snapshot starts; what came before is in it
KEPT = 2  # [seq, word, is_alarm, fields, mark as hex or null]: the mark of fields["device"] that a press used up
RECEIPT = 3  # [seq]: the relay has it, or it had to make room
ALARM = 4  # [seq, kind, device, state, who, minutes, last_seq, again]
MARK = 5  # [address, mark as hex]
MATTER = 6  # [kind, device or null, 1 or 0]: a lasting fault has begun, or is over
LOST = 7  # [count]: so many lesser messages made room and are not told yet
TEXTED = 8  # [seq]: this kept message went out as a short message, too
RHYTHM = 9  # [hex]: how long this home is usually silent, of hub/quiet/rhythm.py
LIFE = 10  # [UTC ms] of the last sign of life
TALLY = 11  # [made, made_room, counted] of hub/outbox.py
KINDS = (BEGIN, KEPT, RECEIPT, ALARM, MARK, MATTER, LOST, TEXTED, RHYTHM, LIFE, TALLY)


def _pack(value):
    return json.dumps(value).encode()


def begin(epoch, next_seq):
    return BEGIN, _pack([epoch, next_seq])


def _hex(data):
    return "".join(["%02x" % byte for byte in data])


def kept(message, used_up=None):
    used_up = None if used_up is None else _hex(used_up)
    return KEPT, _pack([message.seq, message.word, message.is_alarm, message.fields, used_up])


def receipt(seq):
    return RECEIPT, _pack([seq])


def alarm(it):
    return ALARM, _pack([it.seq, it.kind, it.device_id, it.state, it.who, it.minutes, it.last_seq, it.again])


def mark(device):
    return MARK, _pack([device.address, _hex(device.mark)])


def matter(kind, device_id, is_there):
    return MATTER, _pack([kind, device_id, 1 if is_there else 0])


def lost(count):
    return LOST, _pack([count])


def texted(seq):
    return TEXTED, _pack([seq])


def tally(outbox):
    return TALLY, _pack([outbox.made, outbox.made_room, outbox.counted])


def rhythm(data):
    return RHYTHM, _pack([_hex(data)])


def life(utc_ms):
    return LIFE, _pack([utc_ms])


def _ended(message):
    fields = message.fields
    value = [fields["alarm"], fields["kind"], fields["device"], vocabulary.CLEARED, None, None, message.seq, 0]
    return ALARM, _pack(value)


def snapshot(kernel):
    """The records of the present state, one by one, the weightiest first: when flash runs out, the rest is left out.

    BEGIN comes first and once more at the end, because without it a start has to take another epoch.
    """
    yield begin(kernel.epoch, kernel.next_seq)
    if kernel.outbox.made:
        yield tally(kernel.outbox)
    for it in kernel.alarms:
        yield alarm(it)
    messages = kernel.outbox.messages
    open_seqs = [it.seq for it in kernel.alarms]
    for message in messages:
        # Ended here while its message still waits: it must not be raised anew by that message.
        if message.is_alarm and message.fields["alarm"] not in open_seqs:
            yield _ended(message)
    for message in messages:
        if message.is_alarm and message.fields["alarm"] == message.seq:
            yield kept(message)
    for device in kernel.devices.values():
        if device.mark[0]:
            yield mark(device)
    for kind, device_id in kernel.matters:
        yield matter(kind, device_id, True)
    for message in messages:
        if message.is_alarm and message.fields["alarm"] != message.seq:
            yield kept(message)
    for message in messages:
        if not message.is_alarm:
            yield kept(message)
    for message in messages:
        if message.is_texted:
            yield texted(message.seq)
    if kernel.life_utc_ms is not None:
        yield life(kernel.life_utc_ms)
    if kernel.rhythm_data is not None:
        yield rhythm(kernel.rhythm_data)
    if kernel.outbox.lost:
        yield lost(kernel.outbox.lost)
    yield begin(kernel.epoch, kernel.next_seq)


def read(data):
    """The list in a record, or None when it is not one (a record of another make)."""
    try:
        value = json.loads(bytes(data).decode())
    except (ValueError, UnicodeError):
        return None
    return value if isinstance(value, list) and value else None


def is_state(word):
    return word in vocabulary.STEPS
