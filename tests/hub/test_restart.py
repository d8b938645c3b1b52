"""Claims about a restart: what is on flash comes back, once, whatever moment the power goes."""

from desk import KEYED, PLAIN, Desk, Flash, PowerCut, plain_press, press
from hub import actions, events
from protocol import vocabulary as v


def _carry(desk, relay):
    """The relay takes what was published and gives receipts."""
    for seq, message in desk.alarms().items():
        relay.setdefault((message["epoch"], seq), message)
        desk.receipt(seq)


def test_an_alarm_without_receipt_is_published_again_after_a_restart():
    desk = Desk()
    desk.hear(KEYED, press(5), 1000)
    again = desk.restart()
    assert again.kernel.epoch == desk.kernel.epoch
    again.give(events.LinkUp(), 50)
    assert again.alarms()[1]["age_ms"] is None
    assert again.sounds[0] == actions.SIREN and again.lights[0] == actions.RED


def test_the_same_broadcast_after_a_restart_is_no_second_press():
    for address, frame in ((KEYED, press(5)), (PLAIN, plain_press(7))):
        desk = Desk()
        desk.hear(address, frame, 1000)
        again = desk.restart()
        again.hear(address, frame, 100)
        again.give(events.LinkUp(), 200)
        assert len(again.alarms()) == 1


def test_a_replay_after_a_restart_is_refused():
    desk = Desk()
    desk.hear(KEYED, press(5), 1000)
    desk.hear(KEYED, press(9), 9000)
    again = desk.restart()
    again.give(events.LinkUp(), 0)
    again.hear(KEYED, press(5), 100)
    assert sorted(m["kind"] for m in again.alarms().values()) == [v.HELP, v.HELP, v.UNVERIFIED]


def test_a_receipted_alarm_is_still_open_in_the_home_after_a_restart():
    desk = Desk()
    desk.give(events.LinkUp(), 0)
    desk.hear(KEYED, press(5), 1000)
    desk.receipt(1)
    desk.step(1, v.ON_THE_WAY, "李", 6)
    again = desk.restart()
    alarm = again.kernel.alarms[0]
    assert (alarm.state, alarm.who, alarm.minutes) == (v.ON_THE_WAY, "李", 6)
    again.give(events.LinkUp(), 0)
    assert again.alarms() == {} and again.lights == [actions.BLUE]
    again.step(1, v.CLEARED)
    assert again.restart().kernel.alarms == []


def test_seqs_go_on_after_any_number_of_restarts():
    desk = Desk()
    seen = []
    for n in range(60):
        desk.give(events.LinkUp(), 0)
        desk.hear(KEYED, press(10 + n), 100)
        newest = max(desk.alarms())
        assert newest not in seen
        seen.append(newest)
        desk.receipt(newest)
        desk = desk.restart()
    assert seen == sorted(seen)


def test_a_full_segment_makes_a_new_snapshot_and_forgets_nothing():
    flash = Flash(16)
    desk = Desk(flash)
    desk.give(events.LinkUp(), 0)
    desk.hear(PLAIN, plain_press(1), 0)
    for n in range(500):
        desk.hear(KEYED, press(10 + n), n * 1000)
        desk.receipt(desk.kernel.next_seq - 1)
    assert flash.erases > 8
    again = desk.restart()
    again.give(events.LinkUp(), 0)
    assert list(again.alarms()) == [1]
    assert again.kernel.next_seq == desk.kernel.next_seq
    assert {a.device_id: a.state for a in again.kernel.alarms} == {PLAIN: v.RAISED, KEYED: v.RECEIVED}


def _run(cut_after, is_torn):
    """A press-publish-receipt run with the power going after so many flash operations. Returns the relay's store
    and whether the resident's press got as far as the siren."""
    flash = Flash(16, cut_after, is_torn)
    relay = {}
    heard = False
    try:
        desk = Desk(flash)
        desk.give(events.LinkUp(), 0)
        heard = True
        desk.hear(KEYED, press(5), 1000)
        _carry(desk, relay)
        desk.step(1, v.ACKNOWLEDGED, "Li")
        desk.step(1, v.CLEARED, "Li")
    except PowerCut:
        pass
    again = Desk(flash, epoch="0000000f") if flash.cut_after is None else _reopen(flash)
    again.give(events.LinkUp(), 0)
    again.hear(KEYED, press(5), 500)  # the button is still broadcasting when the power comes back
    again.wake_until(5000)
    _carry(again, relay)
    return relay, heard, flash.operations


def _reopen(flash):
    flash.cut_after = None
    return Desk(flash, epoch="0000000f")


def test_a_power_cut_at_any_flash_operation_leaves_exactly_one_alarm():
    _, _, operations = _run(None, False)
    assert operations > 8
    cuts = 0
    for is_torn in (False, True):
        for cut_after in range(operations + 1):
            relay, heard, _ = _run(cut_after, is_torn)
            presses = [m for m in relay.values() if m["kind"] == v.HELP]
            assert len(presses) == 1, (cut_after, is_torn, relay)
            cuts += 1
    assert cuts == 2 * (operations + 1)


class LazyDesk(Desk):
    """The negative control: it publishes first and writes to flash when it gets round to it."""

    def give(self, event, now_ms=None):
        self.late = []
        names = super().give(event, now_ms)
        for action in self.late:
            self.journal.append(action.kind, action.data)
        return names

    def _do(self, action):
        if isinstance(action, actions.Journal):
            self.late.append(action)
        else:
            super()._do(action)


def _losses(make):
    """At how many cut points a message that was published (and lost on its way) is gone after the restart."""
    lost = 0
    for cut_after in range(12):
        for is_torn in (False, True):
            flash = Flash(16, None, is_torn)
            desk = make(flash)
            desk.give(events.LinkUp(), 0)
            flash.cut_after, flash.operations = cut_after, 0
            try:
                desk.hear(KEYED, press(5), 1000)
            except PowerCut:
                pass
            was_published = bool(desk.alarms())
            again = _reopen(flash)
            again.give(events.LinkUp(), 0)
            lost += was_published and not again.alarms()
    return lost


def test_what_was_published_is_on_flash_and_the_lazy_control_loses():
    assert _losses(Desk) == 0
    assert _losses(LazyDesk) > 0


def test_power_cuts_while_a_new_segment_is_made_lose_nothing():
    flash = Flash(16)
    desk = Desk(flash)
    desk.hear(PLAIN, plain_press(1), 0)
    before = bytes(flash.data)
    for cut_after in range(0, 40):
        for is_torn in (False, True):
            flash.data[:] = before
            for _ in range(20):  # the power goes at the same place at every start
                flash.operations, flash.cut_after, flash.is_torn = 0, cut_after, is_torn
                try:
                    again = Desk(flash, epoch="0000000f")
                    for kind in range(12):
                        again.journal._at = 1 << 20  # pretend that the segment is full
                        again.journal.append(9, b"[1]")
                except PowerCut:
                    pass
            flash.cut_after = None
            last = Desk(flash, epoch="0000000f")
            assert len(last.kernel.outbox.messages) == 1, (cut_after, is_torn)
            assert last.kernel.epoch == "00000001"
