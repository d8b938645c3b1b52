"""A TCP connection through the modem, as a stream that asyncio, TLS and device.link.dial.Line take for a socket.

Bytes wait in two small buffers; the modem's own task carries them (`serve`), one command at a time. What comes in is
read as hex digits: no byte of it can be taken for a line of the modem. Nothing is sent twice: a connection of which one
write is not known to have arrived is broken off, and MQTT begins anew.

Ref: SIMCom A76XX series AT command manual, TCP/IP: AT+NETOPEN, AT+CIPOPEN, AT+CIPSEND, AT+CIPRXGET, AT+CIPCLOSE.
"""

import asyncio
import binascii
import io

from ..link.dial import CONNECT_TIMEOUT, Line, LineFault
from . import at
from .modem import SLOW_MS, Unanswered

OPEN_MS = 25000  # from asking to an open connection, all steps together
BUFFER = 1024
PIECE = 256  # bytes read at once: 512 digits
LOOK_AGAIN_MS = 1000  # a word that bytes have come may be lost: ask all the same
_POLL, _CLOSE = 3, 4  # MP_STREAM_POLL, MP_STREAM_CLOSE
_READ, _WRITE, _HANG_UP = 1, 4, 16


class Stream(io.IOBase):
    """One connection. Shape: `read`, `readinto`, `write` never wait: None when nothing can be moved now."""

    def __init__(self, host, port, now_ms):
        self._place = (host, port)
        self._now_ms = now_ms
        self._in = bytearray()
        self._out = bytearray()
        self._look_ms = 0
        self._is_open = False
        self._is_over = False
        self._is_closing = False
        self.flag = asyncio.Event()  # opened, or over

    # --- as a socket ----------------------------------------------------------------------------------

    def read(self, size=-1):
        if not self._in:
            return b"" if self._is_over else None
        size = len(self._in) if size < 0 else size
        data = bytes(self._in[:size])
        self._in = self._in[size:]
        return data

    def readinto(self, buffer):
        data = self.read(len(buffer))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def write(self, data):
        if self._is_over:
            raise OSError(104)  # ECONNRESET
        room = BUFFER - len(self._out)
        if room <= 0:
            return None
        self._out.extend(data[:room])
        return min(room, len(data))

    def ioctl(self, operation, argument):
        if operation == _POLL:
            ready = argument & _READ if self._in or self._is_over else 0
            if len(self._out) < BUFFER or self._is_over:
                ready |= argument & _WRITE
            return ready
        if operation == _CLOSE:
            self.close()
            return 0
        return -1

    def setblocking(self, is_blocking):
        """It never blocks."""

    def close(self):
        self._is_closing = self._is_over = True
        self.flag.set()

    # --- as the modem's task drives it -----------------------------------------------------------------

    def is_over(self):
        return self._is_over

    def is_open(self):
        return self._is_open and not self._is_over

    def break_off(self):
        """The modem is gone: so is the connection."""
        self._is_over = True
        self._is_open = False
        self.flag.set()

    async def serve(self, modem):
        """Carry what waits. Leaves `modem.stream` when all is over. Errors: Unanswered, when the modem is mute."""
        try:
            if self._is_over:
                if self._is_open or self._is_closing:
                    await self._hang_up(modem)
                modem.stream = None
            elif not self._is_open:
                await self._dial(modem)
            else:
                await self._carry(modem)
        except Unanswered as fault:
            print("modem:", fault)
            self.break_off()

    async def _dial(self, modem):
        await modem.ask("AT+CIPRXGET=1", limit_ms=SLOW_MS)
        if modem.apn:
            await modem.ask('AT+CGDCONT=1,"IP","%s"' % modem.apn, limit_ms=SLOW_MS)
        try:
            await modem.ask("AT+NETOPEN", limit_ms=SLOW_MS)
            line = await modem.wait_for("+NETOPEN:", SLOW_MS)
            if at.numbers(line)[:1] != [0]:
                raise Unanswered("AT+NETOPEN: " + line)
        except Unanswered as fault:
            if "already" not in str(fault).lower() and "+IP ERROR" not in str(fault):
                raise
        del modem.unasked[:]
        await modem.ask('AT+CIPOPEN=0,"TCP","%s",%d' % self._place, limit_ms=SLOW_MS)
        line = await modem.wait_for("+CIPOPEN:", SLOW_MS)
        if at.numbers(line) != [0, 0]:
            raise Unanswered("AT+CIPOPEN: " + line)
        self._is_open = True
        self.flag.set()

    async def _carry(self, modem):
        if self._out:
            data = bytes(self._out)
            await modem.hand_over("AT+CIPSEND=0,%d" % len(data), data, "+CIPSEND:", SLOW_MS)
            self._out = self._out[len(data) :]
        has_come, is_closed = self._hear(modem)
        now_ms = self._now_ms()
        if (has_come or now_ms >= self._look_ms or is_closed) and len(self._in) < BUFFER:
            self._look_ms = now_ms + LOOK_AGAIN_MS
            while await self._fetch(modem) and len(self._in) < BUFFER:
                pass
        if is_closed:
            self._is_open = False
            self.break_off()

    def _hear(self, modem):
        """(bytes have come, the far end has closed), as the modem said unasked."""
        modem.look()
        has_come = is_closed = False
        for line in list(modem.unasked):
            if line.startswith("+CIPRXGET: 1"):
                has_come = True
            elif line.startswith("+IPCLOSE:") or line.startswith("+CIPEVENT:"):
                is_closed = True
            else:
                continue
            modem.unasked.remove(line)
        return has_come, is_closed

    async def _fetch(self, modem):
        """Read one piece. True while more waits."""
        try:
            found = await modem.ask("AT+CIPRXGET=3,0,%d" % PIECE, "+CIPRXGET: 3", SLOW_MS, True)
        except Unanswered as fault:
            if "+IP ERROR" in str(fault):  # so says the modem when nothing waits
                return False
            raise
        count = at.numbers(found[0])[2:4] if found else []
        if not count or not count[0]:
            return False
        if len(found) < 2 or len(found[1]) != 2 * count[0]:
            raise Unanswered("AT+CIPRXGET: its bytes are missing")
        self._in.extend(binascii.unhexlify(found[1]))
        return bool(count[1:] and count[1])

    async def _hang_up(self, modem):
        self._is_open = self._is_closing = False
        try:
            await modem.ask("AT+CIPCLOSE=0", limit_ms=SLOW_MS)
        except Unanswered as fault:
            if "no answer" in str(fault):
                raise


class Way:
    """What device.link.uplink asks for a line when Wi-Fi leads nowhere. Shape: `modem` modem.Modem."""

    def __init__(self, modem, now_ms):
        self._modem = modem
        self._now_ms = now_ms
        self._stream = None

    def is_ready(self):
        """Could a line be opened now?"""
        return self._modem.is_ready and self._modem.stream is None

    def is_open(self):
        return self._stream is not None and self._stream.is_open()

    async def open(self, host, port, context, server_name):
        """A connected Line. Errors: LineFault."""
        stream = self._stream = Stream(host, port, self._now_ms)
        self._modem.carry(stream)
        try:
            await asyncio.wait_for_ms(stream.flag.wait(), OPEN_MS)
            if not stream.is_open():
                raise LineFault("modem_no_line")
            sock = stream
            if context is not None:
                sock = context.wrap_socket(stream, server_hostname=server_name, do_handshake_on_connect=False)
                sock.setblocking(False)
            return Line(sock)
        except asyncio.TimeoutError:
            stream.close()
            raise LineFault(CONNECT_TIMEOUT)
        except BaseException:
            stream.close()
            raise
