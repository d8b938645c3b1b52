"""Sealed envelopes: what comes out is what went in, and nothing else ever does."""

from claims import Random, aes, raises
from protocol import ccm, envelope, messages, topics

KEY = bytes(range(16))
OTHER = bytes(range(1, 17))
NONCE = bytes(range(50, 63))
BODY = messages.encode(messages.alarm("0a1b2c3d", 7, 7, "help", "raised", "5448e68f80a5", "press", 1200, 1800000000000))


def sealed(direction=envelope.UP, hub_id="hub-0001", word=topics.ALARM, body=BODY, key=KEY):
    return envelope.seal(aes(key), NONCE, direction, hub_id, word, body)


def test_what_was_sealed_comes_out():
    word, message = envelope.unseal(aes(KEY), envelope.UP, sealed())
    assert word == topics.ALARM and message == messages.decode(BODY)
    assert envelope.address(sealed()) == (envelope.UP, "hub-0001", NONCE)


def test_nothing_of_the_message_can_be_seen():
    data = sealed()
    for text in (b"help", b"raised", b"0a1b2c3d", b"5448e68f80a5", b"press", b"alarm"):
        assert text not in data, text


def test_any_changed_bit_breaks_the_seal():
    good = sealed()
    for at in range(len(good)):
        for bit in (1, 128):
            bad = bytes([b ^ bit if i == at else b for i, b in enumerate(good)])
            raises(messages.BadMessage, envelope.unseal, aes(KEY), envelope.UP, bad)


def test_any_shorter_or_longer_envelope_is_none():
    good = sealed()
    for end in range(len(good)):
        raises(messages.BadMessage, envelope.unseal, aes(KEY), envelope.UP, good[:end])
    raises(messages.BadMessage, envelope.unseal, aes(KEY), envelope.UP, good + b"\x00")


def test_another_hubs_key_or_the_other_direction_opens_nothing():
    raises(messages.BadMessage, envelope.unseal, aes(OTHER), envelope.UP, sealed())
    raises(messages.BadMessage, envelope.unseal, aes(KEY), envelope.DOWN, sealed())
    down = messages.encode(messages.receipt("0a1b2c3d", 7))
    back = sealed(envelope.DOWN, word=topics.RECEIPT, body=down)
    assert envelope.unseal(aes(KEY), envelope.DOWN, back)[0] == topics.RECEIPT
    raises(messages.BadMessage, envelope.unseal, aes(KEY), envelope.UP, back)


def test_a_genuine_seal_around_nonsense_is_refused_in_words():
    inner = messages.encode(messages.carried(b"\x01\x02"))
    for word, body in (
        (topics.ALARM, b"{}"),
        (topics.ALARM, b"\xff\xfe"),
        ("no-such-word", BODY),
        ("\xe9" * 3, BODY),
        (topics.CARRIED, inner),
        (topics.RECEIPT, BODY),
    ):
        raises(messages.BadMessage, envelope.unseal, aes(KEY), envelope.UP, sealed(word=word, body=body))


def test_what_is_too_large_is_not_carried():
    room = messages.ENVELOPE_MAX - len(sealed(body=b""))
    assert len(sealed(body=b"x" * room)) == messages.ENVELOPE_MAX
    raises(messages.BadMessage, sealed, envelope.UP, "hub-0001", topics.ALARM, b"x" * (room + 1))
    assert len(messages.encode(messages.carried(sealed(body=b"x" * room)))) <= messages.LENGTH_MAX


def test_the_largest_alarm_fits():
    largest = messages.alarm(
        "ffffffff",
        messages.SEQ_MAX,
        messages.SEQ_MAX,
        "inactivity",
        "cancelled",
        "5448e68f80a5",
        "long_triple_press",
        (1 << 53) - 1,
        (1 << 53) - 1,
    )
    assert len(sealed(hub_id="h" * 32, body=messages.encode(largest))) <= messages.ENVELOPE_MAX


def test_hostile_bytes_are_never_more_than_refused():
    chance = Random(11)
    for _ in range(500):
        data = bytes([1, 0x55, chance.below(34)]) + chance.data(chance.below(120))
        raises(messages.BadMessage, envelope.unseal, aes(KEY), envelope.UP, data)


def test_a_head_is_sealed_with_the_rest_and_without_one_nothing_has_changed():
    nonce = bytes(13)
    cipher, tag = ccm.seal(aes(KEY), nonce, b"plain", b"head", 8)
    assert len(tag) == 8 and ccm.unseal(aes(KEY), nonce, cipher, tag, b"head", 8) == b"plain"
    for head, length in ((b"Head", 8), (b"", 8), (b"head", 4)):
        assert ccm.unseal(aes(KEY), nonce, cipher, tag, head, length) is None
    cipher, tag = ccm.seal(aes(KEY), nonce, b"plain")
    assert len(tag) == 4 and ccm.unseal(aes(KEY), nonce, cipher, tag) == b"plain"
