"""What is said next, and what is cut off for it. Decides by urgency alone; never how a sentence sounds.

Rule 1. What has just begun goes before how it goes on, that before what may be taken back, and all before technical
matters. A sentence that must give way stops at once, and is said from its beginning later.
Rule 2. What is no longer true is not said: a later step of a call silences the earlier ones that wait, and
"not delivered yet" even in the middle of a word.
Rule 3. A sentence waits once, and so many wait at most; the least urgent goes, and is counted.
"""

from . import prompts

WAITING_MAX = 8
BEGUN, GOING_ON, ASIDE, TECHNICAL = 0, 1, 2, 3

_BEGUN = (
    prompts.HEARD,
    prompts.SMOKE,
    prompts.GAS,
    prompts.CO,
    prompts.FLOOD,
    prompts.FALL,
    prompts.INACTIVITY,
    prompts.ARE_YOU_WELL,
)
# How a call goes on, in order: a later one makes the earlier ones untrue.
_STEPS = (
    prompts.NOT_DELIVERED,
    prompts.DELIVERED,
    prompts.ACKNOWLEDGED,
    prompts.ON_THE_WAY,
    prompts.ARRIVED,
    prompts.CLEARED,
)
_ASIDE = (prompts.BUTTON_UNVERIFIED, prompts.TEST_CALL, prompts.CANCELLED, prompts.CANNOT_CANCEL)
# The end of a matter makes its beginning untrue.
_ENDS = {
    prompts.MAINS_RESTORED: prompts.MAINS_LOST,
    prompts.SENSOR_RESTORED: prompts.SENSOR_OVERDUE,
    prompts.WIRE_MENDED: prompts.WIRE_CUT,
    prompts.LINK_RESTORED: prompts.LINK_LOST,
    prompts.CANCELLED: prompts.ARE_YOU_WELL,
}


def urgency(prompt):
    """BEGUN is the most urgent."""
    if prompt in _BEGUN:
        return BEGUN
    if prompt in _STEPS:
        return GOING_ON
    return ASIDE if prompt in _ASIDE else TECHNICAL


def _is_untrue(old, new):
    """Does saying `new` make `old` untrue?"""
    if _ENDS.get(new) == old:
        return True
    return old in _STEPS and new in _STEPS and _STEPS.index(old) < _STEPS.index(new)


class Speech:
    """The sentences of a home. Shape: a sentence is (prompt, who, minutes, is_quiet)."""

    def __init__(self):
        self.current = None
        self.left_out = 0
        self._waiting = []

    def say(self, sentence):
        """Take a sentence in. True: what is being said must stop at once."""
        prompt = sentence[0]
        self._waiting = [s for s in self._waiting if not _is_untrue(s[0], prompt) and s != sentence]
        self._insert(sentence, False)
        if len(self._waiting) > WAITING_MAX:
            self._waiting.pop()
            self.left_out += 1
        if self.current is None:
            return False
        if _is_untrue(self.current[0], prompt) and self.current[0] in (prompts.NOT_DELIVERED, prompts.ARE_YOU_WELL):
            self.current = None
            return True
        return self.hush(urgency(prompt))

    def hush(self, least=GOING_ON):
        """Something more urgent must be heard. True: what is being said must stop; it is said again later."""
        if self.current is None or urgency(self.current[0]) <= least:
            return False
        if self.current not in self._waiting:
            self._insert(self.current, True)
        self.current = None
        return True

    def _insert(self, sentence, is_first):
        """Behind the more urgent ones, and behind its equals unless it is to be the first of them."""
        rank = urgency(sentence[0])
        at = 0
        while at < len(self._waiting):
            other = urgency(self._waiting[at][0])
            if other > rank or (is_first and other == rank):
                break
            at += 1
        self._waiting.insert(at, sentence)

    def begin(self):
        """The sentence to say now, or None."""
        self.current = self._waiting.pop(0) if self._waiting else None
        return self.current

    def ended(self, sentence):
        """That sentence has been said, or cannot be."""
        if self.current is sentence:
            self.current = None
