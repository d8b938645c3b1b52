"""One installer's conversation with the hub over one carrier: proof, then orders, each answered. The air and the cable
have one each, so that neither can disturb the other. Decides who is obeyed; the steps are in steps.py.
"""

import gc
import hashlib
import json
import os

import cryptolib
from protocol import pairing

from . import steps


def _sha256(data):
    return hashlib.sha256(data).digest()


def _cipher(key):
    return cryptolib.aes(key, 1).encrypt


class Talk:
    """Shape: `tell(message)` puts bytes on the way; `window` install.window.Window."""

    def __init__(self, window, tell):
        self._window = window
        self._tell = tell
        self.begin()

    def begin(self):
        """Somebody came, or went: nothing is proven any more."""
        identity = self._window.identity
        self._side = pairing.HubSide(_sha256, _cipher, bytes.fromhex(identity["claim"]), identity["hub_id"])

    @property
    def is_open(self):
        return self._side.is_open

    async def take(self, message):
        """One whole message."""
        try:
            await self._take(message)
        except pairing.Refused as refused:
            self.refuse(refused)

    def refuse(self, refused):
        """Tell why, and begin anew."""
        print("install: refused:", refused)
        self._tell(bytes((pairing.REFUSED, refused.why)))
        self.begin()
        if refused.why == pairing.BAD_PROOF:
            self._window.guessed()

    async def _take(self, message):
        side = self._side
        if message[0] == pairing.HELLO:
            self._tell(side.hello(message, os.urandom(pairing.NONCE)))
        elif message[0] == pairing.INSTALLER_PROOF:
            side.check(message)
            self._window.proven()
            self._answer({"ok": True, "do": "open"})
        else:
            plain = side.unseal(message)
            self._window.spoken()
            try:
                order = json.loads(plain)
            except ValueError:
                raise pairing.Refused(pairing.BROKEN, "not JSON")
            gc.collect()  # the heap is at its fullest here: each step begins with all there is
            answer = await steps.carry_out(self._window, order)
            gc.collect()
            if side is self._side and side.is_open:  # not to somebody who came meanwhile
                self._answer(answer)

    def _answer(self, answer):
        text = json.dumps(answer).encode()
        if len(text) > pairing.MESSAGE_MAX:
            text = json.dumps({"ok": False, "fault": "too_long", "do": answer["do"]}).encode()
        self._tell(self._side.seal(text))
