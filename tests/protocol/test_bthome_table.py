"""Claims about each object of BTHome v2 and about the edges of a frame: what is one byte too short, or one bit off.

The table of the standard stands here once more, grouped the other way round. Ref: https://bthome.io/format
"""

from claims import aes, raises
from protocol import bthome, ccm, vocabulary

KEY = bytes(range(16))
MAC = bytes.fromhex("5448e68f80a5")
# (bytes, is signed, per unit): object ids
GROUPS = (
    ((1, False, 1), "00 01 09 0f 10 11 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d"),
    ((1, False, 1), "2e 2f 3a 60 64 65"),
    ((1, False, 10), "46"),
    ((1, True, 1), "57 59"),
    ((1, True, 100), "58"),
    ((2, False, 1), "0d 0e 12 13 3c 3d 40 48 56 61 f0"),
    ((2, False, 10), "41 47 4a 5f"),
    ((2, False, 100), "03 06 07 14 44 5e"),
    ((2, False, 1000), "0c 43 49 51 52"),
    ((2, True, 1), "5a"),
    ((2, True, 10), "3f 45"),
    ((2, True, 100), "02 08"),
    ((2, True, 1000), "5d"),
    ((3, False, 1), "f2"),
    ((3, False, 100), "04 05 0b"),
    ((3, False, 1000), "0a 42 4b"),
    ((4, False, 1), "3e 50 f1"),
    ((4, False, 1000), "4c 4d 4e 4f 55"),
    ((4, True, 1), "5b"),
    ((4, True, 100), "5c"),
    ((4, True, 1000000), "62 63"),
)
NAMES = (
    "PACKET_ID 00, BATTERY 01, OPENING 11, BATTERY_LOW 15, CO 17, DOOR 1a, GAS 1c, MOISTURE 20, MOTION 21, MOVING 22, "
    "OCCUPANCY 23, PROBLEM 26, SAFETY 28, SMOKE 29, TAMPER 2b, VIBRATION 2c, WINDOW 2d, BUTTON 3a, COMMAND 3b, "
    "TEXT 53, RAW 54, POWER 10, PRESENCE 25, RUNNING 27"
)
BUTTON = "01 press, 02 double_press, 03 triple_press, 04 long_press, 05 long_double_press, 06 long_triple_press, "
BUTTON += "80 hold_press, fe hold_press"

# object id: (bytes, is signed, per_unit)
OBJECTS = {
    object_id: (shape & 7, bool(shape & bthome.SIGNED), 10 ** (shape >> 4))
    for object_id, shape in enumerate(bthome.SHAPES)
    if shape
}


def _number(text):
    return int(text, 16)


def _reason(data, encrypt=None):
    return raises(bthome.BadFrame, bthome.open_frame, data, MAC, encrypt).reason


def test_every_object_has_the_length_sign_and_unit_of_the_standard():
    found = {_number(text): entry for entry, texts in GROUPS for text in texts.split()}
    assert OBJECTS == found and len(found) == 92 and len(bthome.SHAPES) == 256


def test_the_objects_that_decide_over_alarms_have_their_numbers():
    for pair in NAMES.split(", "):
        name, number = pair.split(" ")
        assert getattr(bthome, name) == _number(number), name


def test_every_button_event_has_its_word():
    found = {}
    for pair in BUTTON.split(", "):
        number, word = pair.split(" ")
        found[_number(number)] = word
    assert bthome.BUTTON_EVENTS == found
    assert (bthome.BUTTON_NONE, bthome.BUTTON_RELEASED) == (0x00, 0x81)


def test_every_object_is_read_at_both_ends_of_its_range_and_never_when_it_is_cut():
    for object_id, (size, is_signed, _) in OBJECTS.items():
        times = 35 if object_id == 0x58 else 1
        for data, value in (
            (bytes(size), 0),
            (b"\x01" + bytes(size - 1), 1),
            (b"\xff" * size, -1 if is_signed else (1 << 8 * size) - 1),
            (bytes(size - 1) + b"\x80", (-1 if is_signed else 1) << 8 * size - 1),
            (b"\xff" * (size - 1) + b"\x7f", (1 << 8 * size - 1) - 1),
            (bytes(range(1, size + 1)), sum([(i + 1) << 8 * i for i in range(size)])),
        ):
            payload = bytes([object_id]) + data
            assert bthome.objects(payload) == ([(object_id, value * times)], True), payload
            assert bthome.objects(b"\x01\x64" + payload) == ([(1, 100), (object_id, value * times)], True)
            for end in range(1, len(payload)):
                assert bthome.objects(payload[:end]) == ([], False)
                assert bthome.objects(b"\x01\x64" + payload[:end]) == ([(1, 100)], False)


def test_every_other_number_ends_the_parse():
    for object_id in range(256):
        if object_id not in OBJECTS and object_id not in (0x3B, 0x53, 0x54):
            assert bthome.objects(b"\x01\x64" + bytes([object_id, 1, 1, 1])) == ([(1, 100)], False), object_id


