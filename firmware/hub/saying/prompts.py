"""What the hub says, word for word, in two languages: as a line of text, and as the names of recorded clips.

{who} and {minutes} are filled in. A prompt without them is one clip, called by its key; with them it is the pieces
around them, called key-1, key-2. Numbers are put together from few clips: a family can record all of them in
five minutes. It must not know how a clip is found or played.
"""

HEARD, NOT_DELIVERED, DELIVERED = "heard", "not_delivered", "delivered"
ACKNOWLEDGED, ON_THE_WAY, ARRIVED, CLEARED = "acknowledged", "on_the_way", "arrived", "cleared"
MAINS_LOST, MAINS_RESTORED = "mains_lost", "mains_restored"
BUTTON_UNVERIFIED = "button_unverified"
SOMEBODY = "somebody"
SMOKE, GAS, CO, FLOOD = "smoke", "gas", "co", "flood"
FALL, INACTIVITY, TEST_CALL = "fall", "inactivity", "test_call"
ARE_YOU_WELL, CANCELLED, CANNOT_CANCEL = "are_you_well", "cancelled", "cannot_cancel"
BATTERY_LOW, SENSOR_OVERDUE, SENSOR_RESTORED = "battery_low", "sensor_overdue", "sensor_restored"
WIRE_CUT, WIRE_MENDED, SELF_TEST_FAILED = "wire_cut", "wire_mended", "self_test_failed"
LINK_LOST, LINK_RESTORED = "link_lost", "link_restored"
# While somebody installs the hub.
INSTALL_OPEN, IDENTIFY, INSTALLED, NO_RELAY = "install_open", "identify", "installed", "no_relay"
WIFI_JOINED, WIFI_PASSWORD, WIFI_NOT_FOUND, WIFI_PORTAL = (
    "wifi_joined",
    "wifi_password",
    "wifi_not_found",
    "wifi_portal",
)

# Other words for a time that is none, one, or too long to count.
ON_THE_WAY_SOON, ON_THE_WAY_ONE, ON_THE_WAY_LONG = "on_the_way_soon", "on_the_way_one", "on_the_way_long"
MINUTES_MAX = 60

TWO_OF = "number-2-of"  # 两: before a measure word


def number_clips(language, n):
    """The clips of a number. Shape: 1 to 60."""
    if language == "en":
        parts = [n] if n < 20 else [n - n % 10] + ([n % 10] if n % 10 else [])
        return ["number-%d" % part for part in parts]
    if n == 2:
        return [TWO_OF]
    parts = ([n // 10] if n >= 20 else []) + ([10] if n >= 10 else []) + ([n % 10] if n % 10 else [])
    return ["number-%d" % part for part in parts]


def _wording(prompt, minutes):
    """The key of the words that fit this time."""
    if prompt != ON_THE_WAY:
        return prompt
    if not minutes:
        return ON_THE_WAY_SOON
    return ON_THE_WAY_ONE if minutes == 1 else prompt if minutes <= MINUTES_MAX else ON_THE_WAY_LONG


def _whole(language):
    """All sentences of this language as one text, which costs no heap on a board. Shape: "zh" or "en"."""
    if language == "en":
        from .en import TEXT
    else:
        from .zh import TEXT
    return TEXT


def keys():
    """Every key that has a sentence, in the order of the text."""
    return [line.split(":", 1)[0] for line in _whole("zh").split("\n") if line]


def sentence(key, language):
    """The words of a key. Errors: KeyError when it has none."""
    whole = _whole(language)
    at = whole.find("\n" + key + ":")
    if at < 0:
        raise KeyError(key)
    at += len(key) + 2
    return whole[at : whole.find("\n", at)]


def text(prompt, language, who, minutes):
    """The sentence of a prompt. Shape: language "zh" or "en"; who and minutes may be None."""
    words = sentence(_wording(prompt, minutes), language)
    if "{who}" in words:
        words = words.replace("{who}", who or sentence(SOMEBODY, language))
    if "{minutes}" in words:
        words = words.replace("{minutes}", str(minutes))
    return words


def pieces(key, language):
    """[(clip or placeholder, words)] of a wording: what is recorded, and the gaps between."""
    found = []
    rest = sentence(key, language)
    count = 0
    while rest:
        start = rest.find("{")
        if start == 0:
            end = rest.index("}") + 1
            found.append((rest[:end], None))
        else:
            end = start if start > 0 else len(rest)
            count += 1
            found.append((key + "-%d" % count, rest[:end].strip()))
        rest = rest[end:]
    return [(key, found[0][1])] if len(found) == 1 and count else found


def clips(prompt, language, who, minutes):
    """The clips of a sentence in order; "@name" stands for a person whose name may have been recorded."""
    found = []
    for name, _ in pieces(_wording(prompt, minutes), language):
        if name == "{who}":
            found.append("@" + who if who else SOMEBODY)
        elif name == "{minutes}":
            found += number_clips(language, minutes)
        else:
            found.append(name)
    return found


def all_clips(language):
    """{clip: words} of everything that a voice needs."""
    from .numbers import number_texts

    found = number_texts(language)
    for key in keys():
        for name, words in pieces(key, language):
            if words is not None:
                found[name] = words
    return found
