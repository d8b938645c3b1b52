"""Claims about faults of the system: who is overdue, what a sensor says of itself, what the home is told and when."""

from desk import DOOR, KEYED, PLAIN, Desk, beacon, plain_press, press, sealed
from hub import actions, events, supervision
from hub.keeping import memory
from hub.saying import prompts
from hub.senses.sensors import Device
from protocol import messages, topics
from protocol import vocabulary as v

HOUR = 3600000
NOON_UTC_MS = 1700000000000 // 86400000 * 86400000 + 4 * HOUR  # 12:00 at +8 h


def up(desk=None):
    desk = desk or Desk()
    desk.give(events.LinkUp(), desk.now_ms)
    return desk


def technicals(desk):
    """[(kind, device)] of the technical messages published, by rising seq."""
    found = {m["seq"]: (m["kind"], m["device"]) for w, m in desk.published if w == topics.TECHNICAL}
    return [found[seq] for seq in sorted(found)]


def settle(desk):
    for message in list(desk.kernel.outbox.messages):
        desk.receipt(message.seq)


def test_a_silent_device_is_overdue_once_and_restored_once():
    desk = up()
    for device in desk.kernel.devices.values():
        device.overdue_ms = 600000
    desk.hear(KEYED, beacon(5), 1000)
    desk.wake_until(601000)
    assert sorted(technicals(desk)) == sorted([("sensor_overdue", a) for a in (KEYED, PLAIN, DOOR)])
    desk.wake_until(5 * HOUR)
    assert len(technicals(desk)) == 3
    desk.hear(KEYED, beacon(6))
    assert technicals(desk)[-1] == ("sensor_restored", KEYED)
    desk.hear(KEYED, beacon(7))
    assert len(technicals(desk)) == 4


def test_overdue_is_noticed_at_the_very_ms():
    desk = up()
    desk.kernel.devices = {KEYED: desk.kernel.devices[KEYED]}
    desk.hear(KEYED, beacon(5), 1000)
    limit_ms = supervision.limit_ms(desk.kernel.devices[KEYED])
    assert limit_ms == HOUR
    desk.wake_until(1000 + limit_ms - 1)
    assert technicals(desk) == []
    desk.wake_until(1000 + limit_ms)
    assert technicals(desk) == [("sensor_overdue", KEYED)]


def test_a_replayed_frame_keeps_no_dead_device_alive():
    desk = up()
    desk.kernel.devices = {KEYED: desk.kernel.devices[KEYED]}
    desk.hear(KEYED, beacon(5), 0)
    for minute in range(90):
        desk.wake_until(minute * 60000)
        desk.hear(KEYED, beacon(5), minute * 60000)
        desk.hear(KEYED, beacon(3), minute * 60000 + 5)
    assert ("sensor_overdue", KEYED) in technicals(desk)


def test_each_kind_of_device_has_a_limit_within_the_hour():
    for kind in v.DEVICE_KINDS:
        assert 0 < supervision.limit_ms(Device("a" * 12, kind, None, None, None)) <= HOUR, kind
    device = Device("a" * 12, "button", None, None, None)
    device.overdue_ms = 5000
    assert supervision.limit_ms(device) == 5000


def test_an_overdue_device_that_comes_back_after_a_restart_is_told_as_restored():
    desk = up()
    desk.wake_until(HOUR)
    settle(desk)
    again = up(desk.restart())
    assert again.kernel.devices[KEYED].is_overdue
    again.wake_until(3 * HOUR)
    assert technicals(again) == []
    again.hear(KEYED, beacon(5))
    assert technicals(again) == [("sensor_restored", KEYED)]


def test_smoke_gas_co_and_water_are_alarms_of_their_kind():
    for object_id, kind, prompt in (
        (0x29, v.SMOKE, prompts.SMOKE),
        (0x1C, v.GAS, prompts.GAS),
        (0x17, v.CO, prompts.CO),
        (0x20, v.FLOOD, prompts.FLOOD),
    ):
        desk = up()
        desk.hear(DOOR, bytes([0x44, 0x00, 1, object_id, 1]), 0)
        assert [(m["kind"], m["activation"]) for m in desk.alarms().values()] == [(kind, v.TRIPPED)]
        assert desk.said == [prompt] and desk.sounds[-1] == actions.SIREN


