"""Claims about the installer's channel: both sides prove themselves, and what is not genuine is refused."""

import binascii

try:
    import hashlib
except ImportError:
    import uhashlib as hashlib

from claims import aes
from protocol import pairing

SECRET = bytes(range(16))


def sha256(data):
    return hashlib.sha256(data).digest()


def pair(secret=SECRET, hub_id="h-1"):
    hub = pairing.HubSide(sha256, aes, SECRET, "h-1")
    return hub, pairing.InstallerSide(sha256, aes, secret, hub_id)


def opened():
    hub, installer = pair()
    hub.check(installer.answer(hub.hello(installer.hello(b"a" * 16), b"b" * 16)))
    return hub, installer


def why(call, *given):
    try:
        call(*given)
    except pairing.Refused as refused:
        return refused.why
    return None


def test_key_derivation_is_that_of_the_standards():
    assert pairing.hmac(sha256, b"Jefe", b"what do ya want for nothing?") == binascii.unhexlify(
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    info = binascii.unhexlify("f0f1f2f3f4f5f6f7f8f9")
    found = pairing.hkdf(sha256, bytes(range(13)), b"\x0b" * 22, info)
    assert found == binascii.unhexlify("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")


def test_both_sides_open_the_channel_and_talk():
    hub, installer = opened()
    assert hub.is_open and installer.is_open
    for n in range(3):
        assert hub.unseal(installer.seal(b"down %d" % n)) == b"down %d" % n
        assert installer.unseal(hub.seal(b"up %d" % n)) == b"up %d" % n


def test_a_hub_with_another_secret_is_known_before_anything_is_said():
    hub, installer = pair(b"x" * 16)
    assert why(installer.answer, hub.hello(installer.hello(b"a" * 16), b"b" * 16)) == pairing.BAD_PROOF
    hub, installer = pair(hub_id="h-2")
    assert why(installer.answer, hub.hello(installer.hello(b"a" * 16), b"b" * 16)) == pairing.BAD_PROOF


def test_an_installer_without_the_label_is_refused_and_must_begin_anew():
    hub, installer = pair()
    hub.hello(installer.hello(b"a" * 16), b"b" * 16)
    proof = bytes((pairing.INSTALLER_PROOF,)) + bytes(16)
    assert why(hub.check, proof) == pairing.BAD_PROOF and not hub.is_open
    assert why(hub.check, proof) == pairing.BROKEN


def test_a_proof_of_an_earlier_session_opens_nothing():
    hub, installer = pair()
    old = installer.answer(hub.hello(installer.hello(b"a" * 16), b"b" * 16))
    hub.hello(installer.hello(b"a" * 16), b"c" * 16)
    assert why(hub.check, old) == pairing.BAD_PROOF


def test_the_hubs_own_proof_thrown_back_at_it_is_no_proof():
    hub, installer = pair()
    answer = hub.hello(installer.hello(b"a" * 16), b"b" * 16)
    assert why(hub.check, bytes((pairing.INSTALLER_PROOF,)) + answer[17:]) == pairing.BAD_PROOF


def test_messages_cannot_be_changed_repeated_left_out_or_turned_round():
    hub, installer = opened()
    first, second = installer.seal(b"first"), installer.seal(b"second")
    for i in range(len(first)):
        changed = first[:i] + bytes((first[i] ^ 1,)) + first[i + 1 :]
        assert why(hub.unseal, changed) == pairing.BROKEN
    assert why(hub.unseal, second) == pairing.BROKEN, "left out"
    assert hub.unseal(first) == b"first"
    assert why(hub.unseal, first) == pairing.BROKEN, "repeated"
    assert hub.unseal(second) == b"second"
    assert why(installer.unseal, installer.seal(b"x")) == pairing.BROKEN, "turned round"


def test_nothing_secret_is_on_the_air():
    hub, installer = pair()
    said = [installer.hello(b"a" * 16)]
    said.append(hub.hello(said[0], b"b" * 16))
    said.append(installer.answer(said[1]))
    hub.check(said[2])
    said.append(installer.seal(b"a key of a sensor"))
    air = b"".join(said)
    assert SECRET not in air and b"sensor" not in air


def test_another_version_and_noise_are_refused():
    hub, installer = pair()
    hello = installer.hello(b"a" * 16)
    assert why(hub.hello, hello[:1] + b"\x09" + hello[2:], bytes(16)) == pairing.BAD_VERSION
    for noise in (b"", b"\x01", hello[:-1], b"\x07" * 18):
        assert why(hub.hello, noise, bytes(16)) == pairing.BROKEN
        assert why(hub.check, noise) == pairing.BROKEN
        assert why(hub.unseal, noise) == pairing.BROKEN
    assert why(installer.answer, bytes((pairing.REFUSED, pairing.NOT_OPEN))) == pairing.NOT_OPEN


def test_messages_are_cut_and_put_together():
    message = bytes([n & 255 for n in range(600)])
    pieces = pairing.Pieces()
    found = [pieces.take(piece) for piece in pairing.cut(message, 20)]
    assert found[-1] == message and not any(found[:-1])
    for noise in (b"\x00\x00", b"\xff\xff", b"\x00\x01ab"):
        assert why(pieces.take, noise) == pairing.BROKEN
    assert pieces.take(pairing.cut(b"after", 20)[0]) == b"after"
