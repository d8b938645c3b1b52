"""What the relay has not yet given a receipt for. Decides what is sent when; never what a message means.

Rule 1. A message leaves on the relay's receipt and on nothing else (not on a puback).
Rule 2. An alarm never makes room for a lesser message; when the box is full the oldest lesser one goes, and is
counted in `lost` until somebody has told of it. Of one alarm at most PER_ALARM messages wait: the first always, and
the newest presses; when alarms alone are twice the capacity, the first and the newest.

Retries: 2, 4, 8, 15, then every 30 s. Ref: design, "Messages".
"""

RETRY_MS = (2000, 4000, 8000, 15000, 30000)
CAPACITY = 48
PER_ALARM = 6
NEARLY_FULL, ROOM_AGAIN = CAPACITY * 3 // 4, CAPACITY // 2


class Kept:
    """One kept message. `raised_ms` is None when it comes from before a restart: its age is unknown."""

    def __init__(self, seq, word, is_alarm, fields, raised_ms):
        self.seq = seq
        self.word = word
        self.is_alarm = is_alarm
        self.fields = fields
        self.raised_ms = raised_ms
        self.tries = 0
        self.due_ms = 0
        self.is_texted = False  # it went out as a short message, too


class Outbox:
    """The kept messages of a hub, oldest first."""

    def __init__(self):
        self.messages = []
        self.lost = 0  # lesser messages that made room, since that was last told
        self.made = 0  # alarm messages of this epoch, and those of them that had to make room: the relay compares
        self.made_room = 0
        self.counted = 0  # the seq up to which they are counted

    def keep(self, message, now_ms):
        """Take a message in. Returns the message that had to make room (it may be this one), or None."""
        message.due_ms = now_ms
        self.count(message)
        room = self._older_press(message)
        if room is not None:
            self.made_room += 1
        if room is None and len(self.messages) >= CAPACITY:
            room = self._lesser(message)
            if room is not None:
                self.lost += 1
        if room is not message:
            self.messages.append(message)
        if room in self.messages:
            self.messages.remove(room)
        return room

    def count(self, message):
        """An alarm message was made. Counting it twice, as when flash is read again, changes nothing."""
        if message.is_alarm and message.seq > self.counted:
            self.made += 1
            self.counted = message.seq

    def waiting(self):
        """How many alarm messages have no receipt yet."""
        return len([message for message in self.messages if message.is_alarm])

    def _older_press(self, message):
        """A press between the first and the newest ones of the same alarm, when there are too many."""
        if not message.is_alarm:
            return None
        same = [m for m in self.messages if m.is_alarm and m.fields["alarm"] == message.fields["alarm"]]
        if len(same) < (PER_ALARM if len(self.messages) < 2 * CAPACITY else 2):
            return None
        return same[1] if same[0].seq == message.fields["alarm"] else same[0]

    def _lesser(self, message):
        for old in self.messages:
            if not old.is_alarm:
                return old
        # Only alarms are left: an alarm stays, one over the capacity; a lesser message does not get in.
        return None if message.is_alarm else message

    def let_go(self, seq):
        """A receipt came. Returns the message, or None when it is gone already (a second receipt)."""
        for message in self.messages:
            if message.seq == seq:
                self.messages.remove(message)
                return message
        return None

    def holds(self, seq):
        """Is this message still waiting for its receipt?"""
        return any([message.seq == seq for message in self.messages])

    def hurry(self, now_ms):
        """The link is new: everything is due now."""
        for message in self.messages:
            message.due_ms = now_ms
            message.tries = 0

    def take_due(self, now_ms):
        """The messages to publish now, alarms first, each in order of age; their next try is set."""
        due = [m for m in self.messages if m.is_alarm and m.due_ms <= now_ms]
        due += [m for m in self.messages if not m.is_alarm and m.due_ms <= now_ms]
        for message in due:
            message.due_ms = now_ms + RETRY_MS[min(message.tries, len(RETRY_MS) - 1)]
            message.tries += 1
        return due

    def next_due_ms(self):
        """When `take_due` has work again; None when the box is empty."""
        if not self.messages:
            return None
        return min([m.due_ms for m in self.messages])
