"""When a home is too quiet: the limits, what is learned, who is away, and the ladder from question to alarm."""

from desk import Desk, Flash
from hub import events
from hub.quiet import silence
from hub.quiet.rhythm import DAYS, SIZE, UNIT_MS, Rhythm
from hub.quiet.silence import HOUR_MS, STEP_MS, Silence
from hub.saying import prompts
from hub.senses.sensors import Device
from protocol import topics
from protocol import vocabulary as v

MINUTE = 60000
DAY = 24 * HOUR_MS
MONDAY = 4 * DAY  # 1970-01-05


def test_the_usual_is_the_second_longest_around_the_hour():
    rhythm = Rhythm()
    assert rhythm.usual_ms(9, 4) is None
    for week, hours in enumerate((2, 3, 2, 40, 2, 1)):
        rhythm.learn(9, 4 + 7 * week, hours * HOUR_MS)
    assert rhythm.usual_ms(9, 4) == 3 * HOUR_MS + UNIT_MS
    assert rhythm.usual_ms(10, 5) == rhythm.usual_ms(8, 8) == rhythm.usual_ms(9, 4)  # neighbours, other working days
    assert rhythm.usual_ms(11, 4) is None and rhythm.usual_ms(9, 9) is None  # too far; a Saturday


def test_only_the_longest_silence_of_a_day_counts_and_old_days_are_forgotten():
    rhythm = Rhythm()
    for _ in range(50):
        rhythm.learn(9, 4, 5 * MINUTE)
    assert rhythm.usual_ms(9, 4) is None  # it is still one day
    for day in range(12 * 7):
        if (day + 3) % 7 < 5:
            rhythm.learn(9, day, 9 * HOUR_MS if day < 7 else 2 * HOUR_MS)
    assert rhythm.usual_ms(9, 4) == 2 * HOUR_MS + UNIT_MS
    again = Rhythm(rhythm.data())
    assert len(rhythm.data()) == SIZE == 48 * DAYS and again.usual_ms(9, 4) == rhythm.usual_ms(9, 4)
    assert Rhythm(b"short").usual_ms(9, 4) is None


def taught(watch, hours=3, weeks=3):
    """A home that is silent for so long from nine o'clock on, each working day; `now` is then a Monday, 9:00."""
    for day in range(weeks * 7):
        start = MONDAY + day * DAY + 9 * HOUR_MS
        watch.lived(start, start)
        watch.lived(start + hours * HOUR_MS, start + hours * HOUR_MS)
    now = MONDAY + weeks * 7 * DAY + 9 * HOUR_MS
    watch.lived(now, now)
    return now


def test_a_new_home_has_the_hard_limit_and_one_that_is_known_a_nearer_one():
    watch = Silence(0)
    assert watch.limit_ms() == 12 * HOUR_MS
    now = taught(watch)
    limit_ms = watch.limit_ms()
    assert 4 * HOUR_MS < limit_ms < 6 * HOUR_MS
    assert watch.tick(now + limit_ms - 1) is None and watch.tick(now + limit_ms) == silence.ASK


def test_no_learning_exceeds_the_hard_limit_and_no_setting_does():
    watch = Silence(0, {"day_ms": 99 * HOUR_MS})
    taught(watch, 20)
    assert watch.limit_ms() == 12 * HOUR_MS
    assert Silence(0, {"day_ms": 6 * HOUR_MS}).limit_ms() == 6 * HOUR_MS


def test_the_ladder_has_three_steps_and_a_sign_at_any_of_them_ends_it():
    for answered_after in range(1, 4):
        watch = Silence(0)
        now = watch.next_ms()
        steps = []
        for _ in range(answered_after):
            steps.append(watch.tick(now))
            assert watch.tick(now + STEP_MS - 1) is None
            now += STEP_MS
        assert steps == list(silence.STEPS[:answered_after])
        assert watch.lived(now, None) and not watch.lived(now + 1, None)
        assert watch.next_ms() == now + 1 + 12 * HOUR_MS
    assert watch.tick(now + HOUR_MS) is None


