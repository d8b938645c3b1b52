"""Claims about the kernel, through its contract: events in, actions out, in order."""

from claims import Random
from desk import DOOR, HUB, KEYED, PLAIN, Desk, beacon, plain_press, press, sealed
from hub import actions, events
from hub.saying import prompts
from protocol import messages, topics
from protocol import vocabulary as v


def up(desk):
    desk.give(events.LinkUp(), desk.now_ms)
    return desk


def test_sound_and_light_come_before_flash_and_flash_before_the_promise_and_publish():
    desk = up(Desk())
    order = desk.hear(KEYED, press(5), 1000)
    assert order.index("Sound") < order.index("Journal") < order.index("Say") < order.index("Publish")
    assert order.index("Light") < order.index("Journal")
    assert desk.sounds[-1] == actions.SIREN and desk.lights[-1] == actions.RED
    assert desk.said == [prompts.HEARD]


def test_a_press_without_a_link_sounds_is_kept_and_waits():
    desk = Desk()
    assert "Publish" not in desk.hear(KEYED, press(5), 1000)
    assert desk.sounds[-1] == actions.SIREN
    assert len(desk.kernel.outbox.messages) == 1
    desk.give(events.LinkUp(), 500000)
    assert list(desk.alarms()) == [1]
    assert desk.alarms()[1]["age_ms"] == 499000


def test_the_home_hears_each_step():
    desk = up(Desk())
    desk.hear(KEYED, press(5), 1000)
    desk.receipt(1, 1100)
    assert desk.sounds[-1] == actions.SIREN and desk.lights[-1] == actions.ORANGE
    desk.wake_until(3999)
    assert desk.sounds[-1] == actions.SIREN
    desk.wake_until(4000)
    assert desk.sounds[-1] == actions.CALLING
    for step, light in (
        (v.ACKNOWLEDGED, actions.BLUE),
        (v.ON_THE_WAY, actions.BLUE),
        (v.ARRIVED, actions.GREEN),
        (v.CLEARED, actions.SAFE),
    ):
        desk.step(1, step, "Li", 6)
        assert desk.lights[-1] == light
        assert desk.published[-1] == (topics.TOLD, messages.told(desk.kernel.epoch, 1, step))
    assert desk.said == ["heard", "delivered", "acknowledged", "on_the_way", "arrived", "cleared"]
    assert desk.sounds[-1] == actions.SILENT
    assert desk.kernel.alarms == []


def test_other_minutes_are_said_again_and_the_same_step_is_not():
    desk = up(Desk())
    desk.hear(KEYED, press(5), 1000)
    desk.step(1, v.ON_THE_WAY, "Li", 6)
    desk.step(1, v.ON_THE_WAY, "Li", 6)
    desk.step(1, v.ON_THE_WAY, "Li", 3)
    assert desk.said.count("on_the_way") == 2
    assert [m["step"] for w, m in desk.published if w == topics.TOLD] == [v.ON_THE_WAY] * 3


def test_a_step_may_overtake_the_receipt_and_the_message_is_still_kept():
    desk = up(Desk())
    desk.hear(KEYED, press(5), 1000)
    desk.step(1, v.ACKNOWLEDGED, "Li")
    assert len(desk.kernel.outbox.messages) == 1
    desk.receipt(1)
    assert desk.kernel.outbox.messages == []
    assert desk.kernel.alarms[0].state == v.ACKNOWLEDGED
    assert "delivered" not in desk.said


def test_the_home_is_told_after_ten_seconds_that_nothing_was_delivered():
    desk = Desk()
    desk.hear(KEYED, press(5), 1000)
    desk.wake_until(10999)
    assert prompts.NOT_DELIVERED not in desk.said
    desk.wake_until(11000)
    assert desk.said.count(prompts.NOT_DELIVERED) == 1
    desk.wake_until(80000)
    assert desk.said.count(prompts.NOT_DELIVERED) == 2
    up(desk)
    desk.receipt(1)
    desk.wake_until(400000)
    assert desk.said.count(prompts.NOT_DELIVERED) == 2