def test_smoke_that_goes_on_is_one_alarm_and_its_end_is_told():
    desk = up()
    for n in range(20):
        desk.hear(DOOR, bytes([0x44, 0x00, n, 0x29, 1]), n * 1000)
    settle(desk)
    assert [m["step"] for m in desk.alarms().values()] == [v.RAISED]
    desk.hear(DOOR, bytes([0x44, 0x00, 30, 0x29, 0]), 60000)
    last = desk.alarms()[max(desk.alarms())]
    assert (last["step"], last["alarm"], last["kind"]) == (v.RESTORED, 1, v.SMOKE)
    assert desk.kernel.alarms[0].is_open()
    desk.hear(DOOR, bytes([0x44, 0x00, 31, 0x29, 1]), 70000)
    assert desk.kernel.alarms[0].again == 1 and len(desk.kernel.alarms) == 1


def test_smoke_over_a_restart_is_not_smoke_again_and_its_end_is_an_end():
    desk = up()
    desk.hear(DOOR, bytes([0x44, 0x00, 1, 0x29, 1]), 0)
    settle(desk)
    again = up(desk.restart())
    again.hear(DOOR, bytes([0x44, 0x00, 2, 0x29, 1]), 1000)
    assert again.alarms() == {} and len(again.kernel.alarms) == 1
    again.hear(DOOR, bytes([0x44, 0x00, 3, 0x29, 0]), 2000)
    assert [m["step"] for m in again.alarms().values()] == [v.RESTORED]
    settle(again)
    third = up(again.restart())
    assert len(third.kernel.alarms) == 1 and third.kernel.alarms[0].state == v.RECEIVED


def test_what_a_sensor_says_of_itself_is_told_once_and_over_once():
    for object_id, begun, over in (
        (0x15, v.BATTERY_LOW, v.BATTERY_RESTORED),
        (0x2B, v.TAMPER, v.TAMPER_RESTORED),
        (0x26, v.PROBLEM, v.PROBLEM_RESTORED),
    ):
        desk = up()
        for n, value in enumerate((0, 1, 1, 1, 0, 0)):
            desk.hear(DOOR, bytes([0x44, 0x00, n, object_id, value]), n * 1000)
        assert technicals(desk) == [(begun, DOOR), (over, DOOR)]
        assert desk.alarms() == {}


def test_a_battery_that_warms_up_does_not_ring_all_day():
    desk = up()
    for n, pct in enumerate((90, 14, 16, 14, 20, 24, 25, 20, 14)):
        desk.hear(DOOR, bytes([0x44, 0x00, n, 0x01, pct]), n * 1000)
    assert [kind for kind, _ in technicals(desk)] == ["battery_low", "battery_restored", "battery_low"]


def test_a_low_flag_and_a_good_per_cent_in_one_frame_do_not_flap():
    desk = up()
    for n in range(5):
        desk.hear(DOOR, bytes([0x44, 0x00, n, 0x01, 80, 0x15, 1]), n * 1000)
    assert technicals(desk) == [(v.BATTERY_LOW, DOOR)]


def test_motion_and_doors_are_signs_of_life_and_a_beacon_is_not():
    desk = up()
    desk.hear(DOOR, bytes.fromhex("440001016403"), 1000)
    desk.hear(DOOR, bytes.fromhex("4400021a00"), 2000)
    assert desk.kernel.life_ms is None  # a closed door that was never open before says nothing
    for n, (frame, is_life) in enumerate(
        (
            ("4400031a01", True),
            ("4400041a01", False),  # still open: a beacon
            ("4400051a00", True),
            ("4400062101", True),
            ("4400072100", False),
            ("4400082301", True),
            ("4400092c01", True),
        )
    ):
        desk.kernel.life_ms = None
        desk.hear(DOOR, bytes.fromhex(frame), 10000 + n * 1000)
        assert (desk.kernel.life_ms is not None) is is_life, frame


def test_mains_lost_before_a_restart_is_told_as_restored_after_it():
    desk = up()
    desk.give(events.MainsLost())
    settle(desk)
    again = up(desk.restart())
    assert not again.kernel.is_mains_on and again.lights[-1] == actions.DIM
    again.give(events.MainsLost())
    assert technicals(again) == []
    again.give(events.MainsRestored())
    assert technicals(again) == [(v.MAINS_RESTORED, None)] and again.lights[-1] == actions.SAFE


def test_a_power_cut_between_a_fault_and_its_record_tells_it_twice_rather_than_never():
    for n in range(1, 12):
        desk = Desk()
        desk.flash.cut_after = desk.flash.operations + n
        try:
            desk.give(events.MainsLost())
        except OSError:
            pass
        again = up(desk.restart())
        again.give(events.MainsLost())
        assert (v.MAINS_LOST, None) in technicals(again), n


def test_the_hubs_own_battery_is_told_with_room_between_low_and_good():
    desk = up()
    for pct in (100, 21, 19, 22, 29, 30, 25):
        desk.give(events.PowerRead(pct, pct * 14))
    assert technicals(desk) == [(v.BATTERY_LOW, None), (v.BATTERY_RESTORED, None)]
    desk.give(events.PowerRead(None, None))
    assert desk.kernel.battery_pct is None


