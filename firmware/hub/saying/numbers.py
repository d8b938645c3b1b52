"""The words of numbers, for whoever records them; a hub plays their clips and never loads this file."""

from .prompts import TWO_OF

_ZH = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
_EN = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen").split() + (
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty"}


def number_texts(language):
    """{clip: words} of all that numbers are put together from."""
    if language == "en":
        found = {"number-%d" % n: _EN[n] for n in range(1, 20)}
        found.update({"number-%d" % n: word for n, word in _TENS.items()})
        return found
    found = {"number-%d" % n: _ZH[n] for n in range(1, 11)}
    found[TWO_OF] = "两"
    return found
