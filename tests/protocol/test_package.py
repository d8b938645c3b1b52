"""Claims about packages of firmware: what a head says, what may follow what, and whose signature counts."""

import hashlib

from claims import raises
from protocol import messages, package, signature

# Made once with OpenSSL's RSA by the package `cryptography`; the key was thrown away.
MODULUS = bytes.fromhex(
    "ba4724d333e1af2b75335b876752168b9e839e530971103858e3dcec8fa2958579a7b02466b143e887ecf893adb349f4a1609e2b989731"
    "ce14fdf18630a87b94602783ecca02924b965ee27010220552c724e2e35a6165639833dabce43c98ca37678eecee7309b967cfeccf052f"
    "282e30353d7afddf9b8706bf9895b5e2d6c1fcf2e96bc04fc97b8fb4a07a69415303102ce051fb7ead32830fb538b61f3b6cdf1afd51c3"
    "a47e4ae5d63dd698c05465100032750c311c8def8776fdb08f958209f717ac0fafec3a8c31485a81cbfb5b0975c663a87d80263e95bf78"
    "b78a162e7a71d6d5a0446ce4d9f40a87f7fd68107d9f8bb43c643f9d744473d973fb6b287b095f12f8ea8ec10845b0ae58a46745be3c98"
    "a8a6809e5ae27a2ddd5bd86f6f69abafdb8cef6fb08399a282e62e2fbe64c9e8033dfa9ac33206703521e1c18dc894ef6d8eeb58908182"
    "797fc5dc7be7138c90f29e932036d9aec8e03759d8b06a2881a46ffb9b77b9981c46f20603153f157864a353538fad539c6bd7e7b4c3"
)
SIGNED = bytes.fromhex(
    "5539b47e3ea01bb9722290285e7e53f606f85ea49b70c5a75dda0f94b4ca843b6b9a71ff6e8d98aa7a609f14014a2320834135e5b3387a"
    "5d6eb3652714364f5df90ca67a10f9de88de89d8bf9696639b36a03fdcc1d3d8648d6d0e7fe5942e243f0497aeee3735add24d6f2e85d4"
    "2bd397a06d8d573c6ab4a3abc0e37765f98db568ada5c7189900da585396e8c601ad7825ae6d572159f3b4d0ca1afcccdb61ff19499ab1"
    "0299e6a90e1d54be6cc7b2a395a1d32ead7b612aee00d52460653c7f0c63bf7f936646547461dbda0c14287a52b95d3b75d3c4a22fe6be"
    "b2812ded41f0d6a605dae9a1de687f4b4d08226c5b1bf52b147d80873510d668eb84e370a792e3563825ed9f0972d656bdf5ed5fbcfc80"
    "08480bea9fe899129a05295c800f8cd1c5757ed94c6cf29880d9ac3882570bc5d688c17e5b86b871eeadb8e40c68f7e1817bf2836a937a"
    "0bceb7071cbd9f59a2bf3923f2e6e672700acab198239367432a06c405735728477a21c2f43ea8f6dbe4c5e61cb2dc4272c09347b88b"
)
HEAD = package.Head(7, 4097, (1, 29), "simulator", "0.1.7", hashlib.sha256(b"x" * 4097).digest())
DIGEST = hashlib.sha256(package.pack(HEAD)).digest()


def test_a_head_comes_back_as_it_was_packed():
    data = package.pack(HEAD)
    assert len(data) == package.HEAD_SIZE
    again = package.read(data + SIGNED)
    for field in ("build", "length", "micropython", "variant", "version", "digest"):
        assert getattr(again, field) == getattr(HEAD, field), field


def test_a_head_that_no_hub_can_use_is_refused_by_its_field():
    data = package.pack(HEAD)
    for at, bad, field in (
        (0, b"X", "package"),
        (4, b"\x02", "format"),
        (8, b"\x00\x00\x00\x00", "build"),
        (8, b"\xff\xff\xff\xff", "build"),
        (12, b"\x00\x00\x00\x00", "length"),
        (12, b"\x00\x00\x08\x00", "length"),
        (16, b"\x00" * 16, "variant"),
        (32, b"0.1.7/x", "version"),
    ):
        spoilt = data[:at] + bad + data[at + len(bad) :]
        assert str(raises(messages.BadMessage, package.read, spoilt)).startswith(field), (at, bad)
    for size in range(package.HEAD_SIZE):
        assert "cut short" in str(raises(messages.BadMessage, package.read, data[:size]))


def test_only_what_is_newer_and_for_this_board_may_follow():
    def said(build, floor, failed=0, why=None, variant="simulator", least=(1, 29)):
        head = package.Head(build, 10, least, variant, "0.1.0", bytes(32))
        return package.refusal(head, floor, failed, why, "simulator", (1, 29))

    assert said(8, 7) is None
    assert said(7, 7) == package.OLD_BUILD and said(6, 7) == package.OLD_BUILD
    assert said(8, 7, variant="pilot") == package.OTHER_BOARD
    assert said(8, 7, least=(1, 30)) == package.OLD_MICROPYTHON
    assert said(8, 7, 8, package.SIREN) == package.FAILED_BEFORE
    assert said(8, 7, 8, package.NO_RECEIPT) is None  # the line was down: that says nothing of the firmware
    assert said(9, 7, 8, package.SIREN) is None


def test_the_owner_of_the_key_is_believed_and_nobody_else():
    assert signature.is_valid(DIGEST, SIGNED, MODULUS)
    for at in (0, 1, 200, 383):
        assert not signature.is_valid(DIGEST, SIGNED[:at] + bytes([SIGNED[at] ^ 1]) + SIGNED[at + 1 :], MODULUS)
        assert not signature.is_valid(DIGEST, SIGNED, MODULUS[:at] + bytes([MODULUS[at] ^ 2]) + MODULUS[at + 1 :])
    assert not signature.is_valid(hashlib.sha256(b"another").digest(), SIGNED, MODULUS)


def test_a_signature_of_another_size_or_out_of_range_is_none():
    n = int.from_bytes(MODULUS, "big")
    for bad in (b"", SIGNED[1:], SIGNED + b"\x00", bytes(384), bytes(383) + b"\x01", MODULUS, b"\xff" * 384):
        assert not signature.is_valid(DIGEST, bad, MODULUS)
    if n + int.from_bytes(SIGNED, "big") < 1 << 3072:  # the same number modulo n is another signature
        more = (n + int.from_bytes(SIGNED, "big")).to_bytes(384, "big")
        assert not signature.is_valid(DIGEST, more, MODULUS)


def test_what_a_signature_must_open_to_has_no_room_for_anything_else():
    wanted = signature.expected(DIGEST)
    assert len(wanted) == 384 and wanted[:3] == b"\x00\x01\xff" and wanted[-32:] == DIGEST
    assert wanted[3:-52] == b"\xff" * (384 - 3 - 52) and wanted[-52:-51] == b"\x00"


def test_the_loop_is_given_back_between_the_steps():
    steps = [one for one in signature.steps(DIGEST, SIGNED, MODULUS)]
    assert steps == [None] * 16 + [True]
