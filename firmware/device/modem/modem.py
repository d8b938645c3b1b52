"""The modem at its UART: found, set up, watched, and its two services: a short message, a TCP connection.

    modem = Modem(settings, to_text, receive, now_ms)
    asyncio.create_task(modem.run())      never ends
`to_text(now_ms)` gives (seq, message) of an alarm that is to go out as a short message, or None; `receive` takes
events.Texted and events.ModemRead. One task talks to the modem, one command at a time, each bounded in time; every wait
gives the loop back. A modem that answers nothing is woken by its power key; a fault is told when it has lasted.

Text mode, because every character of protocol.sms has one code in all alphabets; a 7-bit PDU would add nothing.
Ref: device/modem/at.py.
"""

import asyncio
import binascii
import hashlib
import sys

import machine
from hub import events
from protocol import messages, sms

from .. import board
from . import at

BAUD = 115200
LOOK_MS, POLL_MS = 200, 10  # between looks for work; between looks at the UART while an answer is waited for
ANSWER_MS, SLOW_MS, PROMPT_MS, SENT_MS = 1000, 9000, 5000, 60000
CHECK_MS = 30000  # how often the modem is asked how it is
TRIES = 4  # unanswered: it is mute
KEY_ON_MS, KEY_OFF_MS, STARTS_MS = 1200, 3000, 15000  # the power key's presses; the time it then takes to answer
PATIENCE_MS = 45000  # a fault is told when it has lasted so long
PAUSES_MS = (5000, 15000, 30000)  # between tries to send the same message


class Unanswered(Exception):
    """The modem did not answer in time, or refused; the text says to what."""


def _sha256(data):
    return hashlib.sha256(data).digest()


