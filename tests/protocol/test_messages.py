"""Claims about messages: what passes, and that all else is refused with the field's name."""

import json

from claims import Random, raises
from protocol import messages, topics, upward, vocabulary

FIELDS = dict(upward.FIELDS)
FIELDS.update(messages.FIELDS)

ALARM = messages.alarm("0123abcd", 7, 5, "help", "raised", "5448e68f80a5", "press", 12, None)
TECHNICAL = messages.technical("0123abcd", 8, "mains_lost", None, None, None, 1700000000000)
HEARTBEAT = messages.heartbeat("0123abcd", 8, 60, 1, [[5, "raised"]], True, 98, "0.1.0", False)
GOOD = (
    ("up", topics.ALARM, ALARM),
    ("up", topics.TECHNICAL, TECHNICAL),
    ("up", topics.HELLO, HEARTBEAT),
    ("up", topics.HEARTBEAT, HEARTBEAT),
    ("up", topics.STATE, messages.offline()),
    ("up", topics.TOLD, messages.told("0123abcd", 5, "cleared")),
    ("down", topics.RECEIPT, messages.receipt("0123abcd", 7)),
    ("down", topics.ALARM, messages.step("0123abcd", 5, "on_the_way", "李", 6)),
)
WRONG = (None, True, -1, 1.5, "", "x" * 65, "zzzzzzzz", [], {}, [[0, "raised"]], [[1, "x"]], 1 << 31)


def test_every_builder_makes_a_message_that_passes():
    for direction, word, message in GOOD:
        assert messages.check(direction, word, messages.decode(messages.encode(message))) == message


def test_every_topic_of_the_contract_has_a_check():
    for word in topics.UP_WORDS:
        assert ("up", word) in FIELDS
    for word in topics.DOWN_WORDS:
        assert ("down", word) in FIELDS


def test_a_missing_field_is_named():
    for direction, word, message in GOOD:
        for field in message:
            if field == "v":
                continue
            short = dict(message)
            del short[field]
            fault = raises(messages.BadMessage, messages.check, direction, word, short)
            assert str(fault).startswith(field), (word, field, fault)


def test_a_wrong_value_is_refused_without_being_repeated():
    refused = 0
    for direction, word, message in GOOD:
        for field, is_right, _ in FIELDS[direction, word]:
            for value in WRONG:
                if is_right(value):
                    continue
                wrong = dict(message)
                wrong[field] = value
                fault = raises(messages.BadMessage, messages.check, direction, word, wrong)
                assert str(fault).startswith(field + ": not ")
                assert "zzzz" not in str(fault)
                refused += 1
    assert refused > 200


def test_an_alarm_cannot_be_named_by_a_later_message():
    wrong = dict(ALARM)
    wrong["alarm"] = 8
    raises(messages.BadMessage, messages.check, "up", topics.ALARM, wrong)


def test_a_message_over_one_kibibyte_is_refused_both_ways():
    raises(messages.BadMessage, messages.encode, {"v": 1, "x": "a" * 1024})
    raises(messages.BadMessage, messages.decode, b'{"v":1,"x":"' + b"a" * 1024 + b'"}')


def test_bytes_that_are_no_message_are_refused_and_nothing_else_escapes():
    for data in (
        b"",
        b"{",
        b"[]",
        b"1",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"{}",
        b'{"v":2}',
        b'{"v":true}',
        b'{"v":"1"}',
    ):
        raises(messages.BadMessage, messages.decode, data)
    raises(messages.BadMessage, messages.decode, b"[" * 1000)
    raises(messages.BadMessage, messages.decode, b'{"v":1,"a":' + b"[" * 500 + b"]" * 500 + b"}" + b"x")
    random = Random(7)
    good = messages.encode(ALARM)
    for _ in range(1000):
        data = bytearray(good)
        for _ in range(1 + random.below(4)):
            data[random.below(len(data))] = random.below(256)
        try:
            messages.check("up", topics.ALARM, messages.decode(bytes(data)))
        except messages.BadMessage:
            pass


def test_unknown_fields_are_allowed():
    newer = dict(ALARM)
    newer["colour"] = "red"
    assert messages.check("up", topics.ALARM, newer)["colour"] == "red"


def test_a_topic_without_a_contract_is_refused():
    raises(messages.BadMessage, messages.check, "up", topics.RECEIPT, {"v": 1})
    raises(messages.BadMessage, messages.check, "down", topics.HEARTBEAT, {"v": 1})


def test_messages_are_plain_json():
    assert json.loads(messages.encode(ALARM).decode())["v"] == vocabulary.VERSION
