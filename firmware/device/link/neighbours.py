"""ESP-NOW: the radio between the hubs of one stairwell. Carries frames and outputs of hub.stairwell.neighbour;
decides nothing.

The handler of the driver only sets a flag; frames are read from the loop. Sending never waits for the other side.
The board's own `espnow` is enough: `aioespnow` polls it, while a flag wakes the loop at once and allocates nothing.
All on one channel hear each other, and while the home's Wi-Fi is up the channel is its router's. So a question that
nobody answers goes out on the next channel; a home whose Wi-Fi is up but leads nowhere leaves it for that, for the five
seconds until device.link.wifi joins it again, and at most once a minute.

Ref: MicroPython espnow (ESP32).
"""

import asyncio
import binascii
import os
import sys

import cryptolib
import espnow
import network
from hub.stairwell.neighbour import Neighbour
from protocol import messages, topics

TICK_MS = 200
RX_BYTES = 4096  # some 16 frames
PEERS_MAX = 12
LEAVE_AFTER = 4  # questions without an answer on the router's channel
LEAVE_AGAIN_MS = 60000
CHANNELS = (1, 6, 11, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13)
_TO_ALL = b"\xff" * 6


def _cipher(key):
    return cryptolib.aes(binascii.unhexlify(key), 1).encrypt


class Neighbours:
    """Shape: `settings` has hub_id and, when there are neighbours, {"stairwell_key", "carry_key"}; `stranded(now_ms)`
    and `is_link_up()` of the kernel; `publish` as the uplink's; `on_message(topic, payload)` takes what came for us."""

    def __init__(self, settings, stranded, is_link_up, publish, on_message, now_ms):
        keys = settings["neighbours"]
        self._hub_id = settings["hub_id"]
        self._stranded = stranded
        self._is_link_up = is_link_up
        self._publish = publish
        self._on_message = on_message
        self._now_ms = now_ms
        self._core = Neighbour(self._hub_id, _cipher(keys["stairwell_key"]), _cipher(keys["carry_key"]), os.urandom)
        self._flag = asyncio.ThreadSafeFlag()
        self._peers = []
        self._channel = 0
        self._unanswered = 0  # questions in a row
        self._left_ms = None  # when Wi-Fi was last left
        self._wlan = network.WLAN(network.STA_IF)
        self._radio = None

    def on_envelope(self, payload):
        """The relay sent an envelope for a neighbour."""
        try:
            message = messages.check("down", topics.CARRIED, messages.decode(payload))
        except messages.BadMessage as fault:
            print("neighbours:", fault)
            return
        self._carry_out(self._core.back(binascii.unhexlify(message["envelope"]), self._now_ms()))

    async def run(self):
        """Work for ever."""
        while True:
            try:
                if self._radio is None:
                    self._start()
                await self._wait()
                self._read()
                self._tick()
            except Exception as fault:
                sys.print_exception(fault)
                self._radio = None
                await asyncio.sleep_ms(5000)

    def _start(self):
        self._wlan.active(True)
        radio = espnow.ESPNow()
        radio.config(rxbuf=RX_BYTES)
        radio.active(True)
        radio.irq(self._on_frame)
        self._peers = []
        self._radio = radio

    def _on_frame(self, _):
        self._flag.set()

    async def _wait(self):
        try:
            await asyncio.wait_for_ms(self._flag.wait(), TICK_MS)
        except asyncio.TimeoutError:
            return

    def _read(self):
        radio = self._radio
        while radio is not None and radio.any():
            mac, frame = radio.recv(0)
            if mac is None:
                return
            outputs = self._core.receive(mac, frame, self._now_ms())
            if outputs:
                self._unanswered = 0
            self._carry_out(outputs)

    def _tick(self):
        now_ms = self._now_ms()
        self._core.has_way_out = self._is_link_up()
        for seq, word, message in self._stranded(now_ms):
            self._core.carry(seq, word, message, now_ms)
        self._carry_out(self._core.tick(now_ms))

    def _carry_out(self, outputs):
        for output in outputs:
            if output[0] == "send":
                self._send(output[1], output[2])
            elif output[0] == "up":
                payload = messages.encode(messages.carried(output[1]))
                self._publish(None, topics.up(self._hub_id, topics.CARRIED), payload, 1, True)
            else:
                self._on_message(topics.down(self._hub_id, output[1]), messages.encode(output[2]))

    def _send(self, mac, frame):
        if mac is None:
            self._next_channel()
            mac = _TO_ALL
        radio = self._radio
        if radio is None:
            return
        try:
            self._know(radio, mac)
            radio.send(mac, frame, False)
        except OSError as fault:  # the driver's buffer is full: the next try is a new envelope
            print("neighbours:", fault)

    def _know(self, radio, mac):
        if mac in self._peers:
            return
        if len(self._peers) >= PEERS_MAX:
            radio.del_peer(self._peers.pop(0))
        radio.add_peer(mac)
        self._peers.append(mac)

    def _next_channel(self):
        """Called before each question: stay where one was answered, else try the next channel."""
        self._unanswered += 1
        if self._unanswered <= 1:
            return
        if self._wlan.isconnected() and not self._may_leave():
            return
        self._channel = (self._channel + 1) % len(CHANNELS)
        try:
            self._wlan.config(channel=CHANNELS[self._channel])
        except (OSError, ValueError):
            return  # it is looking for its router just now; the next question has another chance

    def _may_leave(self):
        """Leave a Wi-Fi that leads nowhere, when it is time for that. True: left."""
        now_ms = self._now_ms()
        if self._is_link_up() or self._unanswered <= LEAVE_AFTER:
            return False
        if self._left_ms is not None and now_ms - self._left_ms < LEAVE_AGAIN_MS:
            return False
        self._left_ms = now_ms
        print("neighbours: nobody answers on the router's channel, looking on the others")
        self._wlan.disconnect()
        return True