def test_the_siren_gives_way_to_the_calling_tone_after_a_minute():
    desk = Desk()
    desk.hear(KEYED, press(5), 1000)
    desk.wake_until(60999)
    assert desk.sounds[-1] == actions.SIREN
    desk.wake_until(61000)
    assert desk.sounds[-1] == actions.CALLING


def test_a_repeated_broadcast_is_one_press_however_long_it_lasts():
    for address, frame in ((KEYED, press(5)), (PLAIN, plain_press(9))):
        desk = up(Desk())
        for second in range(0, 3600, 7):
            desk.hear(address, frame, second * 1000)
        assert len(desk.alarms()) == 1 and desk.said.count("heard") == 1


def test_a_press_heard_again_behind_a_beacon_is_the_same_press():
    for address, frame, between in ((KEYED, press(5), beacon(6)), (PLAIN, plain_press(9), bytes([0x44, 0, 10, 1, 90]))):
        desk = up(Desk())
        for n in range(12):
            desk.hear(address, frame, 1000 + n * 2000)
            desk.hear(address, between, 2000 + n * 2000)
        assert len(desk.alarms()) == 1 and desk.said.count("heard") == 1, address
        desk.hear(address, frame, 3600000)  # an hour later it is a replay, or another press with this number
        assert len(desk.alarms()) == 2


def test_a_beacon_parts_two_presses_that_have_no_number():
    desk = up(Desk())
    for n in range(3):
        desk.hear(PLAIN, bytes([0x44, 0x3A, 1]), 1000 + n * 4000)
        desk.hear(PLAIN, bytes([0x44, 0x01, 90]), 3000 + n * 4000)
    assert len(desk.alarms()) == 3


def test_a_second_press_counts_and_belongs_to_the_same_alarm():
    desk = up(Desk())
    desk.hear(KEYED, press(5), 1000)
    desk.receipt(1)
    desk.step(1, v.ACKNOWLEDGED, "Li")
    desk.hear(KEYED, press(6), 9000)
    assert desk.sounds[-1] == actions.SIREN
    found = desk.alarms()
    assert [(m["seq"], m["alarm"]) for m in found.values()] == [(1, 1), (2, 1)]
    assert desk.kernel.alarms[0].again == 1


def test_a_clearance_on_its_way_does_not_end_a_newer_press():
    desk = up(Desk())
    desk.hear(KEYED, press(5), 1000)
    desk.receipt(1)
    desk.hear(KEYED, press(6), 9000)
    desk.step(1, v.CLEARED)
    assert desk.kernel.alarms[0].state == v.RAISED and "cleared" not in desk.said
    desk.receipt(2)
    desk.step(1, v.CLEARED)
    assert desk.kernel.alarms == []


def test_every_button_event_is_an_alarm():
    for event in (1, 2, 3, 4, 5, 6, 0x80, 0xFE, 0x07, 0x55):
        desk = up(Desk())
        desk.hear(KEYED, press(5, event), 0)
        assert len(desk.alarms()) == 1, event
    for event in (0, 0x81):
        desk = up(Desk())
        desk.hear(KEYED, press(5, event), 0)
        assert desk.alarms() == {}, event


def test_a_hold_that_goes_on_is_one_activation():
    desk = up(Desk())
    for n in range(20):
        desk.hear(KEYED, press(5 + n, 0x80), n * 1000)
    assert len(desk.alarms()) == 1


def test_a_beacon_and_a_door_are_no_alarm():
    desk = up(Desk())
    desk.hear(KEYED, beacon(5), 0)
    desk.hear(DOOR, bytes.fromhex("44000a1a01"), 0)
    assert desk.alarms() == {} and desk.said == []
    assert desk.kernel.devices[KEYED].battery_pct == 95


