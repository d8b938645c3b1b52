"""AES-CCM with head and longer tag agrees with another make of it."""

import random

from claims import aes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from protocol import ccm


def test_both_makes_agree_on_every_length_of_head_and_text():
    chance = random.Random(3)
    for n in range(400):
        key, nonce = chance.randbytes(16), chance.randbytes(13)
        head, plain = chance.randbytes(n % 40), chance.randbytes(chance.randint(0, 70))
        length = chance.choice((4, 8, 16))
        cipher, tag = ccm.seal(aes(key), nonce, plain, head, length)
        assert cipher + tag == AESCCM(key, tag_length=length).encrypt(nonce, plain, head or None)
        assert ccm.unseal(aes(key), nonce, cipher, tag, head, length) == plain
