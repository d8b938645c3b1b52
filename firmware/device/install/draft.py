"""What this installation has brought so far. Kept in install.json, so that a power cut or a dropped connection costs
nothing: the next try goes on from here. When all is there it becomes the hub's settings. Knows no radio.
"""

import gc
import json
import os
import sys

from ..place import folder

_KEPT = ("wifi", "devices", "language", "utc_offset_min", "broker", "ntp", "dwelling", "neighbours", "modem")


def _path():
    return folder() + "/install.json"


def forget(names):
    """Take these modules out of the memory, of which there is little here; wanted again, they are loaded anew."""
    for name in names:
        module = sys.modules.pop(name, None)
        parent, _, child = name.rpartition(".")
        if module is not None and hasattr(sys.modules.get(parent), child):
            delattr(sys.modules[parent], child)
    gc.collect()


class Draft:
    """Shape: `identity` of device.flash.identity; `settings` what the hub works with; `is_new`: the factory's."""

    def __init__(self, identity, settings, is_new):
        self._identity = identity
        self._base = {} if is_new else settings
        self.told = {}
        try:
            with open(_path()) as file:
                self.told = json.loads(file.read())
        except (OSError, ValueError):
            self.told = {name: self._base[name] for name in _KEPT if name in self._base}

    def keep(self, **values):
        """These are settled; on flash when this returns. Errors: OSError."""
        self.told.update(values)
        with open(_path() + ".new", "w") as file:
            file.write(json.dumps(self.told))
        os.rename(_path() + ".new", _path())

    def devices(self):
        return self.told.get("devices") or []

    def add_device(self, entry):
        self.keep(devices=[one for one in self.devices() if one["id"] != entry["id"]] + [entry])

    def remove_device(self, device_id):
        self.keep(devices=[one for one in self.devices() if one["id"] != device_id])

    def settings(self):
        """The whole of the hub's settings. Errors: SettingsFault, which names what misses."""
        from ..flash import settings as checker

        identity = self._identity
        found = dict(self._base)
        found.update(self.told)
        broker = dict(found.get("broker") or {})
        broker.update({"user": identity["hub_id"], "password": identity["password"]})
        if broker.get("security") == "psk":
            broker["psk_hex"] = identity["psk_hex"]
        elif broker.get("security") == "tls" and identity.get("ca_pem"):
            broker["ca_pem"] = identity["ca_pem"]
        found.update({"hub_id": identity["hub_id"], "broker": broker, "devices": self.devices()})
        found.setdefault("language", "zh")
        try:
            checker.check(found)
        finally:
            del checker
            forget(("device.flash.settings", "device.flash.slots"))
        return found

    def finish(self):
        """Leave the settings where the next start takes them over. Errors: SettingsFault, OSError."""
        settings = self.settings()
        place = folder() + "/settings.json"
        with open(place + ".new", "w") as file:
            file.write(json.dumps(settings))
        os.rename(place + ".new", place)
        os.remove(_path())
