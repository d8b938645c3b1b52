"""How a hub's claim secret is written on its label and in the label's QR code, and read again. Knows no keys' use.

16 random bytes are 26 letters of base32 in groups of four; the QR code is `<base>/install#<hub_id>.<26 letters>`. The
secret stands behind the '#', which no browser sends to any server. What people misread is read as meant: 0 for O, 1
for I, 8 for B; small letters, spaces and hyphens do no harm.

Errors: BadLabel, whose text says what is wrong and what to do, and never repeats the secret.
Ref: RFC 4648, base32, without padding.
"""

from . import topics

SECRET_LENGTH = 16
LETTERS = 26
GROUP = 4
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_MISREAD = {"0": "O", "1": "I", "8": "B"}
_PATH = "/install#"


class BadLabel(Exception):
    """This is no label of a hub; the text says why."""


def letters(secret):
    """The 26 letters of a secret, without hyphens."""
    bits = 0
    count = 0
    text = ""
    for byte in secret:
        bits = bits << 8 | byte
        count += 8
        while count >= 5:
            count -= 5
            text += _ALPHABET[bits >> count & 31]
        bits &= (1 << count) - 1
    return text + _ALPHABET[bits << (5 - count) & 31]


def write(secret):
    """As it stands on the label: groups of four letters."""
    text = letters(secret)
    return "-".join([text[i : i + GROUP] for i in range(0, LETTERS, GROUP)])


def url(base, hub_id, secret):
    """What the QR code says. Shape: `base` https://relay.example, without a path."""
    return base.rstrip("/") + _PATH + hub_id + "." + letters(secret)


def read(text):
    """The secret of 16 bytes. Errors: BadLabel."""
    bits = 0
    count = 0
    taken = 0
    found = bytearray()
    for character in text.strip():
        if character in "- \t":
            continue
        character = character.upper()
        value = _ALPHABET.find(_MISREAD.get(character, character))
        if value < 0:
            raise BadLabel("The label's code has letters and the digits 2 to 7 only. Look at it again, or scan it.")
        taken += 1
        bits = bits << 5 | value
        count += 5
        if count >= 8:
            count -= 8
            found.append(bits >> count & 255)
        bits &= (1 << count) - 1
    if taken != LETTERS:
        raise BadLabel(
            "The label's code has %d letters, %d were read. If it is torn, take another hub and send this one back"
            " to the bench for a new label." % (LETTERS, taken)
        )
    if bits:
        raise BadLabel("The label's last letter cannot be right. Look at it again, or scan it.")
    return bytes(found)


def read_url(text):
    """(hub_id, secret) of a scanned QR code, or of "hub_id letters" typed in. Errors: BadLabel."""
    text = text.strip()
    place = text.find(_PATH)
    rest = text[place + len(_PATH) :] if place >= 0 else text
    hub_id, dot, code = rest.partition("." if "." in rest else " ")
    if not dot or not topics.is_hub_id(hub_id):
        raise BadLabel(
            "This is no label of a hub: it should be an address that ends in /install#… or the hub's name, a space"
            " and the code."
        )
    return hub_id, read(code)