def test_an_alarm_that_was_closed_without_a_sign_of_life_is_asked_again_at_home_soon_and_away_later():
    for is_door, again_ms in ((False, 12 * HOUR_MS), (True, 7 * DAY)):
        watch = Silence(0)
        watch.lived(0, None, is_door)
        for _ in range(3):
            for step in silence.STEPS:
                at = watch.next_ms()
                assert watch.tick(at - 1) is None and watch.tick(at) == step
            assert watch.next_ms() == at + again_ms
        assert watch.lived(at + HOUR_MS, None) and watch.next_ms() == at + 13 * HOUR_MS


def test_who_lies_in_bed_while_somebody_else_goes_out_is_not_away():
    watch = Silence(0)
    watch.lay(HOUR_MS, True)
    watch.lived(2 * HOUR_MS, None, is_door=True)
    assert not watch.is_away(3 * HOUR_MS) and watch.limit_ms() == 12 * HOUR_MS
    watch.lay(4 * HOUR_MS, False)
    watch.lived(4 * HOUR_MS, None, is_door=True)
    assert watch.is_away(5 * HOUR_MS)


def test_who_went_out_of_the_door_is_away_for_two_days_at_most():
    watch = Silence(0)
    watch.lived(HOUR_MS, None, is_door=True)
    assert not watch.is_away(HOUR_MS + 9 * MINUTE) and watch.is_away(HOUR_MS + 10 * MINUTE)
    assert watch.limit_ms() == 24 * HOUR_MS  # before anything is known
    for week in range(6):
        out = MONDAY + week * 7 * DAY + 5 * DAY + 9 * HOUR_MS
        watch.lived(out, out, is_door=True)
        watch.lived(out + 35 * HOUR_MS, out + 35 * HOUR_MS, is_door=True)
    out = MONDAY + 7 * 7 * DAY + 5 * DAY + 9 * HOUR_MS
    watch.lived(out, out, is_door=True)
    assert 35 * HOUR_MS < watch.limit_ms() <= 48 * HOUR_MS
    watch.lived(out + MINUTE, out + MINUTE)  # somebody moves: not away
    assert watch.limit_ms() <= 12 * HOUR_MS


def test_who_says_when_they_come_back_is_away_until_then_once_out_of_the_door_and_a_month_at_most():
    watch = Silence(0)
    watch.back_ms = 10 * DAY
    watch.lived(HOUR_MS, None)
    assert watch.next_ms() == 13 * HOUR_MS  # still at home
    watch.lived(2 * HOUR_MS, None, is_door=True)
    assert watch.next_ms() == 10 * DAY and watch.tick(10 * DAY) == silence.ASK  # and nobody came
    watch.lived(10 * DAY, None, is_door=True)
    assert watch.next_ms() == 11 * DAY  # out again, and nothing said
    watch.back_ms = 400 * DAY
    assert watch.next_ms() == 10 * DAY + 30 * DAY
    watch.lived(11 * DAY, None)
    assert watch.next_ms() == 11 * DAY + 12 * HOUR_MS  # back sooner


def test_when_they_come_back_counts_from_when_the_clock_is_known():
    desk = home()
    desk.kernel.back_utc_ms = MONDAY + 9 * DAY
    sense(desk, FRONT, 0x1A, 1, HOUR_MS)
    assert desk.kernel.silence.next_ms() == 25 * HOUR_MS
    desk.give(events.ClockSet(MONDAY + 2 * HOUR_MS), 2 * HOUR_MS)
    assert desk.kernel.silence.next_ms() == 9 * DAY


def test_an_hour_in_the_bathroom_is_too_long_and_leaving_it_or_answering_is_not():
    watch = Silence(0)
    watch.lived(0, None, watch=silence.BATHROOM)
    watch.lived(30 * MINUTE, None, watch=silence.BATHROOM)
    assert watch.next_ms() == HOUR_MS and watch.tick(HOUR_MS) == silence.ASK
    assert watch.lived(HOUR_MS + 1000, None, watch=silence.BATHROOM)
    assert watch.next_ms() == 2 * HOUR_MS + 1000
    watch.lived(HOUR_MS + 2000, None)
    assert watch.next_ms() == 13 * HOUR_MS + 2000


