"""What may happen to a hub. Past facts, each a small tuple; the kernel is told of them in order."""

from collections import namedtuple

# A BTHome frame was heard. address: 12 hex digits; service_data: bytes behind the UUID;
# is_urgent: the reflex has sounded for it already.
AdvertHeard = namedtuple("AdvertHeard", ("address", "service_data", "rssi_dbm", "is_urgent"))
WiredPressed = namedtuple("WiredPressed", ())
LinkUp = namedtuple("LinkUp", ())
LinkDown = namedtuple("LinkDown", ("reason",))
MessageArrived = namedtuple("MessageArrived", ("topic", "payload"))
MainsLost = namedtuple("MainsLost", ())
MainsRestored = namedtuple("MainsRestored", ())
ClockSet = namedtuple("ClockSet", ("utc_ms",))  # UTC in ms at this very moment: the clock may be trusted now
Faulted = namedtuple("Faulted", ("kind", "detail"))  # the edge reports a fault of its own
Wake = namedtuple("Wake", ())
