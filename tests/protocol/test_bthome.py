"""Claims about BTHome frames, on both interpreters. The oracle test is in test_bthome_oracle_cpython.py."""

from claims import Random, aes, raises
from protocol import bthome, ccm, vocabulary
from protocol.advert import find_bthome

KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
MAC = bytes.fromhex("5448e68f80a5")
SEALED = bytes.fromhex("41a47266c95f730011223378237214")


def seal(plain, counter, info=0x45, key=KEY, mac=MAC):
    count = bytes([counter >> shift & 0xFF for shift in (0, 8, 16, 24)])
    cipher, tag = ccm.seal(aes(key), mac + b"\xd2\xfc" + bytes([info]) + count, plain)
    return bytes([info]) + cipher + count + tag


def test_the_published_vector_opens():
    frame = bthome.open_frame(SEALED, MAC, aes(KEY))
    assert frame.objects == [(0x02, 2506), (0x03, 5055)]
    assert frame.counter == 0x33221100
    assert frame.is_whole


def test_a_changed_bit_anywhere_is_a_wrong_key_or_another_version():
    for bit in range(8 * len(SEALED)):
        wrong = bytearray(SEALED)
        wrong[bit // 8] ^= 1 << bit % 8
        fault = raises(bthome.BadFrame, bthome.open_frame, bytes(wrong), MAC, aes(KEY))
        assert fault.reason in vocabulary.REFUSALS


def test_the_sender_is_part_of_the_seal():
    fault = raises(bthome.BadFrame, bthome.open_frame, SEALED, bytes.fromhex("5448e68f80a6"), aes(KEY))
    assert fault.reason == vocabulary.WRONG_KEY


def test_ccm_seals_and_unseals_every_length():
    random = Random(3)
    encrypt = aes(KEY)
    for length in range(40):
        nonce, plain = random.data(13), random.data(length)
        cipher, tag = ccm.seal(encrypt, nonce, plain)
        assert ccm.unseal(encrypt, nonce, cipher, tag) == plain
        assert ccm.unseal(encrypt, nonce, cipher, tag[:3]) is None
        assert ccm.unseal(encrypt, nonce, cipher, tag + b"\0") is None


def test_plain_from_a_keyed_device_is_a_downgrade():
    fault = raises(bthome.BadFrame, bthome.open_frame, bytes.fromhex("443a01"), MAC, aes(KEY))
    assert fault.reason == vocabulary.PLAIN_FROM_KEYED
    fault = raises(bthome.BadFrame, bthome.open_frame, SEALED, MAC, None)
    assert fault.reason == vocabulary.NO_KEY


def test_signed_values_are_signed():
    for hexadecimal, value in (
        ("4002ffff", -1),
        ("400200 80".replace(" ", ""), -32768),
        ("4057ea", -22),
        ("4058ea", -770),
    ):
        assert bthome.open_frame(bytes.fromhex(hexadecimal), MAC, None).objects[0][1] == value


def test_an_unknown_object_ends_the_parse_and_what_came_before_counts():
    frame = bthome.open_frame(bytes.fromhex("440005016499ff3a01"), MAC, None)
    assert frame.objects == [(0x00, 5), (0x01, 100)] and not frame.is_whole
    assert frame.first(bthome.BUTTON) is None


def test_every_button_of_a_device_is_seen():
    frame = bthome.open_frame(bytes.fromhex("443a003a003a013a00"), MAC, None)
    assert frame.all(bthome.BUTTON) == [0, 0, 1, 0]


def test_a_mac_in_the_frame_is_passed_over_and_used_for_the_seal():
    frame = bthome.open_frame(bytes([0x46]) + bytes(reversed(MAC)) + bytes.fromhex("3a01"), MAC, None)
    assert frame.first(bthome.BUTTON) == 1
    count = bytes(4)
    cipher, tag = ccm.seal(aes(KEY), MAC + b"\xd2\xfc\x47" + count, b"\x3a\x01")
    data = b"\x47" + bytes(reversed(MAC)) + cipher + count + tag
    assert bthome.open_frame(data, b"\0" * 6, aes(KEY)).first(bthome.BUTTON) == 1


def test_variable_objects_are_cut_at_the_end():
    for hexadecimal, whole in (
        ("4053024f4b", True),
        ("4053", False),
        ("405305aa", False),
        ("403b0201aabb", True),
    ):
        assert bthome.open_frame(bytes.fromhex(hexadecimal), MAC, None).is_whole == whole, hexadecimal


def test_any_bytes_give_a_frame_or_a_reason():
    random = Random(11)
    refused = opened = 0
    for number in range(4000):
        data = random.data(random.below(34))
        if number % 2:
            data = bytes([(0x40, 0x44, 0x41, 0x45, 0x46, 0x47)[random.below(6)]]) + data
        try:
            bthome.open_frame(data, MAC, aes(KEY) if number % 3 == 0 else None)
            opened += 1
        except bthome.BadFrame as fault:
            assert fault.reason in vocabulary.REFUSALS
            refused += 1
    assert refused > 500 and opened > 500


def test_service_data_is_found_behind_other_structures_and_in_broken_ones():
    advert = bytes.fromhex("020106") + bytes([6, 0x16, 0xD2, 0xFC, 0x44, 0x3A, 0x01])
    place = find_bthome(advert)
    assert advert[place >> 16 : place & 0xFFFF] == bytes.fromhex("443a01")
    for data in (b"", b"\0", b"\x05", b"\x1e\x16\xd2\xfc", b"\x03\x16\xd2\xfc", b"\x02\x01\x06\x00" + advert):
        assert find_bthome(data) == -1
    random = Random(5)
    for _ in range(3000):
        data = random.data(random.below(32))
        place = find_bthome(data)
        assert place == -1 or (place & 0xFFFF) <= len(data)