class Modem:
    """Shape: `settings["modem"]` {"number", "key", "apn", "pin"}; see the head of this file."""

    def __init__(self, settings, to_text, receive, now_ms):
        told = settings["modem"]
        self._hub_id = settings["hub_id"]
        self._number = told["number"]
        self._key = binascii.unhexlify(told["key"])
        self._pin = told.get("pin")
        self.apn = told.get("apn")
        self._to_text = to_text
        self._receive = receive
        self._now_ms = now_ms
        self._uart = machine.UART(1, BAUD, tx=board.MODEM_TX_PIN, rx=board.MODEM_RX_PIN, timeout=0, rxbuf=1024)
        self._power_key = None
        if board.MODEM_PWR_PIN is not None:
            self._power_key = machine.Pin(board.MODEM_PWR_PIN, machine.Pin.OUT, value=0)
        self._lines = at.Lines()
        self._is_anew = False  # it has started anew by itself, and forgotten what it was told
        self._come = []  # lines that nobody has looked at
        self._check_ms = 0
        self._fault = None  # as it is now
        self._fault_ms = None  # since when
        self._told = None  # as the hub was told: a word, False for well, None for nothing yet
        self._tries = 0
        self._next_try_ms = 0
        self._is_pin_used = False
        self._presses = 0
        self.is_ready = False  # set up and registered
        self.stream = None  # a tcp.Stream that is open, or wants to be
        self.unasked = []  # lines that belong to no command, for the stream

    async def run(self):
        """Work for ever."""
        while True:
            try:
                await self._live()
            except Unanswered as fault:
                print("modem:", fault)
            except Exception as fault:
                sys.print_exception(fault)
            self.is_ready = False
            if self.stream is not None:
                self.stream.break_off()
            await self._sleep(LOOK_MS)

    async def _live(self):
        await self._find()
        self._is_anew = False
        await self._set_up()
        while not self._is_anew:
            now_ms = self._now_ms()
            if now_ms >= self._check_ms:
                await self._check()
                self._check_ms = self._now_ms() + (CHECK_MS if self._fault is None else ANSWER_MS)
            self._tell()
            if self.is_ready and now_ms >= self._next_try_ms:
                await self._text()
            if self.stream is not None:
                await self.stream.serve(self)
                await self._sleep(POLL_MS)
            else:
                self.look()
                await self._sleep(LOOK_MS)

    # --- telling ------------------------------------------------------------------------------------

    def _is_wrong(self, word):
        """Note how the modem is: a word, or None when all is well."""
        if word is None or self._fault is None:
            self._fault_ms = self._now_ms()
        self._fault = word
        self.is_ready = word is None or word == at.NO_SERVICE  # which only a message that went through can end

    def _tell(self):
        """The hub hears of a fault that has lasted, and of its end at once."""
        if self._fault is None:
            if self._told is not False:
                self._told = False
                self._receive(events.ModemRead(None))
        elif self._told != self._fault and self._now_ms() - self._fault_ms >= PATIENCE_MS:
            self._told = self._fault
            self._receive(events.ModemRead(self._fault))

    async def _sleep(self, ms):
        await asyncio.sleep_ms(ms)

    def carry(self, stream):
        """Carry this stream from now on. Shape: tcp.Stream."""
        self.stream = stream

    def look(self):
        """Take in what came unasked."""
        self._come.extend(self._lines.receive(self._uart.read() or b""))
        self.unasked.extend(self._come)
        if any([line in at.STARTED for line in self._come]):
            self._is_anew = True
        self._come = []
        del self.unasked[:-8]

    # --- one command ----------------------------------------------------------------------------------

    async def _line(self, limit_ms):
        """The next line. Errors: Unanswered, when none comes in time."""
        while not self._come:
            data = self._uart.read()
            if data:
                self._come = self._lines.receive(data)
            elif self._now_ms() >= limit_ms:
                raise Unanswered("no answer")
            else:
                await self._sleep(POLL_MS)
        line = self._come.pop(0)
        if line in at.STARTED:
            self._is_anew = True
            raise Unanswered("no answer: it started anew")
        return line

    async def ask(self, command, prefix=None, limit_ms=ANSWER_MS, has_body=False):
        """Give a command; the lines of its answer that begin with `prefix`; with `has_body`, the hex digits
        behind the first of them, too. Errors: Unanswered, with the modem's own words when it refused."""
        self.look()
        self._uart.write(command.encode() + b"\r")
        return await self._answer(command, prefix, limit_ms, has_body)

    async def _answer(self, command, prefix, limit_ms, has_body=False):
        found = []
        name = command.split("=")[0]
        limit_ms += self._now_ms()
        try:
            while True:
                line = await self._line(limit_ms)
                if line == "OK":
                    return found
                if at.is_fault(line):
                    raise Unanswered("%s: %s" % (name, line))
                if prefix is not None and line.startswith(prefix):
                    found.append(line)
                elif has_body and len(found) == 1 and _is_hex(line):
                    found.append(line)
                elif line != command:
                    self.unasked.append(line)
        except Unanswered as fault:
            raise Unanswered(str(fault) if ":" in str(fault) else name + ": no answer")
        finally:
            del self.unasked[:-8]

    async def wait_for(self, prefix, limit_ms):
        """The line with this prefix that comes unasked, behind its command's OK. Errors: Unanswered."""
        limit_ms += self._now_ms()
        while True:
            for line in self.unasked:
                if line.startswith(prefix):
                    self.unasked.remove(line)
                    return line
            self.unasked.append(await self._line(limit_ms))

    async def hand_over(self, command, data, prefix, limit_ms):
        """A command that asks for data with a prompt. Errors: Unanswered; the modem then waits for nothing any more."""
        self.look()
        self._lines.wants_prompt = True
        self._uart.write(command.encode() + b"\r")
        until_ms = self._now_ms() + PROMPT_MS
        try:
            line = None
            while line != at.PROMPT:
                line = await self._line(until_ms)
                if at.is_fault(line):
                    raise Unanswered("%s: %s" % (command.split("=")[0], line))
                if line != at.PROMPT and line != command:
                    self.unasked.append(line)
            await self._write(data)
            return await self._answer(command, prefix, limit_ms)
        except Unanswered:
            self._lines.wants_prompt = False
            self._uart.write(b"\x1b\r")  # whatever it waits for: not any more
            raise

    async def _write(self, data):
        at_byte = 0
        while at_byte < len(data):
            at_byte += self._uart.write(data[at_byte : at_byte + 128]) or 0
            await self._sleep(POLL_MS)

    # --- finding and setting up ------------------------------------------------------------------------

    async def _find(self):
        """Until it answers: asked, then woken by its power key, again and again."""
        while True:
            for _ in range(TRIES):
                try:
                    await self.ask("AT")
                    return
                except Unanswered:
                    self._uart.write(b"\x1b")
            self._is_wrong(at.MUTE)
            self._tell()
            await self._press_key()

    async def _press_key(self):
        if self._power_key is not None:
            print("modem: mute; pressing its power key")
            self._presses += 1
            self._power_key.value(1)
            # A short press switches on what is off; one that is on and hangs needs a long one first.
            await self._sleep(KEY_OFF_MS if self._presses % 2 == 0 else KEY_ON_MS)
            self._power_key.value(0)
        until_ms = self._now_ms() + STARTS_MS
        while self._now_ms() < until_ms:
            self._tell()
            self.look()
            if self._is_anew:
                break
            await self._sleep(LOOK_MS)

    async def _set_up(self):
        self._check_ms = 0
        for command in ("ATE0", "AT+CMEE=1", "AT+CMGF=1", "AT+CSMP=17,167,0,0"):
            try:
                await self.ask(command, limit_ms=SLOW_MS)
            except Unanswered as fault:
                print("modem:", fault)  # without a card some of these are refused: `_check` says why

    async def _check(self):
        """How is it? Errors: Unanswered when it is mute."""
        self._is_wrong(await self._state())

    async def _state(self):
        for n in range(TRIES):
            try:
                await self.ask("AT")
                break
            except Unanswered:
                if n == TRIES - 1:
                    self._is_wrong(at.MUTE)
                    raise
        try:
            found = await self.ask("AT+CPIN?", "+CPIN:", SLOW_MS)
        except Unanswered:
            return at.NO_SIM
        if not found or "READY" not in found[0]:
            return await self._unlock(found[0] if found else "")
        for command, prefix in (("AT+CEREG?", "+CEREG:"), ("AT+CREG?", "+CREG:")):
            try:
                if any([at.is_registered(line) for line in await self.ask(command, prefix)]):
                    return None if self._tries < len(PAUSES_MS) else at.NO_SERVICE
            except Unanswered:
                continue
        return at.NO_NETWORK

    async def _unlock(self, said):
        """The card's number is tried once for each start: a wrong one three times would lock the card for good."""
        if "SIM PIN" not in said or not self._pin or self._is_pin_used:
            return at.SIM_PIN if "PIN" in said or "PUK" in said else at.NO_SIM
        self._is_pin_used = True
        try:
            await self.ask('AT+CPIN="%s"' % self._pin, limit_ms=SLOW_MS)
        except Unanswered:
            print("modem: the card refuses the pin of the settings")
            return at.SIM_PIN
        return at.NO_NETWORK  # it registers now; the next look sees it

    # --- a short message --------------------------------------------------------------------------------

    async def _text(self):
        found = self._to_text(self._now_ms())
        if found is None:
            return
        seq, message = found
        try:
            text = sms.write(_sha256, self._key, self._hub_id, message)
            await self.hand_over('AT+CMGS="%s"' % self._number, text.encode() + b"\x1a", "+CMGS:", SENT_MS)
        except (Unanswered, messages.BadMessage, ValueError) as fault:
            print("modem: short message not sent:", fault)
            self._next_try_ms = self._now_ms() + PAUSES_MS[min(self._tries, len(PAUSES_MS) - 1)]
            self._tries += 1
            self._check_ms = 0
            return
        print("modem: short message sent")
        self._tries = self._next_try_ms = self._check_ms = 0
        self._receive(events.Texted(seq))


def _is_hex(text):
    return len(text) % 2 == 0 and all([character in "0123456789abcdefABCDEF" for character in text])
