"""The pure rules: every (step, order) pair, what homes say in any order, tries at a password, pictures."""

import random
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol import vocabulary as words

from relay.access import rules as access_rules
from relay.alarms import rules
from relay.hubs import rules as hub_rules
from relay.intake import rules as intake_rules
from relay.people import rules as people_rules
from relay.supervision import rules as supervision_rules

NOW = 1_800_000_000_000
GIVEN = {
    rules.ASSIGN: {"assigned_to": 2, "minutes": 5},
    rules.ARRIVED: {"arrived_by": "word"},
    rules.RESOLVE: {"outcome": "helped"},
    rules.CLEAR: {"outcome": "helped"},
    rules.MERGE: {"merged_into": 7},
}
SENT = dict(acknowledged_by=1, acknowledged_at=NOW, assigned_to=9, assigned_at=NOW, minutes=5)


def alarm(**given: object) -> rules.Alarm:
    values = dict(
        alarm_id=1,
        hub_id="hub-0001",
        dwelling_id="d",
        community_id="c",
        epoch="0a1b2c3d",
        alarm_seq=5,
        last_seq=5,
        kind=words.HELP,
        activation=words.PRESS,
        device_id=None,
        raised_at=NOW,
        activated_at=None,
        is_pre_alarm=False,
    )
    return rules.Alarm(**(values | given))  # type: ignore[arg-type]


AT = {
    words.PRE_ALARM: alarm(is_pre_alarm=True),
    words.RAISED: alarm(),
    words.ACKNOWLEDGED: alarm(acknowledged_by=1, acknowledged_at=NOW),
    rules.ASSIGNED: alarm(**SENT, work=rules.ASSIGNED),
    rules.ACCEPTED: alarm(**SENT, work=rules.ACCEPTED),
    rules.ON_SCENE: alarm(**SENT, work=rules.ON_SCENE),
    rules.RESOLVED: alarm(**SENT, work=rules.RESOLVED, outcome="helped"),
    rules.CLOSED: alarm(**SENT, work=rules.CLOSED, outcome="helped", closed_at=NOW),
    rules.MERGED: alarm(work=rules.MERGED, merged_into=7, closed_at=NOW),
    words.CANCELLED: alarm(work=rules.CLOSED, condition=rules.RETURNED, closed_at=NOW),
}
STEP = {
    rules.ASSIGNED: words.ON_THE_WAY,
    rules.ACCEPTED: words.ON_THE_WAY,
    rules.ON_SCENE: words.ARRIVED,
    rules.RESOLVED: words.ARRIVED,
    rules.CLOSED: words.CLEARED,
    rules.MERGED: words.CLEARED,
}


def said(seq: int, step: str) -> dict[str, object]:
    return {"seq": seq, "step": step, "activation": words.PRESS}


@pytest.mark.parametrize("state", AT)
def test_the_state_is_derived_and_from_it_the_step(state):
    assert set(AT) == set(rules.STATES)
    assert rules.state_of(AT[state]) == state
    assert rules.step_of(AT[state]) == STEP.get(state, state)
    assert rules.must_sound(AT[state]) == (state == words.RAISED)


@pytest.mark.parametrize("state", AT)
@pytest.mark.parametrize("what", rules.ORDERS)
def test_every_pair_is_either_in_the_table_or_refused_with_a_remedy(state, what):
    given = GIVEN.get(what, {})
    if (state, what) not in rules.LEGAL:
        with pytest.raises(rules.IllegalOrder) as refused:
            rules.order(AT[state], what, NOW, 9, **given)
        assert len(str(refused.value)) > 20
        return
    after = rules.order(AT[state], what, NOW + 1, 9, **given)
    assert after.work == (rules.LEGAL[state, what] or AT[state].work)
    assert (after.next_at is not None) == after.is_open and (after.closed_at is not None) == (not after.is_open)
    if after.is_open and what != rules.RELEASE:
        assert after.acknowledged_by is not None
    if what not in (rules.RELEASE, rules.MERGE, rules.REOPEN):
        assert after.acknowledged_by == (AT[state].acknowledged_by or 9)  # nobody's is taken over
    if rules.step_of(after) != rules.step_of(AT[state]) and rules.step_of(after) in words.DOWN_STEPS:
        assert rules.down_steps(AT[state], after)[-1] == rules.step_of(after)


def test_nothing_is_closed_or_resolved_without_an_outcome():
    for state, what in (
        (words.ACKNOWLEDGED, rules.CLEAR),
        (rules.ON_SCENE, rules.CLEAR),
        (rules.ON_SCENE, rules.RESOLVE),
    ):
        with pytest.raises(rules.IllegalOrder, match="outcome"):
            rules.order(AT[state], what, NOW, 9)
    assert rules.order(AT[rules.RESOLVED], rules.CLEAR, NOW, 9).outcome == "helped"  # as was recorded at the door