def test_half_a_day_in_bed_is_too_long():
    watch = Silence(0)
    watch.lay(HOUR_MS, True)
    watch.lay(2 * HOUR_MS, True)
    watch.lived(6 * HOUR_MS, None, watch=silence.BED)  # turning over is life, but not getting up
    assert watch.next_ms() == 13 * HOUR_MS
    watch.lay(7 * HOUR_MS, False)
    assert watch.next_ms() == 18 * HOUR_MS


def test_a_blind_watch_raises_nothing_and_begins_anew_when_it_sees_again():
    watch = Silence(0)
    now = taught(watch)
    watch.blinded(True, False, now)
    assert watch.limit_ms() == 12 * HOUR_MS
    watch.blinded(True, True, now)
    assert watch.next_ms() is None and watch.tick(now + 99 * HOUR_MS) is None
    watch.blinded(False, False, now + 99 * HOUR_MS)
    assert watch.next_ms() == now + 99 * HOUR_MS + 12 * HOUR_MS
    data = watch.rhythm.data()
    watch.lived(now + 100 * HOUR_MS, now + 100 * HOUR_MS)
    assert watch.rhythm.data() == data  # what was not seen is not learned


def test_sensors_that_come_and_go_all_day_do_not_put_off_the_question():
    for is_wholly in (False, True):
        watch = Silence(0)
        watch.lived(0, MONDAY)
        for hour in range(0, 24, 2):
            if watch.next_ms() is not None and watch.tick(hour * HOUR_MS) is not None:
                break
            watch.blinded(True, is_wholly, hour * HOUR_MS)
            watch.blinded(False, False, (hour + 1) * HOUR_MS)
        else:
            assert is_wholly and watch.next_ms() == 24 * HOUR_MS  # half of the time nobody looked
            continue
        assert not is_wholly and hour == 12


def test_a_clock_that_was_wrong_teaches_nothing():
    watch = Silence(0)
    watch.lived(0, MONDAY + 3 * HOUR_MS)
    watch.clock_changed()
    watch.lived(2 * HOUR_MS, MONDAY + 11 * HOUR_MS)
    assert watch.rhythm.data() == bytes(SIZE)


# --- in the kernel ------------------------------------------------------------------------------------

MOTION, FRONT, BATH = "a4c138000011", "a4c138000012", "a4c138000013"


def home(flash=None):
    desk = Desk(flash or Flash())
    for address, kind in ((MOTION, v.MOTION), (FRONT, v.DOOR), (BATH, v.MOTION)):
        desk.kernel.devices[address] = Device(address, kind, None, None, None)
    desk.kernel.devices[BATH].watch = silence.BATHROOM
    for device in desk.kernel.devices.values():
        device.overdue_ms = 1000 * HOUR_MS
    desk.kernel.watch_silence({}, desk.now_ms)
    desk.give(events.LinkUp(), 0)
    return desk


def sense(desk, address, object_id, value, now_ms):
    packet = desk.packet = getattr(desk, "packet", 0) + 1
    desk.hear(address, bytes([0x44, 0x00, packet & 255, object_id, value]), now_ms)


def kinds(desk):
    return [(m["kind"], m["step"]) for w, m in desk.published if w == topics.ALARM]


def test_a_silent_home_is_asked_softly_then_aloud_then_raised():
    desk = home()
    sense(desk, MOTION, 0x21, 1, 1000)
    asked = 1000 + 12 * HOUR_MS
    desk.wake_until(asked - 1)
    assert prompts.ARE_YOU_WELL not in desk.said
    desk.wake_until(asked)
    assert desk.said[-1] == prompts.ARE_YOU_WELL and desk.quiet[-1] and kinds(desk) == []
    desk.wake_until(asked + STEP_MS)
    assert desk.said.count(prompts.ARE_YOU_WELL) == 2 and not desk.quiet[-1]
    desk.wake_until(asked + 2 * STEP_MS)
    assert kinds(desk) == [(v.INACTIVITY, v.PRE_ALARM)]
    desk.wake_until(asked + 2 * STEP_MS + 20000)
    assert (v.INACTIVITY, v.RAISED) in kinds(desk) and desk.sounds[-1] == "siren"
    sense(desk, MOTION, 0x21, 1, desk.now_ms + 1000)
    assert kinds(desk)[-1] == (v.INACTIVITY, v.RESTORED)  # a person still looks and closes it


