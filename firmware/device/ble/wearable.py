"""A standard wearable over GATT: connects, reads the battery, listens to the heart, connects again. Decides nothing.

A connection is opened only when the wearable has just been heard, because the radio is deaf to buttons while it
connects: for CONNECT_MS at most, less than a press lasts in the air. The radio's callback only copies and flags.

Ref: MicroPython bluetooth.BLE, events 7 to 18; protocol/gatt.py.
"""

import asyncio
import binascii
import sys

import bluetooth
from hub import events
from protocol import gatt, infinitime, motion

_CONNECTED, _DISCONNECTED = 7, 8
_SERVICE, _SERVICES_DONE, _CHARACTERISTIC, _CHARACTERISTICS_DONE = 9, 10, 11, 12
_DESCRIPTOR, _DESCRIPTORS_DONE, _READ, _READ_DONE, _WRITTEN, _NOTIFIED = 13, 14, 15, 16, 17, 18
_QUEUE = 32
CONNECT_MS = 500
STEP_MS = 5000
PAUSE_MS = 15000  # between two tries
READ_AGAIN_MS = 600000
TOLD_AGAIN_MS = 60000  # a heart that beats as before is told so often
STREAM_MS = 3000  # a stream that says nothing for so long has broken off
MTU = 185  # a batch of 25 samples fits
_MTU_DONE = 21
_WANTED = ((gatt.BATTERY_SERVICE, gatt.BATTERY_LEVEL), (gatt.HEART_RATE_SERVICE, gatt.HEART_RATE))


class Lost(Exception):
    """The connection ended, or a step of it took too long; the text is a word."""


