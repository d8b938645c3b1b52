"""Start of a hub, told as a story. The same file runs on an ESP32 and, with stand-ins, on a desk."""

import asyncio
import gc
import sys

import machine
from device import board, crash

GARBAGE_BYTES = 16384

# 0. Some boards switch themselves off on battery unless they are held on.
if board.HOLD_PIN is not None:
    machine.Pin(board.HOLD_PIN, machine.Pin.OUT, value=1)

# 1. From here on a hang is bitten, also one in the middle of a start; device.care goes on feeding it.
watchdog = machine.WDT(timeout=crash.WATCHDOG_MS)

# Cancel held while the power comes on, and for ten seconds more: back to how it left the bench.
if board.CANCEL_PIN is not None:
    cancel = machine.Pin(board.CANCEL_PIN, machine.Pin.IN, machine.Pin.PULL_UP)
    if not cancel.value():
        from device.flash import factory

        if factory.is_asked(lambda: not cancel.value(), watchdog.feed):
            from device.place import folder
            from esp32 import Partition

            try:
                factory.wipe(lambda label: (Partition.find(Partition.TYPE_DATA, label=label) or [None])[0], folder())
                print("hub: nothing of the resident is left")
            except OSError as fault:
                print("hub: the flash could not be wiped; destroy it:", fault)
            machine.reset()

# 2. How often did it fail before? After three crashes it starts with the least; after six the siren alone is left.
crashes = crash.at_start(machine.reset_cause() == machine.WDT_RESET)
is_safe = crashes[0] >= crash.SAFE_AFTER
if crashes[0] > crash.LAST_RESORT_AFTER:
    from device import last_resort

    crash.step_back()
    last_resort.run()

try:
    # 3. Which parts of its flash are whose?
    from esp32 import Partition

    def partition_of(label):
        found = Partition.find(Partition.TYPE_DATA, label=label)
        return found[0] if found else None

    # 4. What was this hub told at its installation? Bad settings are said, and the home is still protected by sound.
    from device.flash import settings as settings_file

    try:
        settings, notes = settings_file.load(settings_file.slots_of(partition_of(board.SETTINGS_LABEL)))
        is_ready = True
    except settings_file.SettingsFault as fault:
        settings, notes = settings_file.FACTORY, [str(fault), settings_file.FACTORY_SAYS]
        is_ready = False
        from device.flash import identity

        made = identity.load()  # a hub from the bench knows its name before anybody has installed it
        if made is not None:
            settings = dict(settings, hub_id=made["hub_id"])
    for note in notes:
        print("hub:", note)
    # What reads and checks settings is needed once: its 5 KB are the heap's again.
    del settings_file, sys.modules["device.flash.settings"], sys.modules["device.flash.slots"]
    import device.flash

    del device.flash.settings, device.flash.slots
    partition = partition_of(board.JOURNAL_LABEL)

    # 5. The hub: drivers silent, journal read, kernel restored.
    from device import clock
    from device.app import Hub

    hub = Hub(settings, partition, crashes, is_safe, notes)

    # 6. The way out. Without settings there is none, and the hub says so by its lamp and console.
    uplink = None
    if is_ready:
        from device.link.uplink import Uplink

        uplink = Uplink(settings, hub.on_uplink, clock.now_ms)

    # 7. Work until the power goes. Garbage is collected early and often, so that the heap does not fall to pieces:
    # what lives long would otherwise be scattered over all of it.
    gc.collect()
    gc.threshold(GARBAGE_BYTES)
    from device.upkeep import micropython

    print("hub: %s on %s, MicroPython %s" % (settings["hub_id"], board.NAME, micropython()))
    asyncio.run(hub.run(uplink))
except Exception as fault:
    # 8. It never comes here when all is well. Remember why, and start anew: the alarms are on flash.
    sys.print_exception(fault)
    print("hub: crashed,", crash.note(crash.describe(fault)), "in a row")
    machine.reset()