def test_an_alarm_speaks_before_a_fault_and_the_lamp_shows_the_fault_when_it_is_over():
    desk = up()
    desk.give(events.ClockSet(NOON_UTC_MS), 0)
    desk.give(events.MainsLost(), 1000)
    assert (desk.sounds[-1], desk.lights[-1]) == (actions.NOTICE, actions.DIM)
    desk.hear(KEYED, press(5), 2000)
    assert (desk.sounds[-1], desk.lights[-1]) == (actions.SIREN, actions.RED)
    said = len(desk.said)
    desk.give(events.MainsRestored(), 3000)
    desk.give(events.WireCut("open"), 3000)
    assert len(desk.said) == said, "a fault talks while an alarm is open"
    desk.receipt(2)
    desk.step(2, v.CLEARED, now_ms=20000)
    assert (desk.sounds[-1], desk.lights[-1]) == (actions.NOTICE, actions.DIM)
    assert desk.said[-2:] == [prompts.CLEARED, prompts.WIRE_CUT], "told late, when the alarm is over"
    desk.give(events.WireMended(), 30000)
    assert (desk.sounds[-1], desk.lights[-1]) == (actions.SILENT, actions.SAFE)


def test_a_fault_makes_no_sound_at_night_and_none_without_a_clock():
    desk = up()
    desk.give(events.MainsLost(), 0)
    assert desk.sounds[-1] == actions.SILENT and desk.quiet[-1]
    desk.give(events.ClockSet(NOON_UTC_MS + 9 * HOUR), 1000)  # 21:00
    assert desk.sounds[-1] == actions.NOTICE
    desk.wake_until(HOUR)
    desk.wake_until(HOUR + 1000)
    assert desk.sounds[-1] == actions.SILENT  # 22:00
    desk.wake_until(10 * HOUR + 1000)
    assert desk.sounds[-1] == actions.NOTICE  # 7:00


def test_an_alarm_is_never_quiet_whatever_the_hour():
    desk = up()
    desk.give(events.ClockSet(NOON_UTC_MS + 15 * HOUR), 0)
    desk.hear(KEYED, press(5), 1000)
    assert desk.sounds[-1] == actions.SIREN and not desk.quiet[-1]


def test_the_home_is_told_of_a_long_outage_once_and_of_its_end():
    desk = up()
    desk.give(events.LinkDown("cut"), 1000)
    desk.wake_until(300999)
    assert desk.said == []
    desk.wake_until(2 * HOUR)
    assert desk.said.count(prompts.LINK_LOST) == 1 and desk.lights[-1] == actions.DIM
    up(desk)
    assert desk.said[-1] == prompts.LINK_RESTORED


def test_a_short_outage_is_no_matter_for_the_home():
    desk = up()
    for n in range(20):
        desk.give(events.LinkDown("cut"), n * 200000)
        desk.wake_until(n * 200000 + 100000)
        up(desk)
    assert prompts.LINK_LOST not in desk.said and prompts.LINK_RESTORED not in desk.said


def test_a_passed_self_test_proves_the_way_out_and_a_failed_one_lasts():
    desk = up()
    desk.give(events.SelfTested([]))
    assert technicals(desk) == [(v.SELF_TEST_PASSED, None)]
    desk.give(events.SelfTested(["journal", "siren"]))
    desk.give(events.SelfTested(["siren"]))
    desk.give(events.SelfTested([]))
    details = [(m["kind"], m["detail"]) for w, m in desk.published if w == topics.TECHNICAL][1:]
    assert details == [
        (v.SELF_TEST_FAILED, "journal,siren"),
        (v.SELF_TEST_PASSED, None),
        (v.SELF_TEST_FAILED, "siren"),
        (v.SELF_TEST_PASSED, None),
    ]


def test_safe_mode_is_told_with_its_reason_and_left():
    desk = up()
    desk.give(events.SafeMode(True, "ValueError app.py:120"))
    desk.give(events.SafeMode(True, "again"))
    again = up(desk.restart())
    again.give(events.SafeMode(False, None))
    assert (v.SAFE_MODE, None) in technicals(desk)
    assert technicals(again)[-1] == (v.SAFE_MODE_LEFT, None)


