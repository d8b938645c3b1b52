"""Claims about what outlives its alarm: a condition that somebody closed too early, and counters over a restart."""

from claims import aes
from desk import KEY, KEYED, Desk, beacon, press, sealed
from hub import events, kernel
from hub.keeping import memory
from hub.saying import prompts
from hub.senses.sensors import Device
from protocol import vocabulary as v

SMOKE = "a4c138000020"
CANCEL = "a4c138000021"
MINUTE = 60000


def home(desk=None):
    """A desk with a smoke detector and a sealed cancel button."""
    desk = desk or Desk()
    desk.kernel.devices[SMOKE] = Device(SMOKE, "detector", None, "kitchen", "smoke")
    desk.kernel.devices[CANCEL] = Device(CANCEL, "cancel_button", aes(KEY), "bedroom", "well")
    desk.give(events.LinkUp(), desk.now_ms)
    return desk


def smoke(packet_id, is_there=1):
    return bytes([0x40, 0x00, packet_id, 0x29, is_there])


def closed_while_it_smokes():
    desk = home()
    desk.hear(SMOKE, smoke(1), 1000)
    desk.receipt(1)
    desk.step(1, v.ACKNOWLEDGED, "Li")
    desk.step(1, v.CLEARED)
    assert desk.kernel.alarms == []
    return desk


def test_smoke_that_is_still_there_after_its_alarm_was_closed_is_raised_anew():
    desk = closed_while_it_smokes()
    desk.hear(SMOKE, smoke(2), 2 * MINUTE)
    assert desk.kernel.alarms == [], "whoever closed it may still be there"
    desk.wake_until(1000 + kernel.STILL_THERE_MS - 1)
    assert desk.kernel.alarms == []
    desk.wake_until(1000 + kernel.STILL_THERE_MS)
    assert [(a.kind, a.device_id, a.state) for a in desk.kernel.alarms] == [(v.SMOKE, SMOKE, v.RAISED)]
    assert desk.kernel.alarms[0].seq != 1 and desk.said.count(prompts.SMOKE) == 2
    desk.receipt(desk.kernel.alarms[0].seq)
    desk.step(desk.kernel.alarms[0].seq, v.CLEARED)
    desk.hear(SMOKE, smoke(3), 7 * MINUTE)
    desk.wake_until(12 * MINUTE)
    assert len(desk.kernel.alarms) == 1, "as often as it is closed too early"


def test_smoke_that_went_after_its_alarm_was_closed_is_not_raised_again():
    desk = closed_while_it_smokes()
    desk.hear(SMOKE, smoke(2, 0), 2 * MINUTE)
    desk.wake_until(60 * MINUTE)
    assert desk.kernel.alarms == []
    desk.hear(SMOKE, smoke(3), 61 * MINUTE)
    assert len(desk.kernel.alarms) == 1, "new smoke is new"


def test_a_detector_that_nobody_heard_since_is_believed_when_it_is_heard_again():
    desk = closed_while_it_smokes()
    desk.wake_until(33 * MINUTE)
    assert [a for a in desk.kernel.alarms if a.kind == v.SMOKE] == []
    desk.hear(SMOKE, smoke(2), 34 * MINUTE)
    desk.wake_until(34 * MINUTE + kernel.STILL_THERE_MS)
    assert [a.kind for a in desk.kernel.alarms] == [v.SMOKE]


def test_smoke_that_comes_back_within_the_five_minutes_is_one_alarm():
    desk = closed_while_it_smokes()
    desk.hear(SMOKE, smoke(2, 0), 2 * MINUTE)
    desk.hear(SMOKE, smoke(3), 3 * MINUTE)
    desk.wake_until(60 * MINUTE)
    assert [(a.kind, a.again) for a in desk.kernel.alarms] == [(v.SMOKE, 0)]


def well(counter):
    return sealed(bytes([0x00, counter & 255, 0x3A, 1]), counter, address=CANCEL)


def test_a_recorded_cancel_takes_nothing_back_after_a_restart():
    desk = home()
    desk.give(events.Suspected(v.FALL, "a4c138000030"), 1000)
    desk.hear(CANCEL, well(7), 2000)
    assert desk.kernel.alarms == []
    again = restarted(desk)
    again.give(events.Suspected(v.FALL, "a4c138000030"), 1000)
    again.hear(CANCEL, well(7), 2000)
    again.hear(CANCEL, well(6), 3000)
    assert [a.state for a in again.kernel.alarms] == [v.PRE_ALARM]
    again.hear(CANCEL, well(8), 4000)
    assert again.kernel.alarms == [], "a new one does"


def restarted(desk):
    """The power goes and comes; the devices are known before the journal is read, as in the hub."""
    other = Desk(desk.flash, epoch="0000000f")
    home(other)
    for address in (SMOKE, CANCEL, KEYED):
        other.kernel.devices[address].mark = b"\x00" * 5
    for kind, data in other.journal.open():
        if kind == memory.MARK:
            found = memory.read(data)
            other.kernel.devices[found[0]].mark = bytes.fromhex(found[1])
    return other


def test_counters_of_beacons_are_kept_once_an_hour_and_a_replay_of_an_older_one_is_none():
    desk = home()
    hour = kernel.MARKS_EVERY_MS
    written = 0
    for minute in range(180):
        written += desk.hear(KEYED, beacon(100 + minute), minute * MINUTE).count("Journal")
    assert written == 2
    again = restarted(desk)
    again.kernel.devices[KEYED].is_overdue = True
    again.hear(KEYED, beacon(100 + 2 * hour // MINUTE), 1000)
    assert again.kernel.devices[KEYED].is_overdue, "a recording from before the last writing shows no life"
    again.hear(KEYED, beacon(100 + 180), 2000)
    assert not again.kernel.devices[KEYED].is_overdue


def test_counters_are_not_written_in_the_midst_of_an_alarm():
    desk = home()
    desk.hear(KEYED, press(50), 1000)
    order = desk.hear(KEYED, beacon(51), 2 * kernel.MARKS_EVERY_MS)
    assert "Journal" not in order
    desk.receipt(1)
    desk.step(1, v.CLEARED)
    assert "Journal" in desk.hear(KEYED, beacon(52), 2 * kernel.MARKS_EVERY_MS + 1000)
