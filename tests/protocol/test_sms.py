"""An alarm in one short message: what is read is what was written, by the hub that has the key, and nothing else is."""

import hashlib

from claims import Random, raises
from protocol import messages, sms, topics, vocabulary

KEY = bytes(range(16))
ADDRESS = "5448e68f80a5"


def sha256(data):
    return hashlib.sha256(data).digest()


def alarm(**changes):
    fields = {"epoch": "0a1b2c3d", "seq": 7, "alarm_seq": 5, "kind": "help", "step": "raised", "device_id": ADDRESS}
    fields.update({"activation": "press", "age_ms": 12000, "at_ms": 1800000000000})
    fields.update(changes)
    return messages.alarm(**fields)


def written(hub_id="hub-0001", key=KEY, **changes):
    return sms.write(sha256, key, hub_id, alarm(**changes))


def test_what_was_written_is_read_with_every_kind_step_and_activation():
    for kind in vocabulary.ALARM_KINDS:
        for step in messages.STEPS_UP:
            for activation in vocabulary.ACTIVATIONS:
                changes = {"kind": kind, "step": step, "activation": activation}
                assert sms.read(sha256, KEY, written(**changes)) == ("hub-0001", alarm(**changes)), changes


def test_the_words_keep_their_numbers():
    """They are on the air as numbers: a new word goes to the end."""
    assert " ".join(vocabulary.ALARM_KINDS) == "help fall inactivity smoke gas co flood test unverified"
    assert " ".join(messages.STEPS_UP) == "pre_alarm raised cancelled restored"
    assert vocabulary.ACTIVATIONS[0] == "press" and vocabulary.ACTIVATIONS[-2:] == ("hold_press", "tripped")
    assert len(vocabulary.ACTIVATIONS) == 8


def test_every_device_and_time_comes_through_or_is_left_out():
    for device in (None, ADDRESS, "wired", "weekly", "sixteen-long-name", "床头"):
        fits = device is None or len(device.encode()) <= 16
        found = sms.read(sha256, KEY, written(device_id=device))[1]
        assert found["device"] == (device if fits else None)
    assert sms.read(sha256, KEY, written(device_id="5448E68F80A5"))[1]["device"] == "5448E68F80A5"
    assert sms.read(sha256, KEY, written(device_id="zz48e68f80a5"))[1]["device"] == "zz48e68f80a5"
    found = sms.read(sha256, KEY, written(age_ms=None, at_ms=None))[1]
    assert found["age_ms"] is None and found["at_ms"] is None and found["clock_trusted"] is False
    found = sms.read(sha256, KEY, written(age_ms=1 << 60, at_ms=1800000000999))[1]
    assert found["age_ms"] == 1000 * 0xFFFFFFFE and found["at_ms"] == 1800000000000  # whole seconds
    assert sms.read(sha256, KEY, written(seq=messages.SEQ_MAX))[1]["seq"] == messages.SEQ_MAX


def test_it_is_one_message_of_characters_that_no_alphabet_changes():
    text = written("h" * topics.ID_LENGTH_MAX, device_id="x" * 16, seq=messages.SEQ_MAX)
    assert len(text) <= sms.LENGTH_MAX < 160
    for key in range(40):
        for character in written(key=bytes([key]) * 16):
            assert character in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.- ", character


def test_the_same_text_is_made_on_every_interpreter():
    assert written() == "AL1 hub-0001 " + TEXT


TEXT = "ChssPQAAAAcAAAAFAAEAa0nSAAAAAAwGVEjmj4ClwWPe6-6Ik2E"


def test_another_key_another_hub_or_one_changed_character_proves_nothing():
    good = written()
    assert "proof" in str(raises(messages.BadMessage, sms.read, sha256, bytes(16), good))
    assert "proof" in str(raises(messages.BadMessage, sms.read, sha256, KEY, good.replace("0001", "0002")))
    body = good[len("AL1 hub-0001 ") :]
    for at in range(len(body)):
        for other in "A9.-":
            if other != body[at]:
                changed = good[: len(good) - len(body) + at] + other + body[at + 1 :]
                raises(messages.BadMessage, sms.read, sha256, KEY, changed)


def test_any_other_text_is_none_of_ours():
    good = written()
    for text in (
        "",
        "AL1",
        "AL1  ",
        "AL1 hub-0001",
        "AL2" + good[3:],
        good + "A",
        good + "====",
        good[:-1],
        good + " x",
        "x " + good,
        good.replace(" ", "  "),
        good.lower(),
        good.replace("hub-0001", "HUB-0001"),
        good.replace("hub-0001", ""),
        good.replace("hub-0001", "h" * 33),
        good + "\x00\x00x",
        "AL1 hub-0001 " + "A" * 300,
        "AL1 hub-0001 床床床",
        "您好,这里是一条普通短信",
        None,
        7,
        b"AL1",
    ):
        assert "sms" in str(raises(messages.BadMessage, sms.read, sha256, KEY, text)), text
    assert sms.read(sha256, KEY, " " + good + "\r\n")[0] == "hub-0001"


def test_what_is_proven_but_is_no_alarm_is_refused_too():
    """A hub of another make, or with a fault: its key is right, its words are not."""
    good = sms.address(written())
    for at, value in ((12, 99), (13, 99), (14, 99), (4, 0xFF), (8, 0x7F), (23, 7), (23, 0x83), (23, 0)):
        body = bytearray(good[1])
        body[at] = value
        text = _text(bytes(body))
        raises(messages.BadMessage, sms.read, sha256, KEY, text)
    name = good[1][:23] + b"\x82\xff\xfe"
    assert "device" in str(raises(messages.BadMessage, sms.read, sha256, KEY, _text(name)))


def _text(body):
    import binascii

    data = body + sms._tag(sha256, KEY, "hub-0001", body)
    text = binascii.b2a_base64(data).decode().strip()
    return "AL1 hub-0001 " + text.replace("+", ".").replace("/", "-").rstrip("=")


def test_random_texts_are_refused_and_never_break_it():
    chance = Random(7)
    letters = "ABCXYZabcxyz0189.-= \r\n\x00+/_AL1床"
    for _ in range(300):
        text = "".join([letters[chance.below(len(letters))] for _ in range(chance.below(120))])
        for candidate in (text, "AL1 hub-0001 " + text):
            raises(messages.BadMessage, sms.read, sha256, KEY, candidate)
