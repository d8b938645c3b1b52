"""What goes up and is kept until it has arrived. Decides when a message is sent, and that its seq never repeats.

The kernel's lower half: it must not know what an alarm is. Journal orders come before the Publish orders after them,
because a message is kept in `keep` and published only at the end of the event.
"""

from protocol import messages, topics, vocabulary

from . import actions
from .keeping import memory
from .outbox import Outbox

HEARTBEAT_MS = 60000
TALLY_FIRST_MS, TALLY_EVERY_MS = 600000, 86400000
STRANDED_MS = 10000  # without a receipt for so long: other ways are tried beside the link


class Delivery:
    """Identity, outbox and link of one hub. Shape: `epoch` 8 hex digits; times in ms."""

    def __init__(self, hub_id, epoch, firmware):
        self.hub_id = hub_id
        self.epoch = epoch
        self.firmware = firmware
        self.next_seq = 1
        self.alarms = []  # what the heartbeat names
        self.outbox = Outbox()
        self.is_link_up = False
        self.is_mains_on = True
        self.battery_pct = None
        self.runtime_min = None  # on the battery, as far as known
        self.vitals = {}  # what the edge measures for the fleet; the heartbeat carries it
        self.receipts = 0  # heard since the start
        self.clock_offset_ms = None  # UTC − monotonic, once the clock is trusted
        self._heartbeat_ms = None
        self._tally_ms = TALLY_FIRST_MS
        self._do = []  # the actions of the event in hand

    def _on_link_up(self, event, now_ms):
        self.is_link_up = True
        self.outbox.hurry(now_ms)
        self._publish(0, topics.HELLO, self._heartbeat(now_ms), 1, False)
        self._heartbeat_ms = now_ms + HEARTBEAT_MS

    def is_urgent(self):
        """Does an alarm wait for a link? The uplink should then not take its time."""
        return not self.is_link_up and any([message.is_alarm for message in self.outbox.messages])

    def is_quiet(self):
        """Is no alarm open and none waiting? Only then may the flash be erased, which stops everything for 80 ms."""
        return not self.alarms and not any([message.is_alarm for message in self.outbox.messages])

    def _on_link_down(self, event, now_ms):
        self.is_link_up = False

    def _beat(self, now_ms):
        """The heartbeat, when it is due."""
        if self.is_link_up and now_ms >= self._heartbeat_ms:
            self._publish(0, topics.HEARTBEAT, self._heartbeat(now_ms), 0, False)
            self._heartbeat_ms = now_ms + HEARTBEAT_MS
            if now_ms >= self._tally_ms:
                self._tally_ms = now_ms + TALLY_EVERY_MS
                box = self.outbox
                tally = messages.tally(self.epoch, self.next_seq - 1, box.made, box.made_room, box.waiting())
                self._publish(0, topics.TALLY, tally, 1, False)

    def _next_delivery_ms(self):
        """When something is due to be sent, as a list of times."""
        return [self._heartbeat_ms, self.outbox.next_due_ms()] if self.is_link_up else []

    def _heartbeat(self, now_ms):
        message = messages.heartbeat(
            self.epoch,
            self.next_seq - 1,
            now_ms // 1000,
            len(self.outbox.messages),
            [[alarm.seq, alarm.state] for alarm in self.alarms[:16]],
            self.is_mains_on,
            self.battery_pct,
            self.firmware,
            self.clock_offset_ms is not None,
            self._life_hour(),
        )
        message.update(self.vitals)
        return message

    def _life_hour(self):
        """The hour of the last sign of life, as far as that is watched: the layer above knows."""
        return None

    def _tell(self, alarm_seq, step):
        if self.is_link_up:
            self._publish(0, topics.TOLD, messages.told(self.epoch, alarm_seq, step), 1, False)

    def _take_seq(self):
        seq = self.next_seq
        self.next_seq += 1
        return seq

    def _write(self, record, is_twice=False):
        """Order a record of keeping/memory.py. Shape: `is_twice`: a bad byte may not cost it."""
        self._do.append(actions.Journal(record[0], record[1], is_twice))

    def _keep(self, message, now_ms, mark=None):
        room = self.outbox.keep(message, now_ms)
        if room is not message:
            self._write(memory.kept(message, mark), message.is_alarm)
        if room is not None and room is not message:
            self._write(memory.receipt(room.seq))
        if room is not None and room.is_alarm:
            self._write(memory.tally(self.outbox))
        if room is not None and not room.is_alarm:
            self._write(memory.lost(self.outbox.lost))

    def _publish_due(self, now_ms):
        if not self.is_link_up:
            return
        for kept in self.outbox.take_due(now_ms):
            self._publish(kept.seq, kept.word, self._message(kept, now_ms), 1, kept.is_alarm)

    def _message(self, kept, now_ms):
        """A kept message as it goes out now."""
        message = dict(kept.fields)
        known = kept.raised_ms is not None
        clock = self.clock_offset_ms
        message["v"] = vocabulary.VERSION
        message["epoch"] = self.epoch
        message["seq"] = kept.seq
        message["age_ms"] = now_ms - kept.raised_ms if known else None
        message["at_ms"] = kept.raised_ms + clock if known and clock is not None else None
        message["clock_trusted"] = message["at_ms"] is not None
        return message

    def stranded(self, now_ms):
        """The alarms that no line takes away: no link, or no receipt for too long. [(seq, word, message)]."""
        found = []
        for kept in self.outbox.messages:
            waited_ms = STRANDED_MS if kept.raised_ms is None else now_ms - kept.raised_ms
            if kept.is_alarm and (not self.is_link_up or waited_ms >= STRANDED_MS):
                found.append((kept.seq, kept.word, self._message(kept, now_ms)))
        return found

    def to_text(self, now_ms):
        """The oldest alarm message that waited too long for its receipt and has not been sent as a short message:
        (seq, message), or None. Each is sent so once; one of before a restart is as old as the start."""
        for kept in self.outbox.messages:
            if kept.is_alarm and not kept.is_texted and now_ms - (kept.raised_ms or 0) >= STRANDED_MS:
                return kept.seq, self._message(kept, now_ms)
        return None

    def _on_texted(self, event, now_ms):
        for kept in self.outbox.messages:
            if kept.seq == event.seq and not kept.is_texted:
                kept.is_texted = True
                self._write(memory.texted(kept.seq))

    def _publish(self, token, word, message, qos, is_urgent):
        topic = topics.up(self.hub_id, word)
        self._do.append(actions.Publish(token, topic, messages.encode(message), qos, is_urgent))