def test_any_sign_answers_the_question_and_takes_the_pre_alarm_back():
    for answer in (
        lambda desk, at: sense(desk, MOTION, 0x21, 1, at),
        lambda desk, at: sense(desk, FRONT, 0x1A, 1, at),
        lambda desk, at: desk.give(events.CancelPressed(), at),
        lambda desk, at: desk.give(events.ReadingHeard(MOTION, None, 70), at),
    ):
        for waited in (0, STEP_MS, 2 * STEP_MS):
            desk = home()
            sense(desk, MOTION, 0x21, 1, 1000)
            desk.wake_until(1000 + 12 * HOUR_MS + waited)
            answer(desk, desk.now_ms + 5000)
            desk.wake_until(desk.now_ms + 2 * HOUR_MS)
            assert desk.said[-1] == prompts.CANCELLED, waited
            assert (v.INACTIVITY, v.RAISED) not in kinds(desk)
            assert desk.kernel.alarms == []


def test_a_press_for_help_in_the_middle_of_the_question_is_help_and_nothing_is_taken_back():
    desk = home()
    desk.wake_until(12 * HOUR_MS)
    assert desk.said[-1] == prompts.ARE_YOU_WELL
    desk.give(events.WiredPressed(), desk.now_ms + 1000)
    assert kinds(desk) == [(v.HELP, v.RAISED)] and prompts.CANCELLED not in desk.said


def test_a_home_whose_sensors_are_all_silent_is_blind_and_says_so():
    desk = home()
    for device in desk.kernel.devices.values():
        device.overdue_ms = HOUR_MS
    desk.wake_until(HOUR_MS + 1000)
    technical = [m["kind"] for w, m in desk.published if w == topics.TECHNICAL]
    assert technical.count(v.WATCH_BLIND) >= 1
    for message in list(desk.kernel.outbox.messages):
        desk.receipt(message.seq)
    desk.wake_until(16 * HOUR_MS)
    assert kinds(desk) == []
    sense(desk, MOTION, 0x21, 1, desk.now_ms + 1000)
    desk.give(events.Wake())
    assert v.WATCH_SEES in [m["kind"] for w, m in desk.published if w == topics.TECHNICAL]


def test_the_rhythm_and_the_last_sign_outlive_a_restart():
    desk = home()
    desk.give(events.ClockSet(MONDAY), 0)
    for day in range(16):
        for hour in (7, 9, 12, 18, 22):
            sense(desk, MOTION, 0x21, 1, day * DAY + hour * HOUR_MS)
    learned = desk.kernel.silence.rhythm.data()
    assert learned != bytes(SIZE)
    life_utc_ms = MONDAY + desk.now_ms
    again = home(desk.flash)
    kept = again.kernel.silence.rhythm.data()
    assert kept != bytes(SIZE) and sum([a != b for a, b in zip(kept, learned)]) <= 5  # at most today's is missing
    again.give(events.ClockSet(life_utc_ms + 5 * HOUR_MS), 60000)
    silent_ms = again.now_ms - again.kernel.silence.life_ms
    assert 5 * HOUR_MS <= silent_ms <= 6 * HOUR_MS + 60000


def test_what_leaves_the_home_is_the_hour_of_the_last_sign_and_no_more():
    desk = home()
    desk.give(events.ClockSet(MONDAY), 0)
    sense(desk, MOTION, 0x21, 1, 90 * MINUTE)
    desk.wake_until(2 * HOUR_MS)
    beats = [m for w, m in desk.published if w == topics.HEARTBEAT]
    assert beats[-1]["life_h"] == (MONDAY + 90 * MINUTE) // HOUR_MS
    assert beats[0]["life_h"] is None or beats[0]["life_h"] <= beats[-1]["life_h"]


