"""Where the BTHome service data lies in an advertisement: lengths and types only, no meaning.

Ref: Bluetooth Core Specification Supplement, part A, 1.11 (service data, AD type 0x16); BTHome UUID 0xFCD2.
"""

SERVICE_DATA = 0x16
UUID_LOW, UUID_HIGH = 0xD2, 0xFC


def find_bthome(data):
    """start << 16 | end of the BTHome service data behind the UUID, or -1. One small integer, because this runs
    inside the radio's interrupt, where nothing may be allocated.

    Any bytes are allowed: a structure that runs past the end simply ends the search.
    """
    at = 0
    size = len(data)
    while at + 1 < size:
        length = data[at]
        end = at + 1 + length
        if length == 0 or end > size:
            return -1
        if length >= 4 and data[at + 1] == SERVICE_DATA and data[at + 2] == UUID_LOW and data[at + 3] == UUID_HIGH:
            return at + 4 << 16 | end
        at = end
    return -1
