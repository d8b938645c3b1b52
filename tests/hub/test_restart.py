"""Claims about a restart: what is on flash comes back, once, whatever moment the power goes."""

import cuts
from claims import IS_SLOW
from desk import KEYED, PLAIN, Desk, Flash, PowerCut, plain_press, press
from hub import actions, events
from protocol import vocabulary as v


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


def test_a_power_cut_at_any_flash_operation_leaves_exactly_one_alarm():
    for scene in cuts.SCENES:
        points, bad = cuts.walk(scene)
        assert points >= 22 and bad == 0, (scene, points, bad)


def test_what_was_published_is_on_flash_and_the_lazy_control_loses():
    for scene in cuts.SCENES[2:] if IS_SLOW else cuts.SCENES:
        assert cuts.walk(scene, True)[1] == 0
    assert cuts.walk("fresh", True, cuts.LazyDesk)[1] > 0


def test_a_relay_that_gives_its_receipt_before_it_has_committed_would_lose():
    assert cuts.walk("fresh", True, is_careful=False)[1] > 0


def test_a_second_cut_while_the_hub_starts_changes_nothing():
    assert cuts.walk("nothing_prepared", second_cuts=(3,) if IS_SLOW else (0, 3, 5, 6))[1] == 0


def test_power_cuts_while_a_new_segment_is_made_lose_nothing():
    flash = Flash(16)
    desk = Desk(flash)
    desk.hear(PLAIN, plain_press(1), 0)
    before = bytes(flash.data)
    for cut_after in range(0, 40, 4 if IS_SLOW else 1):
        for is_torn in (False, True):
            flash.data[:] = before
            for _ in range(20):  # the power goes at the same place at every start
                flash.operations, flash.cut_after, flash.is_torn = 0, cut_after, is_torn
                try:
                    again = Desk(flash, epoch="0000000f")
                    for kind in range(12):
                        again.journal._at = 1 << 20  # pretend that the segment is full
                        again.journal._must_begin = True
                        again.journal.append(9, b"[1]")
                except PowerCut:
                    pass
            flash.cut_after = None
            last = Desk(flash, epoch="0000000f")
            assert len(last.kernel.outbox.messages) == 1, (cut_after, is_torn)
            assert last.kernel.epoch == "00000001"
