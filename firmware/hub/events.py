"""What may happen to a hub. Past facts, each a small tuple; the kernel is told of them in order."""

from collections import namedtuple

# A BTHome frame was heard. address: 12 hex digits; service_data: bytes behind the UUID;
# is_urgent: the reflex has sounded for it already.
AdvertHeard = namedtuple("AdvertHeard", ("address", "service_data", "rssi_dbm", "is_urgent"))
WiredPressed = namedtuple("WiredPressed", ())
WireCut = namedtuple("WireCut", ("detail",))  # the wired button's line is open or shorted: a word
WireMended = namedtuple("WireMended", ())
CancelPressed = namedtuple("CancelPressed", ())  # the hub's own "I am well" button
TestAsked = namedtuple("TestAsked", ())  # a test call, asked for by hand
Suspected = namedtuple("Suspected", ("kind", "address"))  # a fall or a silence: begins a pre-alarm
AllWell = namedtuple("AllWell", ("kind", "address"))  # its sign of recovery: takes that pre-alarm back
ReadingHeard = namedtuple("ReadingHeard", ("address", "battery_pct", "heart_rate_bpm"))  # a wearable; None: not said
LinkUp = namedtuple("LinkUp", ())
LinkDown = namedtuple("LinkDown", ("reason",))
ModemRead = namedtuple("ModemRead", ("fault",))  # the state of the second way: a word, or None when all is well
Texted = namedtuple("Texted", ("seq",))  # the modem has handed this message to its network
MessageArrived = namedtuple("MessageArrived", ("topic", "payload"))
MainsLost = namedtuple("MainsLost", ())
MainsRestored = namedtuple("MainsRestored", ())
PowerRead = namedtuple("PowerRead", ("battery_pct", "runtime_min"))  # the hub's own cells; None: not known
SelfTested = namedtuple("SelfTested", ("failed",))  # the paths that failed, a list of words; empty: all passed
SafeMode = namedtuple("SafeMode", ("is_safe", "detail"))
ClockSet = namedtuple("ClockSet", ("utc_ms",))  # UTC in ms at this very moment: the clock may be trusted now
Faulted = namedtuple("Faulted", ("kind", "detail"))  # the edge reports a fault of its own
Wake = namedtuple("Wake", ())
