"""A stand-in for `cryptolib`, which the WebAssembly port has not: Node's own AES, reached through the port's memory.

As much of it as the firmware uses: one block in ECB mode. With a second argument it allocates nothing, as the real
one does: the reflex runs under a locked heap.
"""

import anling_node
from uctypes import addressof

_key_of = anling_node.key
_encrypt = anling_node.encrypt


class aes:
    def __init__(self, key, mode):
        if mode != 1 or len(key) != 16:
            raise ValueError("cryptolib stand-in: AES-128 in ECB mode only")
        self._number = _key_of(addressof(key))

    def encrypt(self, block, out=None):
        if len(block) != 16 or (out is not None and len(out) < 16):
            raise ValueError("cryptolib stand-in: blocks of 16 bytes only")
        if out is not None:
            _encrypt(self._number, addressof(block), addressof(out))
            return out
        made = bytearray(16)
        _encrypt(self._number, addressof(block), addressof(made))
        return bytes(made)