def test_objects_of_no_fixed_length_are_read_whole_or_not_at_all():
    for object_id in (0x53, 0x54):
        for length in (0, 1, 2, 30):
            payload = bytes([object_id, length]) + b"x" * length
            assert bthome.objects(payload) == ([(object_id, b"x" * length)], True)
            assert bthome.objects(payload + b"\x3a\x01") == ([(object_id, b"x" * length), (0x3A, 1)], True)
            for end in range(1, len(payload)):
                assert bthome.objects(payload[:end]) == ([], False)
    for length in (0, 1, 31):
        for high in (0, 0x20, 0xE0):  # only five bits of a command's length byte are a length
            payload = bytes([0x3B, high | length]) + b"x" * (1 + length)
            assert bthome.objects(payload) == ([(0x3B, b"x" * (1 + length))], True)
            assert bthome.objects(payload + b"\x3a\x01") == ([(0x3B, b"x" * (1 + length)), (0x3A, 1)], True)
            for end in range(1, len(payload)):
                assert bthome.objects(payload[:end]) == ([], False)
    assert bthome.objects(b"") == ([], True)


def test_the_first_byte_says_version_seal_address_and_cause():
    for info in range(256):
        plain = bytes([info]) + (MAC if info & 2 else b"") + b"\x3a\x01"
        if info >> 5 != 2:
            assert _reason(plain) == _reason(plain, aes(KEY)) == vocabulary.BROKEN, info
        elif info & 1:
            assert _reason(plain) == vocabulary.NO_KEY, info
        else:
            assert _reason(plain, aes(KEY)) == vocabulary.PLAIN_FROM_KEYED
            frame = bthome.open_frame(plain, MAC, None)
            assert frame.objects == [(0x3A, 1)] and frame.is_whole is True and frame.counter is None
            assert frame.is_triggered is bool(info & 4), info


def _sealed(plain, info=0x45, counter=b"\x01\x02\x03\x84"):
    cipher, tag = ccm.seal(aes(KEY), MAC + b"\xd2\xfc" + bytes([info]) + counter, plain)
    return bytes([info]) + (bytes(reversed(MAC)) if info & 2 else b"") + cipher + counter + tag


def test_a_sealed_frame_is_opened_in_full_with_its_counter_as_an_unsigned_number():
    for info, is_triggered in ((0x41, False), (0x45, True), (0x43, False), (0x47, True)):
        frame = bthome.open_frame(_sealed(b"\x00\x07\x3a\x01", info), MAC, aes(KEY))
        assert frame.objects == [(0, 7), (0x3A, 1)] and frame.is_whole is True
        assert frame.counter == 0x84030201 and frame.is_triggered is is_triggered
    half = bthome.open_frame(_sealed(b"\x00\x07\x3a"), MAC, aes(KEY))
    assert half.objects == [(0, 7)] and half.is_whole is False


def test_a_frame_that_is_too_short_is_broken_and_the_shortest_is_not():
    for data in (b"", b"\x40", b"\x44", b"\x42" + MAC, b"\x41", b"\x45\x00"):
        assert _reason(data, aes(KEY) if data[:1] in (b"\x41", b"\x45") else None) == vocabulary.BROKEN, data
    for data in (b"\x40", b"\x41"):  # too short to say whether a key is missing
        assert _reason(data) == _reason(data, aes(KEY)) == vocabulary.BROKEN
    assert str(raises(bthome.BadFrame, bthome.open_frame, b"", MAC, None)) == vocabulary.BROKEN
    for info, start in ((0x41, 1), (0x47, 7)):
        for plain in (b"\x3a\x01", b"\x3a"):
            sealed = _sealed(plain, info)
            assert bthome.open_frame(sealed, MAC, aes(KEY)).is_whole is (len(plain) == 2)
        for size in range(2, start + 9):
            assert _reason(sealed[:1] + bytes(size - 1), aes(KEY)) == vocabulary.BROKEN, size
        assert _reason(sealed[:1] + bytes(start + 8), aes(KEY)) == vocabulary.WRONG_KEY


def test_a_value_is_found_by_its_number():
    frame = bthome.open_frame(bytes.fromhex("443a003a0101643a02"), MAC, None)
    assert frame.first(0x3A) == 0 and frame.first(0x01) == 100 and frame.first(0x02) is None
    assert frame.all(0x3A) == [0, 1, 2] and frame.all(0x01) == [100] and frame.all(0x02) == []


def test_integers_are_read_from_any_kind_of_bytes():
    for make in (bytes, bytearray, lambda data: memoryview(bytes(data))):
        assert bthome.integer(make(b"\x01\xff"), False) == 0xFF01 and bthome.integer(make(b"\x01\xff"), True) == -255
