"""What the home hears and sees: the one sound and the one light that are right now. Decides by state alone.

It must not know how a siren is driven. Priority: an alarm for life, then an unverified button, then peace.
"""

from protocol import vocabulary

from . import actions, prompts

SIREN_MS = 60000  # then the softer calling tone: the home must be able to hear the voice that answers
# A receipt may come within milliseconds: the siren is heard for so long all the same, or nobody would believe it.
SIREN_LEAST_MS = 3000
UNDELIVERED_FIRST_MS = 10000
UNDELIVERED_AGAIN_MS = 60000

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
}


def foremost(alarms):
    """The open alarm that speaks for the home, or None."""
    best = None
    best_rank = None
    for alarm in alarms:
        if not alarm.is_open():
            continue
        rank = _ORDER.index(alarm.state) + (100 if alarm.kind == vocabulary.UNVERIFIED else 0)
        if best_rank is None or rank < best_rank:
            best, best_rank = alarm, rank
    return best


def present(alarms, now_ms):
    """(sound, light, change_ms): what is right now, and when it may change by itself (or None)."""
    alarm = foremost(alarms)
    if alarm is None:
        return actions.SILENT, actions.SAFE, None
    light = _LIGHTS[alarm.state]
    if alarm.kind == vocabulary.UNVERIFIED:  # seen and said, never a siren: it may be somebody's prank
        return actions.SILENT, actions.AMBER if alarm.state == vocabulary.RAISED else light, None
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
