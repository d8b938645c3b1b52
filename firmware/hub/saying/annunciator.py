"""What the home hears and sees: the one sound and the one light that are right now. Decides by state alone.

It must not know how a siren is driven. Priority: an alarm for life, then an unverified button, then a test call, then a
technical matter, then peace. Among alarms for life the one that has come least far speaks for the home.
"""

from protocol import vocabulary

from .. import actions
from . import prompts

SIREN_MS = 60000  # then the softer calling tone: the home must be able to hear the voice that answers
# A receipt may come within milliseconds: the siren is heard for so long all the same, or nobody would believe it.
SIREN_LEAST_MS = 3000
UNDELIVERED_FIRST_MS = 10000
UNDELIVERED_AGAIN_MS = 60000

NIGHT_FROM_H, NIGHT_TO_H = 22, 7

_LIGHTS = {
    vocabulary.PRE_ALARM: actions.AMBER,
    vocabulary.RAISED: actions.RED,
    vocabulary.RECEIVED: actions.ORANGE,
    vocabulary.ACKNOWLEDGED: actions.BLUE,
    vocabulary.ON_THE_WAY: actions.BLUE,
    vocabulary.ARRIVED: actions.GREEN,
}
# Which open alarm speaks for the home: the one that has come least far, so that nothing is hidden by a better one.
_ORDER = (
    vocabulary.RAISED,
    vocabulary.PRE_ALARM,
    vocabulary.RECEIVED,
    vocabulary.ACKNOWLEDGED,
    vocabulary.ON_THE_WAY,
    vocabulary.ARRIVED,
)
PROMPT_OF_STEP = {
    vocabulary.RECEIVED: prompts.DELIVERED,
    vocabulary.ACKNOWLEDGED: prompts.ACKNOWLEDGED,
    vocabulary.ON_THE_WAY: prompts.ON_THE_WAY,
    vocabulary.ARRIVED: prompts.ARRIVED,
    vocabulary.CLEARED: prompts.CLEARED,
    vocabulary.CANCELLED: prompts.CANCELLED,
}
# What is said when an alarm of this kind is raised.
PROMPT_OF_KIND = {
    vocabulary.HELP: prompts.HEARD,
    vocabulary.UNVERIFIED: prompts.BUTTON_UNVERIFIED,
    vocabulary.SMOKE: prompts.SMOKE,
    vocabulary.GAS: prompts.GAS,
    vocabulary.CO: prompts.CO,
    vocabulary.FLOOD: prompts.FLOOD,
    vocabulary.FALL: prompts.FALL,
    vocabulary.INACTIVITY: prompts.INACTIVITY,
    vocabulary.TEST: prompts.TEST_CALL,
}
_RANK_OF_KIND = {vocabulary.UNVERIFIED: 100, vocabulary.TEST: 200}


def foremost(alarms):
    """The open alarm that speaks for the home, or None."""
    best = None
    best_rank = None
    for alarm in alarms:
        if not alarm.is_open():
            continue
        rank = _ORDER.index(alarm.state) + _RANK_OF_KIND.get(alarm.kind, 0)
        if best_rank is None or rank < best_rank:
            best, best_rank = alarm, rank
    return best


def is_night(utc_ms, utc_offset_min):
    """Is it night in the home? With no clock to be trusted it is: better too soft than a fright at three."""
    if utc_ms is None:
        return True
    hour = (utc_ms // 60000 + utc_offset_min) // 60 % 24
    return hour >= NIGHT_FROM_H or hour < NIGHT_TO_H


def night_change_ms(utc_ms, utc_offset_min):
    """How many ms until night becomes day, or day night."""
    minute_ms = (utc_ms + utc_offset_min * 60000) % 86400000
    limits = (NIGHT_TO_H * 3600000, NIGHT_FROM_H * 3600000, 86400000 + NIGHT_TO_H * 3600000)
    return min([limit - minute_ms for limit in limits if limit > minute_ms])


def present(alarms, now_ms, has_matter=False, is_quiet=False):
    """(sound, light, change_ms): what is right now, and when it may change by itself (or None)."""
    alarm = foremost(alarms)
    if alarm is None:
        if has_matter:
            return actions.SILENT if is_quiet else actions.NOTICE, actions.DIM, None
        return actions.SILENT, actions.SAFE, None
    light = _LIGHTS[alarm.state]
    if alarm.kind == vocabulary.UNVERIFIED:  # seen and said, never a siren: it may be somebody's prank
        return actions.SILENT, actions.AMBER if alarm.state == vocabulary.RAISED else light, None
    if alarm.kind == vocabulary.TEST:  # softly: nobody is to run
        is_waiting = alarm.state in (vocabulary.RAISED, vocabulary.RECEIVED)
        return actions.CALLING if is_waiting else actions.SILENT, actions.WHITE if is_waiting else light, None
    if alarm.state == vocabulary.PRE_ALARM:
        return actions.QUESTION, light, None
    if alarm.state == vocabulary.RAISED:
        loud_until_ms = alarm.since_ms + SIREN_MS
        if now_ms < loud_until_ms:
            return actions.SIREN, light, loud_until_ms
        return actions.CALLING, light, None
    if alarm.state == vocabulary.RECEIVED:
        if alarm.raised_ms is not None and now_ms < alarm.raised_ms + SIREN_LEAST_MS:
            return actions.SIREN, light, alarm.raised_ms + SIREN_LEAST_MS
        return actions.CALLING, light, None
    return actions.SILENT, light, None


def is_undelivered(alarm):
    """Does the home still wait to hear that this alarm got through?"""
    return alarm.state == vocabulary.RAISED


def undelivered_due_ms(alarm, told):
    """When the home is next told "not delivered yet", having been told `told` times."""
    return alarm.since_ms + UNDELIVERED_FIRST_MS + told * UNDELIVERED_AGAIN_MS
