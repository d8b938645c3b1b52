"""Who this hub is, as it was made at the bench: name, broker password, key, claim secret. Kept twice; decides nothing.

One copy lies in NVS (namespace "anling", blob "identity"), one in identity.json beside the hub's files: NVS may be
erased whole at a start on some errors, a file system may be formatted. What one has lost, the other gives back. A
factory reset keeps both. Shape: {"hub_id", "password", "psk_hex", "claim": 32 hex digits, "ca_pem"?, "relay"?: its
address}.

Ref: MicroPython esp32.NVS.
"""

import json
import os

from protocol import topics

from ..place import folder

SPACE, KEY = "anling", "identity"
_MOST = 4096


def _path():
    return folder() + "/identity.json"


def _checked(text):
    """The identity in this text, or None."""
    try:
        found = json.loads(text)
        claim = found["claim"]
        is_good = topics.is_hub_id(found["hub_id"]) and len(claim) == 32 and int(claim, 16) >= 0
        return found if is_good and isinstance(found["password"], str) else None
    except (ValueError, KeyError, TypeError, UnicodeError):
        return None


def _from_nvs():
    try:
        from esp32 import NVS

        room = bytearray(_MOST)
        size = NVS(SPACE).get_blob(KEY, room)
        return bytes(room[:size]).decode()
    except (ImportError, OSError, ValueError, UnicodeError):
        return None


def _from_file():
    try:
        with open(_path()) as file:
            return file.read()
    except OSError:
        return None


def _heal_nvs(text):
    from esp32 import NVS

    space = NVS(SPACE)
    space.set_blob(KEY, text.encode())
    space.commit()


def _heal_file(text):
    with open(_path() + ".new", "w") as file:
        file.write(text)
    os.rename(_path() + ".new", _path())


def load():
    """The identity, or None for a hub that never was at the bench; a lost or damaged copy is made anew."""
    in_nvs, in_file = _from_nvs(), _from_file()
    found = _checked(in_nvs) or _checked(in_file)
    if found is None:
        return None
    good = in_nvs if _checked(in_nvs) else in_file
    for is_lost, heal in ((_checked(in_nvs) is None, _heal_nvs), (_checked(in_file) is None, _heal_file)):
        if is_lost:
            try:
                heal(good)
            except (OSError, ImportError) as fault:
                print("identity: one copy only:", fault)
    return found
