"""The modem's dialect: bytes in, lines out, and which line ends a command. Knows no UART, no clock and no purpose.

A modem echoes, restarts in the middle, talks unasked between the lines of an answer and sends noise while it starts. So
a line counts as an answer only by its prefix; only a prompt that is waited for is one; and a line that never ends is
thrown away. What is held is bounded.

Ref: 3GPP TS 27.007 (AT+CPIN, +CREG, +CMEE), TS 27.005 (AT+CMGS, +CMS ERROR); SIMCom A76XX series AT manual (TCP/IP).
"""

LINE_MAX = 600  # bytes: a read of 256 bytes comes as 512 hex digits
PROMPT = ">"
STARTED = ("RDY", "*ATREADY: 1")  # what it says when it has just been switched on, or fell over
_FINALS = ("OK", "ERROR")
_FAULTS = ("+CME ERROR:", "+CMS ERROR:", "+IP ERROR:")

# What is wrong with the modem, as the relay is told.
MUTE, NO_SIM, SIM_PIN, NO_NETWORK, NO_SERVICE = "mute", "no_sim", "sim_pin", "no_network", "sms_refused"


class Lines:
    """Cuts what comes into lines. `wants_prompt`: a ">" without an end is one, too."""

    def __init__(self):
        self._data = bytearray()
        self._is_too_long = False
        self.wants_prompt = False

    def receive(self, data):
        """The lines that are complete now, as texts without blanks around them; empty ones are left out."""
        found = []
        for byte in data:
            if byte == 13 or byte == 10:
                if not self._is_too_long:
                    self._end(found)
                self._data = bytearray()
                self._is_too_long = False
            elif len(self._data) >= LINE_MAX:
                self._is_too_long = True
            else:
                self._data.append(byte)
        if self.wants_prompt and bytes(self._data).strip() == b">":
            self.wants_prompt = False
            self._data = bytearray()
            found.append(PROMPT)
        return found

    def _end(self, found):
        text = "".join([chr(byte) if 32 <= byte < 127 else "?" for byte in self._data]).strip()
        if text:
            found.append(text)


def is_final(line):
    """Does this line end a command?"""
    return line in _FINALS or is_fault(line)


def is_fault(line):
    return line == "ERROR" or line.startswith(_FAULTS[0]) or line.startswith(_FAULTS[1]) or line.startswith(_FAULTS[2])


def numbers(line):
    """The whole numbers behind the colon, [] for none: "+CREG: 0,1" → [0, 1]. What is no number is None."""
    _, _, rest = line.partition(":")
    found = []
    for part in rest.split(","):
        part = part.strip()
        found.append(int(part) if part.isdigit() and len(part) < 9 else None)
    return found if rest else []


def is_registered(line):
    """+CREG or +CEREG: at home (1) or roaming (5). Its numbers are mode, state; unasked it gives the state alone."""
    found = numbers(line)
    state = found[1] if len(found) > 1 else found[0] if found else None
    return state in (1, 5)