def test_a_wearable_is_supervised_and_its_heart_is_a_sign_of_life():
    desk = up()
    desk.kernel.devices["aa" * 6] = Device("aa" * 6, v.WEARABLE, None, None, "watch")
    desk.give(events.ReadingHeard("aa" * 6, 80, None), 1000)
    assert desk.kernel.life_ms is None and desk.kernel.devices["aa" * 6].battery_pct == 80
    desk.give(events.ReadingHeard("aa" * 6, 9, 71), 2000)
    assert desk.kernel.life_ms == 2000 and technicals(desk) == [(v.BATTERY_LOW, "aa" * 6)]
    desk.wake_until(1000000)
    assert technicals(desk)[-1] == (v.SENSOR_OVERDUE, "aa" * 6)
    desk.give(events.ReadingHeard("aa" * 6, None, 0))
    assert technicals(desk)[-1] == (v.SENSOR_RESTORED, "aa" * 6)
    desk.give(events.ReadingHeard("bb" * 6, 50, 60))
    assert desk.kernel.unknown_heard == 1


def test_records_of_faults_that_mean_nothing_are_passed_over():
    desk = Desk()
    desk.kernel.restore(
        [
            (memory.MATTER, b'["no_such_kind", null, 1]'),
            (memory.MATTER, b'["tamper", "cccccccccccc", 1]'),
            (memory.MATTER, b'["tamper"]'),
        ]
    )
    assert desk.kernel.matters == []


def test_an_ended_alarm_whose_message_still_waits_stays_ended_over_a_restart():
    desk = up()
    desk.hear(PLAIN, plain_press(1), 0)
    desk.step(1, v.ACKNOWLEDGED, "Li")
    desk.step(1, v.CLEARED)
    assert desk.kernel.outbox.holds(1) and desk.kernel.alarms == []
    desk.journal.begin()  # a snapshot in between
    again = desk.restart()
    assert again.kernel.alarms == [] and again.kernel.outbox.holds(1)
    up(again)
    assert again.alarms()[1]["kind"] == v.HELP


def test_every_lasting_fault_has_an_end_and_both_are_known_words():
    for begun, over in v.RESTORED_BY.items():
        assert begun in v.TECHNICAL_KINDS and over in v.TECHNICAL_KINDS
        fields = messages.technical("00000001", 1, over, None, None, 0, None)
        assert messages.check("up", "technical", fields)["kind"] == over


def test_a_sealed_smoke_detector_uses_up_its_counter_with_its_alarm():
    desk = up()
    desk.hear(KEYED, sealed(bytes([0x29, 1]), 9), 0)
    again = desk.restart()
    assert again.kernel.devices[KEYED].mark == bytes([1, 9, 0, 0, 0])


MONDAY_UTC_MS = 1732464000000  # a Monday, 0:00 at +8 h (2024-11-25)


def weekly_desk(weekday, hour, start_ms):
    desk = up()
    desk.kernel.weekly = (weekday, hour)
    desk.give(events.ClockSet(MONDAY_UTC_MS + start_ms), 0)
    return desk


def test_the_weekly_test_is_heard_at_its_hour_and_taken_back_when_received():
    desk = weekly_desk(1, 10, 0)
    desk.give(events.LinkDown("quiet"))  # a day of heartbeats is no part of this
    desk.wake_until(34 * HOUR - 1)
    up(desk)
    settle(desk)
    assert desk.alarms() == {}
    desk.wake_until(34 * HOUR)  # Tuesday, 10:00
    assert [m["kind"] for m in desk.alarms().values()] == [v.TEST] and desk.sounds[-1] == actions.CALLING
    desk.receipt(max(desk.alarms()), 34 * HOUR + 200)
    desk.wake_until(34 * HOUR + 40000)
    assert [m["step"] for m in desk.alarms().values()] == [v.RAISED, v.CANCELLED] and desk.kernel.alarms == []
    desk.give(events.LinkDown("quiet"))
    desk.wake_until((34 + 7 * 24) * HOUR)
    assert desk.said.count(prompts.TEST_CALL) == 2


def test_a_weekly_test_that_nobody_receives_ends_all_the_same():
    desk = weekly_desk(0, 0, 1000)
    desk.give(events.LinkDown("cut"))
    desk.wake_until(7 * 24 * HOUR + 60000)
    assert desk.kernel.alarms == [] and desk.said.count(prompts.TEST_CALL) == 1
    desk.wake_until(8 * 24 * HOUR)
    assert desk.said.count(prompts.TEST_CALL) == 1


def test_no_weekly_test_without_a_clock_nor_during_an_alarm():
    desk = Desk()
    desk.kernel.weekly = (0, 0)
    desk.wake_until(8 * 24 * HOUR)
    assert prompts.TEST_CALL not in desk.said
    desk = weekly_desk(0, 1, 0)
    desk.give(events.LinkDown("quiet"))
    desk.hear(KEYED, press(5), HOUR - 1000)
    desk.wake_until(2 * HOUR)
    assert prompts.TEST_CALL not in desk.said
