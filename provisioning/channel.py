"""The conversation with one hub over whatever carries messages: proves both sides, then orders and answers.

Knows no radio: `Carrier` has two methods. Ref: protocol/pairing.py.
"""

import asyncio
import hashlib
import json
import os
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from protocol import pairing

from .sentences import Trouble

ANSWER_S = 40.0
PROOF_S = 10.0


class Carrier(Protocol):
    """Carries whole messages. Errors of both: Trouble.

    `stale` is how many answers to somebody before us may still lie on the line."""

    stale: int

    async def send(self, message: bytes) -> None: ...

    async def receive(self, timeout_s: float) -> bytes: ...


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _cipher(key: bytes) -> Any:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update  # the block behind CCM


class Channel:
    """An open channel to the hub of a label."""

    def __init__(self, carrier: Carrier, secret: bytes, hub_id: str) -> None:
        self._carrier = carrier
        self._side = pairing.InstallerSide(_sha256, _cipher, secret, hub_id)
        self._line = asyncio.Lock()

    async def open(self) -> None:
        """Prove both sides. Errors: Trouble."""
        try:
            await self._carrier.send(self._side.hello(os.urandom(pairing.NONCE)))
            await self._carrier.send(await self._proof())
            await self._answer(PROOF_S)
        except pairing.Refused as refused:
            words = {pairing.BAD_PROOF: "other_hub", pairing.BAD_VERSION: "old_firmware"}
            raise Trouble(words.get(refused.why, "broken")) from None

    async def _proof(self) -> bytes:
        """Our proof, for the hub that has proven itself. Errors: Refused, Trouble."""
        refusal: pairing.Refused | None = None
        for _ in range(self._carrier.stale + 1):
            try:
                message = await self._carrier.receive(PROOF_S)
            except Trouble:
                if refusal is not None:
                    break  # something was there, but no answer to us
                raise
            try:
                return self._side.answer(message)
            except pairing.Refused as refused:
                refusal = refused
        assert refusal is not None  # one at least was received
        raise refusal

    async def _answer(self, timeout_s: float) -> dict[str, Any]:
        message = await self._carrier.receive(timeout_s)
        if message[:1] == bytes((pairing.REFUSED,)):
            raise pairing.Refused(message[1] if len(message) > 1 else pairing.BROKEN, "the hub refused")
        return json.loads(self._side.unseal(message))

    async def order(self, do: str, **more: Any) -> dict[str, Any]:
        """Have the hub do a step; its answer. Errors: Trouble with the hub's word for what went wrong."""
        async with self._line:
            text = json.dumps({"do": do, **more}, ensure_ascii=False).encode()
            await self._carrier.send(self._side.seal(text))
            try:
                answer = await self._answer(ANSWER_S)
            except (pairing.Refused, ValueError):
                raise Trouble("broken") from None
        if not answer.get("ok"):
            raise Trouble(str(answer.get("fault", "broken")))
        return answer
