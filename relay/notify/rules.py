"""What a message says, and when it is tried again. Pure.

Rule 1: a short message has at most 70 characters (one part in any script) and no word about health.
Rule 2: a message that could not be sent is tried again with back-off; at the last try it is given up, and that is
told: the next person is asked instead.
Rule 3: once the alarm is in somebody's hands, a call for help that is still waiting is not sent any more.
"""

from dataclasses import dataclass
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from protocol import vocabulary as words

TEXT_MAX = 70
SMS, VOICE, CHAT = "sms", "voice", "chat"
CHANNELS = (SMS, VOICE, CHAT)
RAISED, TAKEN, CLOSED, OVERDUE = "raised", "taken", "closed", "overdue"
OWN = "own"  # an operator's own words
OWN_MAX = 40  # of its characters: with the sender's name and the home it stays one part
PURPOSES = (RAISED, TAKEN, CLOSED, OVERDUE, OWN)
STAFF, CONTACT = "staff", "contact"

WAITING, SENDING, SENT, DELIVERED = "waiting", "sending", "sent", "delivered"
FAILED, NOT_NEEDED = "failed", "not_needed"
STATES = (WAITING, SENDING, SENT, DELIVERED, FAILED, NOT_NEEDED)

BACKOFF_MS = (5_000, 15_000, 45_000, 120_000)  # after the first, second, … failed try
TRIES_MAX = len(BACKOFF_MS) + 1
LEASE_MS = 120_000  # a message taken to be sent by a relay that died is taken again after this; longer than any try
TIME_ZONE = ZoneInfo("Asia/Shanghai")

KINDS = {
    words.HELP: ("按下求助键", "pressed for help"),
    words.FALL: ("可能跌倒", "may have fallen"),
    words.INACTIVITY: ("长时间没有动静", "no movement for long"),
    words.SMOKE: ("家中烟雾报警", "smoke alarm at home"),
    words.GAS: ("家中燃气报警", "gas alarm at home"),
    words.CO: ("家中一氧化碳报警", "CO alarm at home"),
    words.FLOOD: ("家中漏水报警", "water alarm at home"),
    words.TEST: ("测试呼叫", "test call"),
    words.UNVERIFIED: ("求助键信号待核实", "unclear call for help"),
}
_TEXTS = {
    (RAISED, CONTACT): (
        "【安铃】{name}{kind}（{time}），社区正在处理。请致电本人。",
        "Anling: {name} {kind} {time}. Please call them.",
    ),
    (RAISED, STAFF): (
        "【安铃】{place}{name}{kind}（{time}），尚无人接警，请立即处理！",
        "Anling: {place} {name} {kind} {time}. NOT TAKEN YET!",
    ),
    (TAKEN, CONTACT): (
        "【安铃】{who}已接警，正在处理{name}的呼叫（{time}）。",
        "Anling: {who} has taken the call of {name} ({time}).",
    ),
    (CLOSED, CONTACT): (
        "【安铃】{name}的呼叫（{time}）已处理完毕。",
        "Anling: the call of {name} ({time}) is dealt with.",
    ),
    (OVERDUE, STAFF): (
        "【安铃】{place}{name}（{time}）已超时：{why}，请督办。",
        "Anling: {place} {name} ({time}) is late: {why}.",
    ),
}
WHY = {
    "not_accepted": ("出警人员未确认", "not accepted"),
    "arrival_overdue": ("仍未到达", "nobody there"),
    "still_open": ("仍未结案", "not closed"),
}


@dataclass(frozen=True)
class Facts:
    """What a text may name. Shape: `name` of the resident, `place` the home's label, `at` UTC ms."""

    name: str
    place: str
    kind: str
    at: int
    who: str = ""
    why: str = ""


def length(text: str) -> int:
    """How long a network counts a text: rare characters (𠮷) and pictures count twice."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _cut(text: str, most: int) -> str:
    while length(text) > most:
        text = text[: min(most, len(text) - 1)]
    return text


def text(purpose: str, to: str, language: str, facts: Facts) -> str:
    """The message, never longer than TEXT_MAX: what is too long is the name, then the place."""
    forms = _TEXTS.get((purpose, to)) or _TEXTS.get((purpose, CONTACT)) or _TEXTS[purpose, STAFF]
    index = 0 if language == "zh" else 1
    form = forms[index]
    time = datetime.fromtimestamp(facts.at / 1000, timezone.utc).astimezone(TIME_ZONE).strftime("%H:%M")
    kind = KINDS.get(facts.kind, KINDS[words.HELP])[index]
    why = WHY.get(facts.why, ("", ""))[index]
    name, place, who = facts.name, facts.place, facts.who
    while True:
        made = " ".join(form.format(name=name, place=place, kind=kind, time=time, who=who, why=why).split())
        over = length(made) - TEXT_MAX
        if over <= 0:
            return made
        if len(name) > 4:
            name = _shorter(name, over, 4)
        elif len(place) > 6:
            place = _shorter(place, over, 6)
        elif len(who) > 4:
            who = _shorter(who, over, 4)
        else:
            return _cut(made, TEXT_MAX)


def own_text(text: str, place: str, language: str, to: str) -> str:
    """An operator's own words. Staff are told which home; a family knows."""
    name = "【安铃】" if language == "zh" else "Anling: "
    where = f"{place} " if to == STAFF else ""
    return _cut(name + _cut(where, max(0, TEXT_MAX - length(name) - length(text))) + text, TEXT_MAX)


def _shorter(text: str, over: int, least: int) -> str:
    return text[: max(least, len(text) - over - 1)].rstrip() + "…" if len(text) - over - 1 > least else text[:least]


def kind_in(language: str, kind: str) -> str:
    """What happened, as a gateway's own template names it."""
    return KINDS.get(kind, KINDS[words.HELP])[0 if language == "zh" else 1]


def next_try_at(attempts: int, now: int) -> int | None:
    """When to try again after this many failed attempts; None: never."""
    return now + BACKOFF_MS[attempts - 1] if attempts < TRIES_MAX else None