def test_a_longer_silence_of_the_same_day_and_hour_counts_instead():
    rhythm = Rhythm()
    for week in range(6):
        rhythm.learn(9, 4 + 7 * week, 10 * MINUTE)
        rhythm.learn(9, 4 + 7 * week, 2 * HOUR_MS)
    assert rhythm.usual_ms(9, 4) == 2 * HOUR_MS + UNIT_MS


def test_a_bed_that_is_lain_in_too_long_asks_and_one_that_is_left_does_not():
    desk = home()
    bed = desk.kernel.devices["a4c138000014"] = Device("a4c138000014", v.PRESENCE, None, None, None)
    bed.watch, bed.overdue_ms = silence.BED, 1000 * HOUR_MS
    sense(desk, "a4c138000014", 0x23, 1, HOUR_MS)
    sense(desk, MOTION, 0x21, 1, 9 * HOUR_MS)
    sense(desk, "a4c138000014", 0x01, 90, 10 * HOUR_MS)  # a beacon says nothing of the bed
    desk.wake_until(13 * HOUR_MS)
    assert desk.said[-1] == prompts.ARE_YOU_WELL
    sense(desk, "a4c138000014", 0x23, 0, 13 * HOUR_MS + 1000)
    sense(desk, MOTION, 0x21, 1, 13 * HOUR_MS + 2000)
    desk.wake_until(25 * HOUR_MS)
    assert desk.said.count(prompts.ARE_YOU_WELL) == 1


def test_a_bed_whose_sensor_has_died_does_not_ask_for_ever():
    desk = home()
    bed = desk.kernel.devices["a4c138000014"] = Device("a4c138000014", v.PRESENCE, None, None, None)
    bed.watch, bed.overdue_ms = silence.BED, HOUR_MS
    sense(desk, "a4c138000014", 0x25, 1, HOUR_MS)
    for hour in range(2, 40):
        sense(desk, MOTION, 0x21, 1, hour * HOUR_MS)
    assert prompts.ARE_YOU_WELL not in desk.said


def test_an_appliance_is_a_sign_of_life_when_it_is_switched_on_and_not_because_it_is_on():
    desk = home()
    kettle = desk.kernel.devices["a4c138000015"] = Device("a4c138000015", v.APPLIANCE, None, None, None)
    for n, (object_id, value, is_life) in enumerate(
        ((0x10, 1, False), (0x10, 1, False), (0x10, 0, False), (0x10, 1, True), (0x10, 1, False), (0x27, 0, False))
        + ((0x27, 1, True), (0x27, 0, False))
    ):
        before_ms = desk.kernel.silence.life_ms
        sense(desk, "a4c138000015", object_id, value, (n + 1) * MINUTE)
        assert (desk.kernel.silence.life_ms != before_ms) is is_life, (n, object_id, value)
    assert kettle.states[0x10] == 1


def test_a_clock_that_jumps_or_comes_late_is_no_silence():
    desk = home()
    desk.give(events.ClockSet(MONDAY), 0)
    sense(desk, MOTION, 0x21, 1, HOUR_MS)
    desk.give(events.ClockSet(MONDAY + HOUR_MS + 1000), HOUR_MS)  # a second's correction
    assert desk.kernel.silence._begin is not None
    desk.give(events.ClockSet(MONDAY + 400 * DAY), HOUR_MS)
    assert desk.kernel.silence._begin is None
    again = home(desk.flash)
    again.give(events.ClockSet(MONDAY + 900 * DAY), 60000)  # the hub was off for long: nobody lies there for that
    assert again.kernel.silence.life_ms == 0
    assert Desk().kernel.receive(events.ClockSet(MONDAY), 0) is not None  # where nobody is watched, nothing happens


def test_a_home_without_such_sensors_has_no_watch():
    desk = Desk()
    del desk.kernel.devices["a4c138000002"]  # its door
    desk.kernel.watch_silence({}, 0)
    assert desk.kernel.silence is None
    desk.wake_until(13 * HOUR_MS)
    assert prompts.ARE_YOU_WELL not in desk.said
