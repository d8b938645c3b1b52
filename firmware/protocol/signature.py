"""Proves an RSA-3072 signature with SHA-256 (PKCS #1 v1.5): the key's owner has signed these bytes. Pure.

The padding is not taken apart but built anew and compared as a whole, so that there is nothing to be lenient about.
The exponent is 65537: sixteen squarings and a product, handed out one by one, because a board takes some milliseconds
for each and an alarm may not wait for all of them.

Ref: RFC 8017, 8.2.2 and 9.2. Why this scheme: firmware/decisions/update.md.
"""

SIZE = 384
# DER of DigestInfo for SHA-256, RFC 8017 section 9.2 note 1.
_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
_SQUARINGS = 16


def expected(digest):
    """The 384 bytes that a signature over this SHA-256 must open to."""
    tail = _PREFIX + digest
    return b"\x00\x01" + b"\xff" * (SIZE - 3 - len(tail)) + b"\x00" + tail


def steps(digest, signature, modulus):
    """Gives None seventeen times or less, then True or False. Shape: `modulus` as 384 bytes, most significant first."""
    n = int.from_bytes(modulus, "big")
    s = int.from_bytes(signature, "big")
    if len(signature) != SIZE or len(modulus) != SIZE or not 1 < s < n:
        yield False
        return
    power = s
    for _ in range(_SQUARINGS):
        power = power * power % n
        yield None
    yield (power * s % n).to_bytes(SIZE, "big") == expected(digest)


def is_valid(digest, signature, modulus):
    """All steps at once."""
    answer = False
    for answer in steps(digest, signature, modulus):
        pass
    return bool(answer)
