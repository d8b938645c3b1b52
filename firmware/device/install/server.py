"""Improv's service and the installer's on the hub's radio: registers, advertises, copies what comes. Decides nothing.

The radio's callback only copies and flags. One installer at a time: advertising ends with a connection.

Ref: MicroPython bluetooth.BLE, events 1 to 3 and 21; protocol/improv.py, protocol/pairing.py.
"""

import asyncio

import bluetooth
from protocol import improv, pairing

_CONNECTED, _DISCONNECTED, _WRITTEN, _MTU = 1, 2, 3, 21
_ADVERT_US = 100000
_QUEUE = 32
_READ, _WRITE, _NOTIFY = 0x02, 0x08, 0x10
_LEAST_MTU = 23
CONNECTED, DISCONNECTED, IMPROV, INBOX = "connected", "disconnected", "improv", "inbox"
CABLE, STRANGER = "cable", "stranger"


class Server:
    """Shape: `radio` device.ble.radio.Radio; `name` what phones show."""

    def __init__(self, radio, name):
        self._radio = radio
        self._ble = bluetooth.BLE()
        self._name = name
        self._events = []
        self._flag = asyncio.ThreadSafeFlag()
        self._connection = None
        self._mtu = _LEAST_MTU
        self.dropped = 0

    # --- from the radio's callback -------------------------------------------------------------------

    def on_event(self, event, data):
        """Copy what is ours. True when it was."""
        if event == _WRITTEN:
            if data[0] != self._connection:
                return False
            word = IMPROV if data[1] == self._command else INBOX
            copy = (word, bytes(self._ble.gatts_read(data[1])))
        elif event == _CONNECTED and self._connection is not None:
            copy = (STRANGER, data[0])  # came in the moment before the advertising ended: one installer at a time
        elif event == _CONNECTED:
            self._connection = data[0]
            self._mtu = _LEAST_MTU
            copy = (CONNECTED, None)
        elif event in (_DISCONNECTED, _MTU):
            if data[0] != self._connection:
                return False
            if event == _MTU:
                self._mtu = data[1]
                return True
            self._connection = None
            copy = (DISCONNECTED, None)
        else:
            return False
        self._put(copy)
        return True

    def put_cable(self, message):
        """A message that came by the cable, in its turn with those of the air."""
        self._put((CABLE, message))

    def _put(self, copy):
        if len(self._events) < _QUEUE or copy[0] not in (IMPROV, INBOX, CABLE):
            self._events.append(copy)
        else:
            self.dropped += 1  # the sender's message is broken then, and refused
        self._flag.set()

    # --- from the loop -------------------------------------------------------------------------------

    def open(self):
        """Register both services. They cannot be while the radio scans."""
        flags = ((improv.STATE, 18), (improv.ERROR, 18), (improv.COMMAND, 8), (improv.RESULT, 18))
        first = [(bluetooth.UUID(uuid), flag) for uuid, flag in flags + ((improv.CAPABILITIES, 2),)]
        second = [(bluetooth.UUID(pairing.INBOX), _WRITE), (bluetooth.UUID(pairing.OUTBOX), _READ | _NOTIFY)]
        ble = self._ble
        ble.config(mtu=247)
        with self._radio.paused():
            handles = ble.gatts_register_services(
                ((bluetooth.UUID(improv.SERVICE), first), (bluetooth.UUID(pairing.SERVICE), second))
            )
        self._state, self._error, self._command, self._result, capabilities = handles[0]
        inbox, self._outbox = handles[1]
        ble.gatts_set_buffer(self._command, improv.FRAME_MAX, True)
        ble.gatts_set_buffer(inbox, 512, True)
        ble.gatts_set_buffer(self._result, improv.FRAME_MAX)
        ble.gatts_write(capabilities, bytes((improv.CAN,)))
        ble.gatts_write(self._error, bytes((improv.NO_ERROR,)))
        self._radio.serve_first(self)

    def close(self):
        """Off the air."""
        self._ble.gap_advertise(None)
        self.part()
        self._radio.unserve(self)

    def show(self, state):
        """Improv's state, to whoever is connected and, while nobody is, into the air."""
        self._ble.gatts_write(self._state, bytes((state,)), True)
        if self._connection is None:
            self._ble.gap_advertise(
                _ADVERT_US, improv.advert(state), resp_data=improv.scan_response(self._name), connectable=True
            )

    def show_error(self, number):
        self._ble.gatts_write(self._error, bytes((number,)), True)

    @property
    def is_connected(self):
        return self._connection is not None

    @property
    def room(self):
        """Bytes of one notification."""
        return self._mtu - 3

    def part(self, stranger=None):
        """Disconnect whoever is connected, or a stranger beside them."""
        connection = self._connection if stranger is None else stranger
        if connection is not None:
            try:
                self._ble.gap_disconnect(connection)
            except OSError:  # it is gone already
                if connection == self._connection:
                    self._connection = None

    def tell_result(self, frame):
        """A result of Improv, in one notification."""
        if self._connection is not None:
            self._ble.gatts_write(self._result, frame)
            self._ble.gatts_notify(self._connection, self._result, frame)  # type: ignore[call-arg]  # newer than the stubs

    def tell(self, message):
        """A message of the channel, in as many notifications as it takes."""
        for piece in pairing.cut(message, self.room):
            if self._connection is not None:
                self._ble.gatts_notify(self._connection, self._outbox, piece)  # type: ignore[call-arg]

    async def next(self, limit_ms):
        """(word, bytes or None) of what happened, or None after so long."""
        if not self._events:
            try:
                await asyncio.wait_for_ms(self._flag.wait(), max(1, limit_ms))
            except asyncio.TimeoutError:
                return None
        return self._events.pop(0) if self._events else None
