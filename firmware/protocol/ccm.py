"""AES-CCM over a block cipher that is passed in. Decides one thing: is the frame genuine?

It must not know keys or devices. `encrypt_block` takes 16 bytes and returns 16 bytes of AES in ECB mode:
`cryptolib.aes(key, 1).encrypt` on MicroPython, which has no CCM of its own.

Ref: NIST SP 800-38C (CCM) with q = 2, nonce of 13 bytes; RFC 3610. BTHome has t = 4 and no associated data;
an envelope has t = 8 and its head as associated data.
"""

TAG_LENGTH = 4
NONCE_LENGTH = 13


def _counter_block(nonce, index):
    return b"\x01" + nonce + bytes((index >> 8, index & 0xFF))


def _xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def _mix(encrypt_block, state, data):
    """CBC-MAC over data, filled up with zeros."""
    for start in range(0, len(data), 16):
        block = data[start : start + 16]
        state = encrypt_block(_xor(state, block + bytes(16 - len(block))))
    return state


def _tag(encrypt_block, nonce, plain, head, length):
    flags = (0x40 if head else 0) | (length - 2) // 2 << 3 | 1
    state = encrypt_block(bytes((flags,)) + nonce + bytes((len(plain) >> 8, len(plain) & 0xFF)))
    if head:
        state = _mix(encrypt_block, state, bytes((len(head) >> 8, len(head) & 0xFF)) + head)
    state = _mix(encrypt_block, state, plain)
    return _xor(state[:length], encrypt_block(_counter_block(nonce, 0)))


def _crypt(encrypt_block, nonce, data):
    out = b""
    for start in range(0, len(data), 16):
        out += _xor(data[start : start + 16], encrypt_block(_counter_block(nonce, start // 16 + 1)))
    return out


def seal(encrypt_block, nonce, plain, head=b"", length=TAG_LENGTH):
    """(ciphertext, tag of `length` bytes). `head` is sent in clear, and sealed with the rest."""
    return _crypt(encrypt_block, nonce, plain), _tag(encrypt_block, nonce, plain, head, length)


def unseal(encrypt_block, nonce, cipher, tag, head=b"", length=TAG_LENGTH):
    """The plaintext, or None when the tag does not fit: wrong key, or somebody changed the frame."""
    plain = _crypt(encrypt_block, nonce, cipher)
    expected = _tag(encrypt_block, nonce, plain, head, length)
    difference = len(tag) ^ length
    for a, b in zip(expected, tag):  # the whole tag always, so that time tells nothing
        difference |= a ^ b
    return None if difference else plain
