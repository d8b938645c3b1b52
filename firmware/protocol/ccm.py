"""AES-CCM with a 4-byte tag over a block cipher that is passed in. Decides one thing: is the frame genuine?

It must not know keys or devices. `encrypt_block` takes 16 bytes and returns 16 bytes of AES in ECB mode:
`cryptolib.aes(key, 1).encrypt` on MicroPython, which has no CCM of its own.

Ref: NIST SP 800-38C (CCM) with t = 4, q = 2, nonce of 13 bytes, no associated data; RFC 3610.
"""

TAG_LENGTH = 4
NONCE_LENGTH = 13


def _counter_block(nonce, index):
    return b"\x01" + nonce + bytes((index >> 8, index & 0xFF))


def _xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def _tag(encrypt_block, nonce, plain):
    state = encrypt_block(b"\x09" + nonce + bytes((len(plain) >> 8, len(plain) & 0xFF)))
    for start in range(0, len(plain), 16):
        block = plain[start : start + 16]
        state = encrypt_block(_xor(state, block + bytes(16 - len(block))))
    return _xor(state[:TAG_LENGTH], encrypt_block(_counter_block(nonce, 0)))


def _crypt(encrypt_block, nonce, data):
    out = b""
    for start in range(0, len(data), 16):
        out += _xor(data[start : start + 16], encrypt_block(_counter_block(nonce, start // 16 + 1)))
    return out


def seal(encrypt_block, nonce, plain):
    """(ciphertext, tag of 4 bytes)."""
    return _crypt(encrypt_block, nonce, plain), _tag(encrypt_block, nonce, plain)


def unseal(encrypt_block, nonce, cipher, tag):
    """The plaintext, or None when the tag does not fit: wrong key, or somebody changed the frame."""
    plain = _crypt(encrypt_block, nonce, cipher)
    expected = _tag(encrypt_block, nonce, plain)
    difference = len(tag) ^ TAG_LENGTH
    for a, b in zip(expected, tag):  # the whole tag always, so that time tells nothing
        difference |= a ^ b
    return None if difference else plain