def test_only_who_was_sent_accepts_or_declines():
    for what in (rules.ACCEPT, rules.DECLINE):
        with pytest.raises(rules.IllegalOrder, match="Only the person who was sent"):
            rules.order(AT[rules.ASSIGNED], what, NOW, 3)
    declined = rules.order(AT[rules.ASSIGNED], rules.DECLINE, NOW, 9)
    assert declined.assigned_to is None and rules.state_of(declined) == words.ACKNOWLEDGED


def test_a_closed_alarm_is_reopened_within_a_day_and_not_later():
    again = rules.order(AT[rules.CLOSED], rules.REOPEN, NOW + 1000, 9)
    assert again.acknowledged_by == 9 and again.outcome is None and again.is_open
    with pytest.raises(rules.IllegalOrder, match="24 hours"):
        rules.order(AT[rules.CLOSED], rules.REOPEN, NOW + rules.REOPEN_MAX_MS + 1, 9)


def test_who_was_on_the_way_when_the_resident_pressed_again_can_still_say_that_they_are_there():
    again, _ = rules.heard(AT[rules.ACCEPTED], said(6, words.RAISED), NOW)
    there = rules.order(again, rules.ARRIVED, NOW, 9, arrived_by="phone")
    assert rules.state_of(there) == rules.ON_SCENE and there.acknowledged_by == 9


def test_each_open_state_has_a_deadline_and_a_closed_one_none():
    minute = rules.MINUTE_MS
    wanted = {
        words.PRE_ALARM: rules.PRE_ALARM_MAX_MS,
        words.RAISED: 0,
        words.ACKNOWLEDGED: 10 * minute,
        rules.ASSIGNED: 3 * minute,
        rules.ACCEPTED: 15 * minute,
        rules.ON_SCENE: 60 * minute,
        rules.RESOLVED: 30 * minute,
    }
    for state, one in AT.items():
        found = rules.deadline(one, NOW)
        assert (found is None) == (not one.is_open)
        assert found is None or found - NOW == wanted[state]


def test_sending_somebody_at_once_tells_the_home_both_steps_in_order():
    after = rules.order(AT[words.RAISED], rules.ASSIGN, NOW, 9, assigned_to=2, minutes=5)
    assert rules.down_steps(AT[words.RAISED], after) == [words.ACKNOWLEDGED, words.ON_THE_WAY]


@pytest.mark.parametrize("step", [words.RAISED, words.ACKNOWLEDGED, rules.ASSIGNED, rules.ON_SCENE])
def test_a_second_press_on_an_open_alarm_sounds_again_and_needs_a_person_again(step):
    again, what = rules.heard(AT[step], said(6, words.RAISED), NOW)
    assert what == "raised_again" and again.activations == 2
    assert rules.step_of(again) == words.RAISED and rules.must_sound(again)
    assert again.work == AT[step].work  # whoever is on the way stays on the way


def test_an_older_press_that_comes_late_does_not_take_the_acknowledgement_away():
    known = alarm(last_seq=7, acknowledged_by=1, acknowledged_at=NOW)
    after, what = rules.heard(known, said(6, words.RAISED), NOW)
    assert what == "activated_before" and after.activations == 2 and after.acknowledged_by == 1


def test_a_pre_alarm_becomes_an_alarm_or_is_taken_back():
    raised, what = rules.heard(AT[words.PRE_ALARM], said(6, words.RAISED), NOW + 20_000)
    assert what == "raised" and raised.activations == 1 and rules.step_of(raised) == words.RAISED
    assert raised.raised_at == NOW + 20_000
    back, what = rules.heard(AT[words.PRE_ALARM], said(6, words.CANCELLED), NOW)
    assert what == "cancelled" and rules.step_of(back) == words.CANCELLED and not back.is_open


def test_a_raised_alarm_cannot_be_closed_from_the_home():
    after, what = rules.heard(AT[words.RAISED], said(6, words.CANCELLED), NOW)
    assert what == "cancelled_in_home" and after.is_open and after.condition == rules.RETURNED
    test_call, _ = rules.heard(alarm(kind=words.TEST), said(6, words.CANCELLED), NOW)
    assert not test_call.is_open


def test_smoke_that_is_gone_is_told_and_still_wants_a_person():
    after, what = rules.heard(AT[words.RAISED], said(6, words.RESTORED), NOW)
    assert what == "restored" and after.is_open and after.condition == rules.RETURNED and after.last_seq == 6
    again, what = rules.heard(after, said(7, words.RAISED), NOW)
    assert what == "raised_again" and again.condition == rules.ACTIVE
    closed, what = rules.heard(AT[rules.CLOSED], said(6, words.RESTORED), NOW)
    assert closed == AT[rules.CLOSED] and what == "late_restored"