class Wearable:
    """One wearable. Shape: `radio` device.ble.radio.Radio; `address` 12 hex digits; `tell(event)` takes a ReadingHeard;
    `worn` "wrist" or "torso" for one whose motion is listened to, else None."""

    def __init__(self, radio, address, tell, now_ms, worn=None, rate_hz=50):
        self._radio = radio
        self._ble = bluetooth.BLE()
        self._address = binascii.unhexlify(address)
        self._name = address
        self._tell = tell
        self._now_ms = now_ms
        self._events = []
        self._flag = asyncio.ThreadSafeFlag()
        self._connection = None
        self._told = (None, None)
        self._told_ms = self._alive_ms = None
        self._worn = worn
        self._rate_hz = rate_hz
        self._motion = None
        self._stream = None  # the handle of its motion
        self._is_numbered = True  # by our own service, not InfiniTime's
        self.dropped = 0

    # --- from the radio's callback -------------------------------------------------------------------

    def on_event(self, event, data):
        """Copy what is ours; the buffers are valid only now. True when it was."""
        if event in (_CONNECTED, _DISCONNECTED):
            if bytes(data[2]) != self._address and data[0] != self._connection:
                return False
            if event == _CONNECTED:
                self._connection = data[0]
            copy = (event, data[0])
        elif data[0] != self._connection:
            return False
        else:
            copy = (event,) + tuple([bytes(one) if isinstance(one, memoryview) else one for one in data[1:]])
        if len(self._events) < _QUEUE or event == _DISCONNECTED:
            self._events.append(copy)
        else:
            self.dropped += 1  # a wearable that floods costs its own words
        self._flag.set()
        return True

    # --- for ever ------------------------------------------------------------------------------------

    async def run(self):
        """Serve it for ever."""
        while True:
            try:
                await self._radio.wait_for(self._address)
                await self._live()
            except (Lost, OSError) as fault:
                print("wearable:", self._name, fault)
            except Exception as fault:
                sys.print_exception(fault)
            self._part()
            await asyncio.sleep_ms(PAUSE_MS)

    def _part(self):
        if self._motion is not None:
            self._motion.end()
        if self._connection is not None:
            try:
                self._ble.gap_disconnect(self._connection)
            except OSError:
                pass  # it is gone already
        self._connection = None
        del self._events[:]

    async def _next(self, limit_ms):
        """The next event. Errors: Lost when the connection ended or nothing came in time."""
        while not self._events:
            try:
                await asyncio.wait_for_ms(self._flag.wait(), limit_ms)
            except asyncio.TimeoutError:
                raise Lost("silent")
        event = self._events.pop(0)
        if event[0] == _DISCONNECTED:
            self._connection = None
            raise Lost("disconnected")
        return event

    async def _gather(self, wanted, done):
        """All events `wanted` until `done`; notifications in between are not lost."""
        found = []
        while True:
            event = await self._next(STEP_MS)
            if event[0] == wanted:
                found.append(event)
            elif event[0] == done:
                return found
            elif event[0] == _NOTIFIED:
                self._on_notified(event)

    async def _live(self):
        address_type = self._radio.address_type
        with self._radio.paused():
            self._ble.gap_connect(address_type, self._address, CONNECT_MS)
            try:
                while (await self._next(CONNECT_MS + 100))[0] != _CONNECTED:
                    pass
            finally:
                if self._connection is None:
                    self._ble.gap_connect(None)  # type: ignore[call-arg]  # the stubs do not know that it cancels
        self._kinds = {}
        self._stream = None
        self._ble.gattc_discover_services(self._connection)
        services = await self._gather(_SERVICE, _SERVICES_DONE)
        for service_uuid, value_uuid in _WANTED:
            for _, start, end, uuid in services:
                if uuid == bluetooth.UUID(service_uuid):
                    await self._take_up(start, end, value_uuid)
        if self._worn:
            await self._take_up_motion(services)
        if not self._kinds and self._stream is None:
            raise Lost("it has no service that the hub knows")
        await self._listen()

    async def _take_up(self, start, end, value_uuid):
        """Find the value in this service, subscribe to it, and read the battery once."""
        self._ble.gattc_discover_characteristics(self._connection, start, end)
        for _, last, handle, properties, uuid in await self._gather(_CHARACTERISTIC, _CHARACTERISTICS_DONE):
            if uuid != bluetooth.UUID(value_uuid):
                continue
            self._kinds[handle] = value_uuid
            if properties & 0x10:
                self._ble.gattc_discover_descriptors(self._connection, handle + 1, max(last, end))
                for _, descriptor, kind in await self._gather(_DESCRIPTOR, _DESCRIPTORS_DONE):
                    if kind == bluetooth.UUID(gatt.SUBSCRIPTION):
                        self._ble.gattc_write(self._connection, descriptor, gatt.NOTIFY, 1)
                        await self._gather(None, _WRITTEN)
                        break
            if properties & 0x02:
                await self._read(handle)

    async def _take_up_motion(self, services):
        """Subscribe to its motion, and say how many samples a second it is to send."""
        found = {service[3]: service for service in services}
        own, other = bluetooth.UUID(motion.SERVICE), bluetooth.UUID(infinitime.SERVICE)
        if own not in found and other not in found:
            print("wearable:", self._name, "has no motion service: it notices no falls")
            return
        self._is_numbered = own in found
        _, start, end, _ = found[own if self._is_numbered else other]
        wanted = bluetooth.UUID(motion.STREAM if self._is_numbered else infinitime.VALUES)
        self._ble.gattc_exchange_mtu(self._connection)
        await self._gather(None, _MTU_DONE)
        if self._motion is None:
            from .motion import Motion  # only a wearable that streams needs the detector

            self._motion = Motion(self._name, self._worn, self._tell)
        self._motion.begin()
        self._ble.gattc_discover_characteristics(self._connection, start, end)
        control, stream_end = None, end
        for _, last, handle, _, uuid in await self._gather(_CHARACTERISTIC, _CHARACTERISTICS_DONE):
            if uuid == wanted:
                self._stream = handle
                stream_end = max(last, end)
            elif uuid == bluetooth.UUID(motion.CONTROL):
                control = handle
        if self._stream is None:
            return
        self._ble.gattc_discover_descriptors(self._connection, self._stream + 1, stream_end)
        for _, descriptor, kind in await self._gather(_DESCRIPTOR, _DESCRIPTORS_DONE):
            if kind == bluetooth.UUID(gatt.SUBSCRIPTION):
                self._ble.gattc_write(self._connection, descriptor, gatt.NOTIFY, 1)
                await self._gather(None, _WRITTEN)
                break
        if control is not None:
            self._ble.gattc_write(self._connection, control, bytes((self._rate_hz,)), 1)
            await self._gather(None, _WRITTEN)

    async def _read(self, handle):
        self._ble.gattc_read(self._connection, handle)
        for event in await self._gather(_READ, _READ_DONE):
            self._on_value(event[1], event[2])

    async def _listen(self):
        read_ms = self._now_ms()
        while True:
            try:
                event = await self._next(READ_AGAIN_MS if self._stream is None else STREAM_MS)
                if self._motion is not None and event[0] == _NOTIFIED and event[1] == self._stream:
                    self._alive()
                    if self._is_numbered:
                        await self._motion.take(event[2])
                    else:
                        await self._motion.take_values(event[2], self._now_ms())
                elif event[0] == _NOTIFIED:
                    self._on_notified(event)
            except Lost as fault:
                if str(fault) != "silent":
                    raise
                if self._motion is not None:
                    self._motion.end()
            if self._now_ms() - read_ms >= READ_AGAIN_MS:  # silent or not: does it still answer?
                read_ms = self._now_ms()
                for handle, kind in self._kinds.items():
                    if kind == gatt.BATTERY_LEVEL:
                        await self._read(handle)

    # --- values --------------------------------------------------------------------------------------

    def _alive(self):
        """Its stream shows that it is there, a word a minute."""
        now_ms = self._now_ms()
        if self._alive_ms is None or now_ms - self._alive_ms >= TOLD_AGAIN_MS:
            self._alive_ms = now_ms
            self._tell(events.ReadingHeard(self._name, None, None))

    def _on_notified(self, event):
        if event[1] == self._stream:
            return  # it came while something else was asked: the next batch says how many were lost
        self._on_value(event[1], event[2])

    def _on_value(self, handle, data):
        kind = self._kinds.get(handle)
        pct, bpm = self._told
        if kind == gatt.BATTERY_LEVEL:
            pct = gatt.battery_pct(data)
            is_new = pct is not None
        else:
            bpm = gatt.heart_rate_bpm(data)
            now_ms = self._now_ms()
            is_new = bpm is not None and (
                self._told_ms is None or bool(bpm) != bool(self._told[1]) or now_ms - self._told_ms >= TOLD_AGAIN_MS
            )
            if is_new:
                self._told_ms = now_ms
        if is_new:
            self._told = (pct, bpm)
            self._tell(events.ReadingHeard(self._name, pct, bpm if kind != gatt.BATTERY_LEVEL else None))
