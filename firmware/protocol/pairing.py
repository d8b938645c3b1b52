"""The channel between an installer and a hub: each proves to the other that it knows the label's secret, which never
goes over the air; then every message is sealed. Decides bytes and what is genuine; knows no radio, clock or command.

    installer → hub   HELLO 1 | version 1 | nonce 16
    hub → installer   PROOF 2 | nonce 16 | proof 16       the hub proves itself first: a stranger is told nothing
    installer → hub   PROOF 3 | proof 16
    both ways         SEALED 4 | number 4 | cipher | tag 8      AES-128-CCM, a key for each direction
    hub → installer   REFUSED 5 | why

Keys come from the secret (HKDF-SHA256): one for the proofs (HMAC over who speaks and both nonces), two for this
session, bound to both nonces and to the hub's name. Numbers of sealed messages count from 1 without a gap, so that none
can be played again, left out or turned round. No forward secrecy: whoever records the air and reads the label later can
read it; provisioning/README.md says what follows from that.

`sha256(data)` gives 32 bytes, `cipher(key)` an AES-ECB `encrypt(block)`: passed in, for two interpreters.
Ref: RFC 5869 (HKDF), RFC 2104 (HMAC), NIST SP 800-38C (CCM).
"""

from . import ccm

SERVICE = "616e6c69-6e67-4001-9c3e-7d1f5a2b0c00"
INBOX = "616e6c69-6e67-4001-9c3e-7d1f5a2b0c01"  # written by the installer
OUTBOX = "616e6c69-6e67-4001-9c3e-7d1f5a2b0c02"  # notified by the hub

VERSION = 1
HELLO, HUB_PROOF, INSTALLER_PROOF, SEALED, REFUSED = 1, 2, 3, 4, 5
BAD_PROOF, BAD_VERSION, NOT_OPEN, BROKEN = 1, 2, 3, 4  # why a hub refuses
NONCE, PROOF, TAG = 16, 16, 8
MESSAGE_MAX = 1200  # bytes of a sealed message


class Refused(Exception):
    """The other side is not who it should be, or a message is not genuine; `why` is a number of this file."""

    def __init__(self, why, what):
        super().__init__(what)
        self.why = why


def hmac(sha256, key, data):
    """HMAC-SHA256. Shape: `key` at most 64 bytes."""
    key = key + bytes(64 - len(key))
    inner = sha256(bytes([byte ^ 0x36 for byte in key]) + data)
    return sha256(bytes([byte ^ 0x5C for byte in key]) + inner)


def hkdf(sha256, salt, secret, info):
    """32 bytes of HKDF-SHA256. Shape: `salt` at most 64 bytes."""
    return hmac(sha256, hmac(sha256, salt, secret), info + b"\x01")


def is_same(a, b):
    """Compare in a time that tells nothing."""
    difference = len(a) ^ len(b)
    for x, y in zip(a, b):
        difference |= x ^ y
    return difference == 0


class Side:
    """What both sides share. Shape: `secret` 16 bytes; `hub_id` text."""

    def __init__(self, sha256, cipher, secret, hub_id):
        self._sha256 = sha256
        self._cipher = cipher
        self._secret = secret
        self._name = hub_id.encode()
        self._nonces = None  # installer's, then hub's
        self._out = self._in = None
        self._out_number = self._in_number = 0

    @property
    def is_open(self):
        """Has the other side proven itself?"""
        return self._in is not None

    def _proof(self, who):
        key = hkdf(self._sha256, b"anling install 1", self._secret, b"proof " + self._name)
        return hmac(self._sha256, key, who + self._nonces)[:PROOF]

    def _open(self, is_hub):
        keys = hkdf(self._sha256, self._nonces, self._secret, b"keys " + self._name)
        down, up = self._cipher(keys[:16]), self._cipher(keys[16:])
        self._out, self._in = (up, down) if is_hub else (down, up)
        self._out_number = self._in_number = 0

    def seal(self, plain):
        """A sealed message. Errors: ValueError when it is too long."""
        if len(plain) > MESSAGE_MAX:
            raise ValueError("message: %d bytes, more than %d" % (len(plain), MESSAGE_MAX))
        self._out_number += 1
        head = bytes((SEALED,)) + _number(self._out_number)
        cipher, tag = ccm.seal(self._out, _nonce(self._out_number), plain, head, TAG)
        return head + cipher + tag

    def unseal(self, message):
        """The text in it. Errors: Refused: not genuine, or not the next one."""
        message = bytes(message)
        number = self._in_number + 1
        if self._in is None or len(message) < 5 + TAG or message[1:5] != _number(number) or message[0] != SEALED:
            raise Refused(BROKEN, "a message out of its turn")
        plain = ccm.unseal(self._in, _nonce(number), message[5:-TAG], message[-TAG:], message[:5], TAG)
        if plain is None:
            raise Refused(BROKEN, "a message that was changed")
        self._in_number = number
        return plain


