"""From journal records back to a kernel's state. Decides nothing but what the records say.

Records of another make, or damaged ones, are passed over: each stands for itself, so that one bad record
costs only what it alone held. `BEGIN` does not wipe what came before: a message that comes back from an older
snapshot is sent once more and receipted once more, which is harmless; one that is forgotten is not.
"""

from protocol import topics, vocabulary

from ..alarm import Alarm
from ..outbox import Kept
from ..senses import meanings
from . import memory


def apply(kernel, records):
    """Bring a fresh kernel to where the records end."""
    seqs = [0]
    kept = {}
    alarms = {}
    for kind, data in records:
        value = memory.read(data)
        if value is None:
            continue
        try:
            _apply_one(kernel, kind, value, kept, alarms, seqs)
        except (ValueError, TypeError, KeyError, IndexError):
            continue  # shaped like a record but not one: see above
    for seq in sorted(kept):
        kernel.outbox.messages.append(kept[seq])
    for seq in sorted(alarms):
        if alarms[seq].is_open():
            kernel.alarms.append(alarms[seq])
            _remember_condition(kernel, alarms[seq])
    kernel.next_seq = max(seqs) + 1


def _apply_one(kernel, kind, value, kept, alarms, seqs):
    if kind == memory.BEGIN:
        epoch, next_seq = value
        kernel.epoch = str(epoch)
        seqs.append(int(next_seq) - 1)
    elif kind == memory.KEPT:
        seq, word, is_alarm, fields, used_up = value
        if word not in topics.KEPT_WORDS:
            return
        seqs.append(int(seq))
        if used_up is not None:
            _set_mark(kernel, fields["device"], used_up)
        kept[seq] = Kept(seq, word, bool(is_alarm), dict(fields), None)
        kernel.outbox.count(kept[seq])
        if is_alarm:
            _remember_alarm(alarms, seq, fields)
    elif kind == memory.RECEIPT:
        seqs.append(int(value[0]))
        message = kept.pop(value[0], None)
        if message is not None and message.is_alarm:
            alarm = alarms.get(message.fields["alarm"])
            if alarm is not None and alarm.last_seq == message.seq and alarm.state == vocabulary.RAISED:
                alarm.state = vocabulary.RECEIVED
    elif kind == memory.ALARM:
        seq, alarm_kind, device_id, state, who, minutes, last_seq, again = value
        if not memory.is_state(state):
            return
        seqs.append(int(last_seq))
        alarm = Alarm(int(seq), alarm_kind, device_id)
        alarm.state, alarm.who, alarm.minutes = state, who, minutes
        alarm.last_seq, alarm.again = last_seq, again
        alarms[seq] = alarm
    elif kind == memory.MARK:
        _set_mark(kernel, value[0], value[1])
    elif kind == memory.MATTER:
        _set_matter(kernel, value[0], value[1], value[2])
    elif kind == memory.TEXTED:
        if value[0] in kept:
            kept[value[0]].is_texted = True
    elif kind == memory.TALLY:
        box = kernel.outbox
        box.made, box.made_room, box.counted = [max(0, int(count)) for count in value]
    elif kind == memory.RHYTHM:
        kernel.rhythm_data = bytes.fromhex(value[0])
    elif kind == memory.LIFE:
        kernel.life_utc_ms = max(0, int(value[0]))
    elif kind == memory.LOST:
        kernel.outbox.lost = max(0, int(value[0]))


def _set_mark(kernel, address, text):
    device = kernel.devices.get(address)
    if device is not None and len(text) == 2 * len(device.mark):
        device.mark = bytes.fromhex(text)


def _set_matter(kernel, kind, device_id, is_there):
    if kind not in vocabulary.RESTORED_BY:
        return
    if (kind, device_id) in kernel.matters:
        kernel.matters.remove((kind, device_id))
    device = kernel.devices.get(device_id)
    if device is None and device_id is not None:
        return  # no longer enrolled: its fault went with it
    if is_there:
        kernel.matters.append((kind, device_id))
    if kind == vocabulary.MAINS_LOST:
        kernel.is_mains_on = not is_there
    if kind == vocabulary.SENSOR_OVERDUE and device is not None:
        device.is_overdue = bool(is_there)


def _remember_alarm(alarms, seq, fields):
    if fields["step"] == vocabulary.RESTORED:
        return  # it says something of the condition, nothing of the alarm
    alarm = alarms.get(fields["alarm"])
    if alarm is None:
        alarm = alarms[fields["alarm"]] = Alarm(fields["alarm"], fields["kind"], fields["device"])
        alarm.last_seq = 0
    if seq > alarm.last_seq:
        was_raised = alarm.state not in (vocabulary.IDLE, vocabulary.PRE_ALARM)
        if alarm.last_seq and alarm.seq != seq and was_raised and fields["step"] == vocabulary.RAISED:
            alarm.again += 1
        alarm.last_seq = seq
        alarm.state = fields["step"]


def _remember_condition(kernel, alarm):
    """Smoke that was there before the restart is not smoke again; its end is an end."""
    device = kernel.devices.get(alarm.device_id)
    for object_id, kind in meanings.ALARMS.items():
        if device is not None and kind == alarm.kind:
            device.states[object_id] = 1