def test_old_news_of_a_closed_alarm_changes_nothing_but_history():
    for step in (words.PRE_ALARM, words.RAISED, words.CANCELLED):
        after, what = rules.heard(AT[rules.CLOSED], said(3, step), NOW)
        assert after == AT[rules.CLOSED] and what == "late_" + step


def test_a_home_is_told_again_only_what_it_has_not_heard():
    for home in words.STEPS[:-1]:
        for step in words.DOWN_STEPS:
            expected = words.STEPS.index(home) < words.STEPS.index(step)
            state = {
                name: state for state, name in STEP.items() if state in (rules.ASSIGNED, rules.ON_SCENE, rules.CLOSED)
            }
            assert rules.is_home_behind(home, AT[state.get(step, step)]) == expected
    assert not rules.is_home_behind(words.RECEIVED, AT[words.RAISED])


def test_one_try_too_many_waits_for_the_window_and_a_wrong_clock_locks_nobody_out():
    tries = [NOW + count for count in range(access_rules.TRIES_PER_NAME)]
    for count in range(access_rules.TRIES_PER_NAME):
        assert access_rules.wait_ms(tries[:count], access_rules.TRIES_PER_NAME, NOW + count) == 0
    assert 0 < access_rules.wait_ms(tries, access_rules.TRIES_PER_NAME, NOW + 10) <= access_rules.WINDOW_MS
    assert access_rules.wait_ms(tries, access_rules.TRIES_PER_NAME, NOW + access_rules.WINDOW_MS + 10) == 0
    assert access_rules.wait_ms(tries, access_rules.TRIES_PER_NAME, NOW - 3_600_000) == 0


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil", "", None, "a", "/a\r\nb"])
def test_signing_in_never_leads_to_another_site(path):
    assert access_rules.local_path(path) == "/"


def test_a_hub_is_overdue_only_after_the_relay_itself_was_there_for_the_whole_time():
    late = NOW + hub_rules.OFFLINE_MS
    assert hub_rules.is_overdue(NOW, 0, late) and not hub_rules.is_overdue(NOW, 0, late - 1)
    assert not hub_rules.is_overdue(NOW, NOW + 1, late)


def test_lasting_faults_fold_for_ever_and_momentary_ones_for_a_minute():
    assert supervision_rules.folds(words.MAINS_LOST, NOW, NOW + 10**9)
    assert supervision_rules.folds(words.FRAME_REFUSED, NOW, NOW + 59_999)
    assert not supervision_rules.folds(words.FRAME_REFUSED, NOW, NOW + 60_000)


def png(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def test_pictures_are_told_by_their_bytes():
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(10) + b"\xff\xc0\x00\x11\x08\x02\x58\x03\x20" + bytes(10)
    webp = b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + (799).to_bytes(3, "little") + (599).to_bytes(3, "little")
    for data, extension in ((png(800, 600), "png"), (jpeg, "jpg"), (webp, "webp")):
        assert people_rules.picture_of(data) == people_rules.Picture(extension, 800, 600)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a" + bytes(50), png(0, 5), png(99_999, 5), b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"MZ"]
)
def test_what_is_no_picture_of_ours_is_refused(data):
    with pytest.raises(people_rules.PictureRefused):
        people_rules.picture_of(data)


@pytest.mark.parametrize(
    "data", [b"<svg onload=alert(1)>", b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", b"<!DOCTYPE svg>"]
)
def test_an_svg_is_refused_with_the_reason(data):
    with pytest.raises(people_rules.PictureRefused, match="script"):
        people_rules.picture_of(data)


HEADS = [b"\xff\xd8\xff", b"RIFF0000WEBP", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"]


@given(st.binary(max_size=200), st.sampled_from(HEADS))
def test_no_bytes_make_the_picture_reader_stumble(data, head):
    for candidate in (data, head + data):
        with suppress(people_rules.PictureRefused):
            people_rules.picture_of(candidate)


@given(st.text(max_size=60), st.binary(max_size=1500))
def test_no_message_makes_the_intake_stumble(topic, payload):
    for name in (topic, "anling/1/hub-0001/up/alarm", "anling/1/hub-0001/down/alarm"):
        assert isinstance(intake_rules.read(name, payload), intake_rules.Refusal)


def test_json_nested_without_end_is_refused():
    payload = b"[" * 1000
    assert isinstance(intake_rules.read("anling/1/h/up/alarm", payload), intake_rules.Refusal)


def test_messages_of_a_home_in_any_order_end_in_the_same_alarm():
    """pre-alarm, raised, pressed again: whatever order they come in, the alarm sounds and counts right."""
    story = [said(6, words.RAISED), said(8, words.RAISED), said(9, words.RAISED)]
    chance = random.Random(1)
    for _ in range(20):
        known = alarm(last_seq=5, is_pre_alarm=True)
        for message in chance.sample(story, len(story)):
            known, _ = rules.heard(known, message, NOW)
        assert known.activations == 3 and known.last_seq == 9 and rules.step_of(known) == words.RAISED
