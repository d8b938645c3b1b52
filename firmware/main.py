"""Start of a hub, told as a story. The same file runs on an ESP32 and, with stand-ins, on a desk."""

import asyncio
import sys

# 1. What was this hub told at its installation? Bad settings are said, and the home is still protected by sound.
from device import settings as settings_file

try:
    settings = settings_file.load()
    is_ready = True
except settings_file.SettingsFault as fault:
    print("hub:", fault)
    settings = {"hub_id": "unprovisioned", "language": "zh", "devices": []}
    is_ready = False

# 2. Where does it keep its alarms?
from device import board
from esp32 import Partition

found = Partition.find(Partition.TYPE_DATA, label=board.JOURNAL_LABEL)
partition = found[0] if found else None

# 3. The hub: drivers silent, journal read, kernel restored.
from device import clock
from device.app import Hub

hub = Hub(settings, partition)

# 4. The way out. Without settings there is none, and the hub says so by its lamp and console.
uplink = None
if is_ready:
    from device.link.uplink import Uplink

    uplink = Uplink(settings, hub.on_uplink, clock.now_ms)

# 5. Work until the power goes.
numbers = sys.implementation.version
version = "%d.%d.%d" % numbers[:3] + ("-" + numbers[3] if len(numbers) > 3 and numbers[3] else "")
print("hub: %s on %s, MicroPython %s" % (settings["hub_id"], board.NAME, version))
asyncio.run(hub.run(uplink))
