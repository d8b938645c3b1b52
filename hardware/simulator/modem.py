"""A cellular modem at the end of a pty: it speaks the AT dialect, sends short messages, carries TCP, and misbehaves.

What it can be made to do is in `Ills`: each is a thing that real modems did to somebody. The network behind it is
`Network`: messages arrive in a list, connections go to one place. Knows nothing of Anling.

Ref: 3GPP TS 27.005, 27.007; SIMCom A76XX series AT command manual, TCP/IP.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import tty
from collections.abc import Callable
from dataclasses import dataclass, field

NUMBER = "13800000199"  # of the card in it


@dataclass
class Ills:
    """What is wrong with the modem just now."""

    is_mute: bool = False  # says nothing, whatever is asked
    has_card: bool = True
    pin: str | None = None  # the card wants it
    is_registered: bool = True
    refuses_text: bool = False  # +CMS ERROR after the text
    has_no_prompt: bool = False  # AT+CMGS is answered by silence
    answers_late_s: float = 0.0
    splits: bool = False  # every byte for itself
    noise: bool = False  # bytes of no meaning before each answer
    unasked: bool = False  # a word of its own in the middle of each answer
    restarts_at_text: int = 0  # so many times it starts anew when a text has come
    loses_words: bool = False  # never says by itself that bytes have come


@dataclass
class Network:
    """Behind the modem. Shape: `texts` holds (number, text); `on_text` is called for each."""

    place: tuple[str, int] | None = None  # where every connection leads; None: where it was asked to
    texts: list[tuple[str, str]] = field(default_factory=list)
    on_text: Callable[[str, str], None] | None = None
    calls: int = 0  # connections made


class Modem:
    """Shape: `path` is the pty for the board; `heard` the commands that came."""

    def __init__(self, network: Network, seed: int = 1) -> None:
        self.network = network
        self.ills = Ills()
        self.heard: list[str] = []
        self.path = ""
        self._chance = random.Random(seed)
        self._near = self._far = -1
        self._data = b""
        self._echo = True
        self._text_to: str | None = None
        self._expected: int | None = None  # bytes that belong to AT+CIPSEND
        self._unlocked = False
        self._net_open = False
        self._is_manual = False
        self._is_ucs2 = False  # numbers and texts as hex of UTF-16
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._in = b""
        self._tasks: set[asyncio.Task[None]] = set()
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.starts = 0
        self.is_dead = False  # its power key does nothing

    async def start(self) -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._near)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        asyncio.get_running_loop().add_reader(self._near, self._on_readable)
        self._spawn(self._work())

    async def stop(self) -> None:
        asyncio.get_running_loop().remove_reader(self._near)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._drop()
        os.close(self._near)
        os.close(self._far)

    def press_key(self) -> None:
        """The power key: it wakes what is mute."""
        if self.is_dead:
            return
        self.ills.is_mute = False
        self.restart()

    def restart(self) -> None:
        """Everything that was set is forgotten."""
        self.starts += 1
        self._echo, self._text_to, self._expected = True, None, None
        self._unlocked = self._net_open = self._is_manual = self._is_ucs2 = False
        self._data = self._in = b""
        self._drop()
        self._say_line("RDY")

    def close_connection(self) -> None:
        """The network ends the connection."""
        self._drop()
        self._say_line("+IPCLOSE: 0,1")

    # --- out --------------------------------------------------------------------------------------------

    def _spawn(self, work: object) -> None:
        task = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _write(self, data: bytes) -> None:
        if self.ills.is_mute:
            return
        pieces = [bytes([byte]) for byte in data] if self.ills.splits else [data]
        for piece in pieces:
            with contextlib.suppress(OSError):  # full: nobody reads; a serial line loses it as well
                os.write(self._near, piece)

    def _say_line(self, text: str) -> None:
        self._write(b"\r\n" + text.encode() + b"\r\n")

    async def _answer(self, *lines: str) -> None:
        if self.ills.answers_late_s:
            await asyncio.sleep(self.ills.answers_late_s)
        if self.ills.noise:
            self._write(bytes(self._chance.randrange(256) for _ in range(8)) + b"\r\n")
        for number, line in enumerate(lines):
            if self.ills.unasked and number == len(lines) - 1:
                self._say_line("+CEREG: 1" if self._chance.random() < 0.5 else "RING")
            self._say_line(line)
            if self.ills.splits:
                await asyncio.sleep(0)

    # --- in ---------------------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._near, 4096):
                self._queue.put_nowait(data)

    async def _work(self) -> None:
        while True:
            data = await self._queue.get()
            if self.ills.is_mute:
                continue
            self._data += data
            while await self._step():
                pass

    async def _step(self) -> bool:
        """Take one command, or what belongs to one. False: not enough has come."""
        if self._text_to is not None:
            return await self._take_text()
        if self._expected is not None:
            return await self._take_bytes(self._expected)
        line, end, rest = self._data.partition(b"\r")
        if not end:
            return False
        self._data = rest
        if self._echo:
            self._write(line + b"\r")
        text = line.replace(b"\x1b", b"").strip().decode(errors="replace")
        if text:
            self.heard.append(text)
            await self._carry_out(text)
        return True

    async def _take_text(self) -> bool:
        ends = [at for at in (self._data.find(b"\x1a"), self._data.find(b"\x1b")) if at >= 0]
        if not ends:
            return False
        text, end, self._data = self._data[: min(ends)], self._data[min(ends)], self._data[min(ends) + 1 :]
        number, self._text_to = self._text_to or "", None
        if end == 0x1B:
            return True
        if self.ills.restarts_at_text:
            self.ills.restarts_at_text -= 1
            self.restart()
            return True
        if self.ills.refuses_text or not self._is_on_network():
            await self._answer("+CMS ERROR: 500")
            return True
        if self._is_ucs2:
            try:
                number, text = (bytes.fromhex(part).decode("utf-16-be") for part in (number, text.decode()))
            except ValueError:
                await self._answer("+CMS ERROR: 304")
                return True
            text = text.encode()
        self.network.texts.append((number, text.decode()))
        await self._answer(f"+CMGS: {len(self.network.texts)}", "OK")
        if self.network.on_text is not None:
            self.network.on_text(number, text.decode())
        return True

    async def _take_bytes(self, size: int) -> bool:
        if len(self._data) < size:
            return False
        data, self._data, self._expected = self._data[:size], self._data[size:], None
        if self._connection is None:
            await self._answer("+CIPSEND: 0,0,-1", "ERROR")
            return True
        self._connection[1].write(data)
        await self._answer("OK", f"+CIPSEND: 0,{size},{size}")
        return True

    def _is_on_network(self) -> bool:
        return self.ills.is_registered and self.ills.has_card and (self.ills.pin is None or self._unlocked)

    async def _carry_out(self, text: str) -> None:
        if found := re.fullmatch(r'AT\+CMGS="(\+?\d+|(?:[0-9A-F]{4})+)"', text):
            if not self.ills.has_no_prompt:
                self._text_to = found[1]
                self._write(b"\r\n> ")
        elif found := re.fullmatch(r"AT\+CIPSEND=0,(\d+)", text):
            if self._connection is None:
                await self._answer("+IP ERROR: No connection")
            else:
                self._expected = int(found[1])
                self._write(b"\r\n>")
        elif found := re.fullmatch(r'AT\+CPIN="(\d+)"', text):
            if found[1] == self.ills.pin:
                self._unlocked = True
                await self._answer("OK")
            else:
                await self._answer("+CME ERROR: 16")
        elif found := re.fullmatch(r'AT\+CIPOPEN=0,"TCP","([^"]+)",(\d+)', text):
            await self._open(found[1], int(found[2]))
        elif found := re.fullmatch(r"AT\+CIPRXGET=3,0,(\d+)", text):
            await self._give(int(found[1]))
        else:
            await self._carry_out_simple(text)

    async def _carry_out_simple(self, text: str) -> None:
        registered = 1 if self._is_on_network() else 2
        if text == "ATE0":
            self._echo = False
        elif text == "AT+CPIN?":
            if not self.ills.has_card:
                return await self._answer("+CME ERROR: 10")
            locked = self.ills.pin is not None and not self._unlocked
            return await self._answer("+CPIN: SIM PIN" if locked else "+CPIN: READY", "OK")
        elif text == "AT+CEREG?":
            return await self._answer(f"+CEREG: 0,{registered}", "OK")
        elif text == "AT+CREG?":
            return await self._answer(f"+CREG: 0,{registered}", "OK")
        elif text == 'AT+CSCS="UCS2"':
            self._is_ucs2 = True
        elif text == "AT+CIPRXGET=1":
            self._is_manual = True
        elif text == "AT+NETOPEN":
            if self._net_open:
                return await self._answer("+IP ERROR: Network is already opened")
            self._net_open = self._is_on_network()
            return await self._answer("OK", f"+NETOPEN: {0 if self._net_open else 1}")
        elif text == "AT+CIPCLOSE=0":
            was_open = self._connection is not None
            self._drop()
            return (
                await self._answer("OK", "+CIPCLOSE: 0,0")
                if was_open
                else await self._answer("+CIPCLOSE: 0,4", "ERROR")
            )
        elif text not in (
            "AT",
            "AT+CMEE=1",
            "AT+CMGF=1",
            "AT+CSMP=17,167,0,0",
            "AT+CSMP=17,167,0,8",
        ) and not text.startswith("AT+CGDCONT="):
            return await self._answer("ERROR")
        await self._answer("OK")

    # --- TCP --------------------------------------------------------------------------------------------

    async def _open(self, host: str, port: int) -> None:
        if not self._net_open or self._connection is not None:
            return await self._answer("+CIPOPEN: 0,2", "ERROR")
        await self._answer("OK")
        try:
            self._connection = await asyncio.open_connection(*(self.network.place or (host, port)))
        except OSError:
            return self._say_line("+CIPOPEN: 0,3")
        self.network.calls += 1
        self._say_line("+CIPOPEN: 0,0")
        self._spawn(self._receive(self._connection))

    async def _receive(self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        with contextlib.suppress(OSError):
            while data := await connection[0].read(1400):
                if self._connection is not connection:
                    return
                was_empty = not self._in
                self._in += data
                if was_empty and not self.ills.loses_words:
                    self._say_line("+CIPRXGET: 1,0")
        if self._connection is connection:
            self._connection = None
            self._say_line("+IPCLOSE: 0,1")

    async def _give(self, size: int) -> None:
        if not self._in:
            return await self._answer("+IP ERROR: No data")
        data, self._in = self._in[:size], self._in[size:]
        head = f"+CIPRXGET: 3,0,{len(data)},{len(self._in)}"
        await self._answer(head, data.hex().upper(), "OK")

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._in = b""
        if connection is not None:
            connection[1].transport.abort()