class HubSide(Side):
    """The hub's side of the proof."""

    def hello(self, message, nonce):
        """The answer to HELLO. Shape: `nonce` 16 random bytes. Errors: Refused."""
        if len(message) != 2 + NONCE or message[0] != HELLO:
            raise Refused(BROKEN, "no hello")
        if message[1] != VERSION:
            raise Refused(BAD_VERSION, "another version")
        self._in = self._out = None
        self._nonces = bytes(message[2:]) + nonce
        return bytes((HUB_PROOF,)) + nonce + self._proof(b"hub")

    def check(self, message):
        """The installer's proof; the channel is open from here on. Errors: Refused."""
        if self._nonces is None or len(message) != 1 + PROOF or message[0] != INSTALLER_PROOF:
            raise Refused(BROKEN, "no proof")
        is_right = is_same(self._proof(b"installer"), bytes(message[1:]))
        if not is_right:
            self._nonces = None  # each try costs a new hello
            raise Refused(BAD_PROOF, "a wrong proof")
        self._open(True)


class InstallerSide(Side):
    """The installer's side of the proof."""

    def hello(self, nonce):
        """The first message. Shape: `nonce` 16 random bytes."""
        self._nonces = nonce
        return bytes((HELLO, VERSION)) + nonce

    def answer(self, message):
        """The answer to the hub's proof. Errors: Refused, when this is not the hub of the label."""
        message = bytes(message)
        if message[:1] == bytes((REFUSED,)):
            raise Refused(message[1] if len(message) > 1 else BROKEN, "the hub refused")
        if len(message) != 1 + NONCE + PROOF or message[0] != HUB_PROOF:
            raise Refused(BROKEN, "no proof of a hub")
        own = self._nonces
        self._nonces = own + message[1 : 1 + NONCE]
        if not is_same(self._proof(b"hub"), message[1 + NONCE :]):
            self._nonces = own  # it may have answered an older hello: another answer may come
            raise Refused(BAD_PROOF, "another hub")
        proof = bytes((INSTALLER_PROOF,)) + self._proof(b"installer")
        self._open(False)
        return proof


def _number(number):
    return bytes((number >> 24 & 255, number >> 16 & 255, number >> 8 & 255, number & 255))


def _nonce(number):
    return bytes(ccm.NONCE_LENGTH - 4) + _number(number)


# --- messages in pieces that fit the air ----------------------------------------------------------------


def cut(message, size):
    """A message as pieces of at most `size` bytes, its length before it."""
    whole = bytes((len(message) >> 8, len(message) & 255)) + message
    return [whole[i : i + size] for i in range(0, len(whole), size)]


class Pieces:
    """Puts messages together again."""

    def __init__(self):
        self._held = b""

    def take(self, piece):
        """The message when this was its last piece, else None. Errors: Refused, when it cannot be one."""
        self._held += bytes(piece)
        held = self._held
        if len(held) < 2:
            return None
        length = held[0] << 8 | held[1]
        if not 1 <= length <= MESSAGE_MAX + 5 + TAG or len(held) > length + 2:
            self._held = b""
            raise Refused(BROKEN, "no message")
        if len(held) < length + 2:
            return None
        self._held = b""
        return held[2:]
