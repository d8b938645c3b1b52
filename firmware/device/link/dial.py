"""The way from the network to an open line: decides how the broker's name, port and TLS become one.

Each step is bounded in time and fails with a word. Nothing here holds the loop for long: connecting does not
block, the TLS handshake runs step by step with the first bytes, and names are looked up in a thread
of their own, because getaddrinfo blocks. The last good address outlives a name server that fails; and one that lies:
where a name leads elsewhere than to where the broker was, each second try goes there.

Ref: MicroPython socket, asyncio.stream.
"""

import asyncio
import errno
import socket

LOOK_UP_MS = 10000
CONNECT_MS = 10000
WRITE_MS = 15000
READ_BYTES = 512
_IPPROTO_TCP, _TCP_NODELAY = 6, 1  # the same number in every port; not every port names them
_CERTIFICATE_REFUSED = -0x2700  # MBEDTLS_ERR_X509_CERT_VERIFY_FAILED

NAME_NOT_FOUND, NAME_TIMEOUT, CONNECT_TIMEOUT = "name_not_found", "name_timeout", "connect_timeout"
CLOSED, STALLED = "closed_by_broker", "write_stalled"
TLS_REFUSED, CERTIFICATE_REFUSED, NETWORK = "tls_refused", "certificate_refused", "network_fault"


def _words():
    words = {}
    for name, word in (
        ("ECONNREFUSED", "connection_refused"),
        ("ECONNRESET", "connection_reset"),
        ("EPIPE", "connection_reset"),
        ("ECONNABORTED", "connection_reset"),
        ("ENOTCONN", "connection_reset"),
        ("EHOSTUNREACH", "no_route"),
        ("ENETUNREACH", "no_route"),
        ("ETIMEDOUT", CONNECT_TIMEOUT),
        ("ENOMEM", "no_memory"),
    ):
        if hasattr(errno, name):
            words[getattr(errno, name)] = word
    return words


_WORDS = _words()
_WORDS[32] = "connection_reset"  # EPIPE, where errno does not name it
_WORDS[_CERTIFICATE_REFUSED] = CERTIFICATE_REFUSED


class LineFault(Exception):
    """No line, or the line broke; `reason` is a word."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def _reason_of(fault):
    """The word for an OSError. Negative numbers are the TLS library's own."""
    if isinstance(fault, ValueError):  # so says MicroPython of a certificate that does not prove itself
        return CERTIFICATE_REFUSED
    number = fault.args[0] if fault.args else 0
    if number in _WORDS:
        return _WORDS[number]
    return TLS_REFUSED if isinstance(number, int) and number < 0 else NETWORK


class Line:
    """An open stream whose every fault is a LineFault. Shape: one task reads, one task writes."""

    def __init__(self, sock):
        self._sock = sock
        self._stream = asyncio.StreamReader(sock)  # reads and writes: MicroPython has one class for both

    async def read(self):
        """Some bytes. Errors: LineFault, also when the far end closed."""
        try:
            data = await self._stream.read(READ_BYTES)
        except (OSError, ValueError) as fault:
            raise LineFault(_reason_of(fault))
        if not data:
            raise LineFault(CLOSED)
        return data

    async def write(self, data):
        """All of these bytes. Errors: LineFault, also when nobody takes them for WRITE_MS."""
        try:
            self._stream.write(data)
            await asyncio.wait_for_ms(self._stream.drain(), WRITE_MS)
        except asyncio.TimeoutError:
            raise LineFault(STALLED)
        except (OSError, ValueError) as fault:
            raise LineFault(_reason_of(fault))

    def close(self):
        self._sock.close()


def is_numeric(host):
    """True for an address, which needs no name server."""
    return ":" in host or all(c in "0123456789." for c in host)


def _writable(sock):
    yield asyncio.core._io_queue.queue_write(sock)


class Dialer:
    """Opens lines to one broker."""

    def __init__(self, host, port):
        self._host = host
        self._port = port
        self._uses_thread = not is_numeric(host)
        self._address = None  # the last one found
        self._tried = self._good = None  # the last one tried, the last one that led to the broker
        self._is_old_turn = True
        self._flag = asyncio.ThreadSafeFlag()
        self._is_looking = False
        self._late = None  # an answer that nobody has taken yet

    async def open(self, context, server_name):
        """A connected Line; `context` is a TLS context or None. Errors: LineFault."""
        address = self._tried = self._choose(await self._find())
        sock = socket.socket(address[0], address[1], address[2])
        try:
            sock.setblocking(False)
            sock.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
            try:
                sock.connect(address[-1])
            except OSError as fault:
                if fault.args[0] != errno.EINPROGRESS:
                    raise
            await asyncio.wait_for_ms(_writable(sock), CONNECT_MS)
            if context is not None:
                sock = context.wrap_socket(sock, server_hostname=server_name, do_handshake_on_connect=False)
                sock.setblocking(False)
            return Line(sock)
        except asyncio.TimeoutError:
            sock.close()
            raise LineFault(CONNECT_TIMEOUT)
        except (OSError, ValueError) as fault:
            sock.close()
            raise LineFault(_reason_of(fault))
        except BaseException:  # cancelled, too: a socket left open is lost memory
            sock.close()
            raise

    def worked(self):
        """The broker has answered at the address of the last try."""
        self._good = self._tried

    def _choose(self, found):
        """The address found, and the one that worked before in turn with it when it is another."""
        if self._good is None or found == self._good:
            return found
        self._is_old_turn = not self._is_old_turn
        return self._good if self._is_old_turn else found

    # --- names ---------------------------------------------------------------------------------------

    async def find(self):
        """The address of the name. Shape: as getaddrinfo gives it. Errors: LineFault."""
        return await self._find()

    async def _find(self):
        reason = NAME_NOT_FOUND
        if self._uses_thread:
            try:
                found = await asyncio.wait_for_ms(self._find_aside(), LOOK_UP_MS)
            except asyncio.TimeoutError:
                found, reason = None, NAME_TIMEOUT
        else:
            found = self._look_up()
        if found is not None:
            self._address = found
        if self._address is None:
            raise LineFault(reason)
        return self._address

    def _look_up(self):
        """The first IPv4 address, which every home's router carries; else the first of any kind; else None."""
        try:
            found = socket.getaddrinfo(self._host, self._port, 0, socket.SOCK_STREAM)
        except OSError:
            return None
        for address in found:
            if address[0] == socket.AF_INET:
                return address
        return found[0] if found else None

    async def _find_aside(self):
        """Look the name up in a thread. One that hangs is not joined by a second: its answer serves later."""
        if not self._is_looking:
            late, self._late = self._late, None
            if late is not None:
                return late  # the answer to the look-up before, which came too late for its try
            import _thread

            self._is_looking = True
            self._flag.clear()
            try:
                _thread.start_new_thread(self._look_up_aside, ())
            except (OSError, MemoryError, RuntimeError) as fault:  # no memory for another thread just now
                self._is_looking = False
                print("dial:", fault)
                return None
        await self._flag.wait()
        found, self._late = self._late, None
        return found

    def _look_up_aside(self):
        try:
            self._late = self._look_up()
        except Exception as fault:  # what ends here unseen would leave every later look-up waiting
            print("dial:", type(fault).__name__)
        finally:
            self._flag.set()  # before the next look-up can begin: it must not be woken by this one
            self._is_looking = False
