"""What a standard wearable says over GATT: battery level and heart rate. Bytes to numbers; knows no connection.

Ref: Bluetooth SIG, Battery Service 1.1 (180F, 2A19), Heart Rate Service 1.0 (180D, 2A37).
"""

BATTERY_SERVICE, BATTERY_LEVEL = 0x180F, 0x2A19
HEART_RATE_SERVICE, HEART_RATE = 0x180D, 0x2A37
SUBSCRIPTION = 0x2902  # client characteristic configuration
NOTIFY = b"\x01\x00"

_WIDE, _CONTACT_KNOWN, _CONTACT = 0x01, 0x04, 0x02


def battery_pct(data):
    """0 to 100, or None for what is no battery level."""
    return data[0] if len(data) == 1 and data[0] <= 100 else None


def heart_rate_bpm(data):
    """Beats a minute; 0 while the sensor says that it does not touch anybody; None for what is no measurement."""
    if len(data) < 2:
        return None
    flags = data[0]
    if flags & _WIDE:
        if len(data) < 3:
            return None
        rate = data[1] | data[2] << 8
    else:
        rate = data[1]
    if flags & _CONTACT_KNOWN and not flags & _CONTACT:
        return 0
    return rate if rate <= 300 else None
