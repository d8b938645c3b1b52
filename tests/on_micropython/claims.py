"""Small helpers for tests that run on every interpreter: no pytest here."""

import sys

# The port with 32-bit words is five times slower: long walks that have nothing to do with words are thinned out there.
IS_SLOW = sys.maxsize < 1 << 32


def raises(error, call, *arguments):
    """Run call(*arguments) and return the error of that class; AssertionError when there was none."""
    try:
        call(*arguments)
    except error as raised:
        return raised
    raise AssertionError("no %s was raised" % error.__name__)


def aes(key):
    """AES-ECB of one block with this key, by what the interpreter has."""
    try:
        import cryptolib

        return cryptolib.aes(key, 1).encrypt
    except ImportError:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()

        def encrypt(block, out=None):
            data = encryptor.update(bytes(block))
            if out is None:
                return data
            out[:] = data

        return encrypt


class Random:
    """The same pseudo-random numbers on both interpreters (a 31-bit linear congruential generator)."""

    def __init__(self, seed):
        self._state = seed & 0x7FFFFFFF

    def below(self, limit):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % limit

    def data(self, size):
        return bytes([self.below(256) for _ in range(size)])