def test_an_unknown_device_is_counted_and_nothing_else():
    desk = up(Desk())
    assert desk.hear("ffffffffffff", plain_press(1), 0) == []
    assert desk.kernel.unknown_heard == 1


def test_an_old_counter_is_an_unverified_alarm_without_a_siren():
    desk = up(Desk())
    desk.hear(KEYED, press(50), 0)
    desk.receipt(1)
    for step in (v.ACKNOWLEDGED, v.CLEARED):
        desk.step(1, step, "Li")
    desk.hear(KEYED, press(49), 60000, is_urgent=True)
    alarm = [m for m in desk.alarms().values() if m["kind"] == v.UNVERIFIED]
    assert len(alarm) == 1 and alarm[0]["device"] == KEYED
    assert desk.sounds[-1] == actions.SILENT and desk.lights[-1] == actions.AMBER
    assert prompts.BUTTON_UNVERIFIED in desk.said
    details = [m["detail"] for w, m in desk.published if w == topics.TECHNICAL]
    assert details == [v.OLD_COUNTER]
    assert desk.believed and desk.believed[-1][0] == KEYED


def test_the_counter_is_strict_below_a_hundred_too():
    desk = up(Desk())
    desk.hear(KEYED, press(5000), 0)
    for counter in (50, 99, 4999):
        desk.hear(KEYED, press(counter), 100000 + counter)
    assert len([m for m in desk.alarms().values() if m["kind"] == v.HELP]) == 1
    assert len([m for m in desk.alarms().values() if m["kind"] == v.UNVERIFIED]) == 1


def test_a_wrong_key_and_a_downgrade_are_unverified_alarms():
    for frame, reason in (
        (sealed(bytes([0x3A, 1]), 7, key=b"x" * 16), v.WRONG_KEY),
        (bytes.fromhex("443a01"), v.PLAIN_FROM_KEYED),
        (b"\x45\x01", v.BROKEN),
        (b"\x05", v.BROKEN),
    ):
        desk = up(Desk())
        for n in range(30):
            desk.hear(KEYED, frame, n * 50)
        assert [m["kind"] for m in desk.alarms().values()] == [v.UNVERIFIED], reason
        assert [m["detail"] for w, m in desk.published if w == topics.TECHNICAL and m["kind"] == v.FRAME_REFUSED] == [
            reason
        ]


def test_a_genuine_press_after_a_forged_one_still_counts():
    desk = up(Desk())
    desk.hear(KEYED, sealed(bytes([0x3A, 1]), 0xFFFFFFF0, key=b"x" * 16), 0, is_urgent=True)
    desk.hear(KEYED, press(5), 5000)
    assert [m["kind"] for m in desk.alarms().values()] == [v.UNVERIFIED, v.HELP]
    assert desk.sounds[-1] == actions.SIREN


