"""The power goes at one flash operation of a press-publish-receipt run: which alarms does the relay have in the end?

Runs on both interpreters; tests/hub/test_restart.py walks a few thousand cuts, `make bench BENCH=powercut` all of them.
"""

from desk import KEYED, Desk, Flash, PowerCut, press
from hub import actions, events, outbox
from hub.saying import prompts
from protocol import vocabulary as v

SCENES = ("fresh", "segment_full", "nothing_prepared")
_staged = {}


class Relay:
    """A relay's stand-in that judges by identity. `is_careful` False: it gives the receipt before it has committed."""

    def __init__(self, is_careful=True, is_line_lossy=False):
        self.is_careful = is_careful
        self.is_line_lossy = is_line_lossy  # nothing arrives in the hub's first life
        self.kept = {}
        self.uncommitted = {}
        self.contradictions = 0  # two different messages under one identity
        self.promised = False  # the home was told "heard", the hub has published, or the relay has given a receipt

    def take(self, message):
        self.promised = True
        if self.is_line_lossy:
            return False
        identity = (message["epoch"], message["seq"])
        old = self.kept.get(identity) or self.uncommitted.get(identity)
        fields = ("alarm", "kind", "step", "device")
        if old is not None and [old[f] for f in fields] != [message[f] for f in fields]:
            self.contradictions += 1
        (self.kept if self.is_careful else self.uncommitted)[identity] = message
        return True

    def commit(self):
        self.kept.update(self.uncommitted)

    def lose_power(self):
        self.uncommitted = {}

    def raised(self):
        """The alarms for a press that it has, by (epoch, seq of the alarm)."""
        wanted = [m for m in self.kept.values() if m["kind"] == v.HELP and m["step"] == v.RAISED]
        return {(m["epoch"], m["alarm"]): m for m in wanted}


class LazyDesk(Desk):
    """The negative control: it publishes first and writes to flash when it gets round to it."""

    def give(self, event, now_ms=None):
        self.late = []
        names = super().give(event, now_ms)
        for action in self.late:
            self.journal.append(action.kind, action.data, action.is_twice)
        return names

    def _do(self, action):
        if isinstance(action, actions.Journal):
            self.late.append(action)
        else:
            super()._do(action)


def _carry(desk, relay, done):
    """What the hub has published reaches the relay, which answers with a receipt."""
    for seq, message in desk.alarms().items():
        if seq not in done and relay.take(message):
            done.append(seq)
            desk.receipt(seq)


def _listen(desk, relay):
    """From now on what is published is with the relay at that very moment, whatever happens to the hub next; and what
    the voice has promised counts."""
    do = desk._do

    def carried(action):
        before = len(desk.published)
        do(action)
        for word, message in desk.published[before:]:
            if word == "alarm":
                relay.take(message)
        relay.promised = relay.promised or prompts.HEARD in desk.said

    desk._do = carried


def _life(desk, relay):
    """One hub's life: start, press, publish, receipt, a person takes it, comes, closes it; a quiet moment."""
    done = []
    _listen(desk, relay)
    desk.give(events.LinkUp(), 0)
    desk.hear(KEYED, press(5), 1000)
    _carry(desk, relay, done)
    if relay.is_line_lossy:
        return
    desk.step(1, v.ACKNOWLEDGED, "Li")
    desk.step(1, v.ON_THE_WAY, "Li", 6)
    desk.step(1, v.CLEARED, "Li")
    desk.journal.prepare()


def stage(scene):
    """A flash on which a hub has lived before."""
    if scene not in _staged:
        _staged[scene] = _stage(scene)
    return _staged[scene].copy()


def _stage(scene):
    flash = Flash(16)
    if scene == "fresh":
        return flash
    desk = Desk(flash)
    if scene == "segment_full":
        while desk.journal.prepare():
            pass
    size = 16384 - 160 if scene == "segment_full" else 16384 - 400
    while desk.journal._at < size:
        desk.journal.append(9, b"[%d]" % desk.journal._at)
    if scene == "nothing_prepared":  # each segment was used before: the next one has to be erased
        for at in range(16384, len(flash.data), 64):
            if flash.data[at] == 0xFF:
                flash.data[at] = 0
    return flash


def run(scene, cut_after, is_torn, make=Desk, relay=None, is_broadcasting=True, start=None, second_cut=None):
    """One run with a power cut, and the starts after it. Returns (relay, flash operations of the first life)."""
    flash = start.copy() if start is not None else stage(scene)
    flash.cut_after, flash.is_torn, flash.operations = cut_after, is_torn, 0
    relay = relay or Relay()
    try:
        _life(make(flash), relay)
        relay.commit()
    except PowerCut:
        relay.lose_power()
    operations = flash.operations
    flash.operations, flash.cut_after = 0, second_cut
    try:  # the power is back, and may go once more while the hub starts
        Desk(flash, epoch="0000000e")
    except PowerCut:
        pass
    flash.cut_after = None
    relay.is_line_lossy, relay.is_careful = False, True
    again = Desk(flash, epoch="0000000f")
    again.give(events.LinkUp(), 0)
    done = []
    if is_broadcasting:
        again.hear(KEYED, press(5), 500)  # the button is still on the air when the power comes back
    _carry(again, relay, done)
    again.wake_until(1000 + outbox.RETRY_MS[0])
    _carry(again, relay, done)
    return relay, operations


def walk(scene, is_button_silent=False, make=Desk, is_careful=True, second_cuts=(None,)):
    """Cut at each operation, whole and torn. Returns (cut points, how many of them ended badly).

    The button still broadcasts: exactly one alarm, whenever the power went. It is silent, and the line ate what the
    hub had sent: exactly one if anything was promised, at most one else.
    """
    start = stage(scene)
    operations = run(scene, None, False, start=start)[1]
    cuts = bad = 0
    for is_torn in (False, True):
        for cut_after in range(operations + 1):
            for second_cut in second_cuts:
                relay = Relay(is_careful, is_button_silent and is_careful)
                run(scene, cut_after, is_torn, make, relay, not is_button_silent, start, second_cut)
                found = len(relay.raised())
                is_wanted = relay.promised or not is_button_silent
                cuts += 1
                bad += relay.contradictions > 0 or found > 1 or (is_wanted and found != 1)
    return cuts, bad
