"""The broker's door: reads a client's CONNECT before the broker sees it, and lets in only who may come.

amqtt looks up, overwrites and takes over sessions by client id *before* it asks for the password; so we ask
first, and a hub may not use the client id of another. Behind the door the reader refuses packets that are
larger than any of ours, which would otherwise fill the memory. This file must not know where passwords are.

Ref: MQTT 3.1.1 sections 2.2.3, 3.1 and 3.2.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from amqtt.adapters import ReaderAdapter, WriterAdapter

PACKET_MAX = 64 * 1024  # our messages are at most 1 KiB
CONNECT_MAX = 4 * 1024
CONNECT_WAIT_S = 10
BAD_PROTOCOL, BAD_NAME_OR_PASSWORD, NOT_AUTHORIZED = 0x01, 0x04, 0x05


class Refused(Exception):
    """This client is not let in; `code` for the CONNACK, None when it does not even speak MQTT 3.1.1."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Connect:
    """Who wants to come in. Shape: `data` is the whole packet as it came."""

    client_id: str
    user: str
    password: str
    will_topic: str | None
    data: bytes


MayEnter = Callable[[Connect], bool]


async def read_connect(reader: asyncio.StreamReader) -> Connect:
    """Read the first packet. Errors: Refused, or an end of the stream (IncompleteReadError)."""
    head = bytearray(await reader.readexactly(1))
    if head[0] != 0x10:
        raise Refused("the first packet is not CONNECT")
    length = 0
    for place in range(4):
        byte = (await reader.readexactly(1))[0]
        head.append(byte)
        length |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            break
    else:
        raise Refused("the length of CONNECT is malformed")
    if length > CONNECT_MAX:
        raise Refused("CONNECT is too large")
    body = await reader.readexactly(length)
    return parse_connect(bytes(head), body)


def parse_connect(head: bytes, body: bytes) -> Connect:
    """Take a CONNECT packet apart. Errors: Refused."""
    at = 0

    def field() -> bytes:
        nonlocal at
        end = at + 2 + int.from_bytes(body[at : at + 2], "big")
        if end > len(body) or at + 2 > len(body):
            raise Refused("CONNECT is cut short")
        value = body[at + 2 : end]
        at = end
        return value

    def text() -> str:
        try:
            return field().decode()
        except UnicodeDecodeError:
            raise Refused("CONNECT is not UTF-8") from None

    name = field()
    if len(body) < at + 4:
        raise Refused("CONNECT is cut short")
    level, flags = body[at], body[at + 1]
    at += 4  # level, flags, keep alive
    if name != b"MQTT" or level != 4:
        raise Refused("not MQTT 3.1.1", BAD_PROTOCOL)
    if flags & 0x01 or (flags >> 3) & 3 == 3:
        raise Refused("CONNECT flags are malformed")
    client_id = text()
    will_topic = None
    if flags & 0x04:
        will_topic = text()
        field()
    if not flags & 0x80 or not flags & 0x40:
        raise Refused("no user name or no password", BAD_NAME_OR_PASSWORD)
    user = text()
    password = text()
    if at != len(body):
        raise Refused("CONNECT has more than its fields")
    return Connect(client_id, user, password, will_topic, head + body)


class Reader(ReaderAdapter):
    """The CONNECT once more, then the stream; nothing larger than PACKET_MAX."""

    def __init__(self, first: bytes, reader: asyncio.StreamReader) -> None:
        self._first = first
        self._reader = reader

    async def read(self, n: int = -1) -> bytes:
        if n < 0 or n > PACKET_MAX:
            raise ConnectionAbortedError("a packet larger than any of ours")
        if self._first:
            data, self._first = self._first[:n], self._first[n:]
            return data
        return await self._reader.readexactly(n)

    def feed_eof(self) -> None:
        self._reader.feed_eof()


class Writer(WriterAdapter):
    """The stream's writing side, as amqtt wants it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._peer = writer.get_extra_info("peername")

    def write(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    async def drain(self) -> None:
        if not self._writer.is_closing():
            await self._writer.drain()

    def get_peer_info(self) -> tuple[str, int] | None:
        return (self._peer[0], self._peer[1]) if self._peer else None

    def get_ssl_info(self) -> ssl.SSLObject | None:
        return self._writer.get_extra_info("ssl_object")

    async def close(self) -> None:
        self._writer.close()


async def admit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may_enter: MayEnter) -> Connect | None:
    """Let a client in or turn it away; None when it was turned away (its stream is closed then)."""
    try:
        connect = await asyncio.wait_for(read_connect(reader), CONNECT_WAIT_S)
        if not may_enter(connect):
            raise Refused("not authorized", NOT_AUTHORIZED)
    except Refused as refused:
        if refused.code is not None:
            writer.write(bytes((0x20, 2, 0, refused.code)))
    except (asyncio.IncompleteReadError, asyncio.TimeoutError, ConnectionError):
        pass  # went away, or never said who it is: nothing to answer
    else:
        return connect
    writer.close()
    return None