def test_a_refused_door_frame_is_one_technical_alarm_an_hour():
    desk = up(Desk())
    for second in range(0, 3600, 20):
        desk.hear(DOOR, b"\x05" + bytes([second // 20 & 255]), second * 1000)
    assert desk.alarms() == {}
    assert len({m["seq"] for w, m in desk.published if w == topics.TECHNICAL}) == 1


def test_a_false_reflex_is_silenced_at_once():
    desk = up(Desk())
    order = desk.hear(KEYED, sealed(bytes([0x3A, 1]), 7, key=b"x" * 16), 0, is_urgent=True)
    assert "Sound" in order and desk.sounds[-1] == actions.SILENT


def test_the_wired_button_raises_once_for_a_bouncing_contact():
    desk = up(Desk())
    for now_ms in (0, 20, 60, 300):
        desk.give(events.WiredPressed(), now_ms)
    assert [m["device"] for m in desk.alarms().values()] == ["wired"]
    desk.give(events.WiredPressed(), 2000)
    assert len(desk.alarms()) == 2


def test_two_buttons_are_two_alarms_and_the_worse_one_speaks():
    desk = up(Desk())
    desk.hear(KEYED, press(5), 0)
    desk.receipt(1)
    desk.step(1, v.ACKNOWLEDGED, "Li")
    desk.hear(PLAIN, plain_press(3), 1000)
    assert desk.lights[-1] == actions.RED and desk.sounds[-1] == actions.SIREN
    desk.receipt(2)
    desk.step(2, v.CLEARED)
    assert desk.lights[-1] == actions.BLUE


def test_messages_that_are_not_ours_change_nothing():
    desk = up(Desk())
    desk.hear(KEYED, press(5), 0)
    good = messages.encode(messages.receipt(desk.kernel.epoch, 1))
    for topic, payload in (
        (topics.down("hub-0002", "receipt"), good),
        (topics.up(HUB, "alarm"), good),
        ("x", good),
        (topics.down(HUB, "receipt"), b"{"),
        (topics.down(HUB, "receipt"), b'{"v":1}'),
        (topics.down(HUB, "receipt"), messages.encode(messages.receipt("ffffffff", 1))),
        (topics.down(HUB, "alarm"), good),
    ):
        desk.give(events.MessageArrived(topic, payload))
    assert len(desk.kernel.outbox.messages) == 1
    assert desk.kernel.bad_messages == 6


def test_random_bytes_from_outside_never_raise():
    desk = up(Desk())
    random = Random(9)
    for n in range(1500):
        address = (KEYED, PLAIN, DOOR, "000000000000")[random.below(4)]
        frame = bytes([(0x44, 0x45, 0x40, 0x41, random.below(256))[random.below(5)]]) + random.data(random.below(28))
        desk.hear(address, frame, n * 100, is_urgent=bool(random.below(2)))
        desk.give(events.MessageArrived(topics.down(HUB, "alarm"), random.data(random.below(60))))
        for message in list(desk.kernel.outbox.messages):
            desk.receipt(message.seq)
        for alarm in list(desk.kernel.alarms):
            desk.step(alarm.seq, v.CLEARED)


def test_mains_lost_and_restored_are_said_and_reported_once():
    desk = up(Desk())
    for event in (events.MainsLost(), events.MainsLost(), events.MainsRestored(), events.MainsRestored()):
        desk.give(event)
    assert desk.said == ["mains_lost", "mains_restored"]
    kinds = {m["seq"]: m["kind"] for w, m in desk.published if w == topics.TECHNICAL}
    assert sorted(kinds.values()) == ["mains_lost", "mains_restored"]


def test_a_heartbeat_comes_every_minute_while_the_link_is_up():
    desk = Desk()
    desk.give(events.LinkUp(), 0)
    desk.wake_until(600000)
    beats = [m for w, m in desk.published if w == topics.HEARTBEAT]
    assert len(beats) == 10 and beats[-1]["uptime_s"] == 600
    desk.give(events.LinkDown("cut"))
    desk.wake_until(900000)
    assert len([1 for w, _ in desk.published if w == topics.HEARTBEAT]) == 10


def test_the_clock_is_used_only_when_trusted():
    desk = up(Desk())
    desk.hear(KEYED, press(5), 1000)
    assert desk.alarms()[1]["at_ms"] is None and not desk.alarms()[1]["clock_trusted"]
    desk.give(events.ClockSet(1700000000000), 2000)
    desk.hear(PLAIN, plain_press(5), 3000)
    assert desk.alarms()[2]["at_ms"] == 1700000001000 and desk.alarms()[2]["clock_trusted"]


def test_seqs_never_repeat_and_are_never_skipped():
    desk = up(Desk())
    for n in range(40):
        desk.hear(KEYED, press(5 + n), n * 1000)
        if n % 3 == 0:
            desk.receipt(desk.kernel.next_seq - 1)
    assert sorted(desk.alarms()) == list(range(1, 41))
