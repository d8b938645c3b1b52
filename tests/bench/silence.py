"""Ninety days of seven kinds of resident: what the watch over silence raises for nothing, and how soon for cause.

Each lives a life of signs (motion, door) made by chance from a seed; the hub's own rules watch it. A resident who is at
home and well answers a question more or less surely; nobody answers who is away. A collapse is tried at every hour of
three days: the time until the alarm is raised, pre-alarm included. Nothing here is measured in real homes.
"""

from __future__ import annotations

import copy
import os
import random
from dataclasses import dataclass, field
from typing import Any

from hub.quiet.silence import ASK, ASK_ALOUD, BATHROOM, BED, HOUR_MS, Silence

MINUTE_MS, DAY_MS = 60_000, 24 * HOUR_MS
DAYS = 90
MONDAY_MS = 20_779 * DAY_MS + 4 * DAY_MS  # a Monday, 0:00 on the wall clock of the home
PRE_ALARM_MS = 20_000
ANSWERS = {ASK: 0.5, ASK_ALOUD: 0.85, "suspect": 0.9}  # of those who are at home and well, and awake for it
Sign = tuple[int, str]  # (ms, what): motion, door; bath: motion in the bathroom; bed and up: lies down, gets up


@dataclass
class Life:
    """Signs in order; spans of absence [(from, to)]; spans in which some or all sensors are dead [(from, to, all)]."""

    signs: list[Sign] = field(default_factory=list)
    away: list[tuple[int, int]] = field(default_factory=list)
    blind: list[tuple[int, int, bool]] = field(default_factory=list)

    def is_away(self, at: int) -> bool:
        return any(begin <= at < end for begin, end in self.away)


def _at(day: int, hours: float) -> int:
    return MONDAY_MS + day * DAY_MS + round(hours * HOUR_MS)


def _awake(chance: random.Random, life: Life, begin: int, end: int, apart_min: float = 25) -> None:
    """Motion now and then."""
    at = begin
    while at < end:
        life.signs.append((at, "motion"))
        at += round(chance.expovariate(1 / (apart_min * MINUTE_MS))) + MINUTE_MS


def _out(chance: random.Random, life: Life, begin: int, end: int) -> None:
    """Out of the door, and back through it."""
    life.signs += [(begin - 2 * MINUTE_MS, "motion"), (begin, "door"), (begin + 10_000, "door")]
    life.signs += [(end, "door"), (end + 10_000, "door"), (end + MINUTE_MS, "motion")]
    life.away.append((begin, end))


def _day(
    chance: random.Random, life: Life, day: int, up: float, down: float, outing: float, nap: bool, walks: int
) -> None:
    up, down = chance.gauss(up, 0.4), chance.gauss(down, 0.5)
    times = [(up, down)]
    if nap:
        start = chance.gauss(13, 0.4)
        length = max(0.4, chance.gauss(1.4, 0.4))
        times = [(up, start), (start + length, down)]
    if chance.random() < outing:
        begin = chance.gauss(9.3, 0.5)
        length = max(0.4, chance.gauss(1.8, 0.8))
        cut = []
        for a, b in times:
            cut += [(a, min(b, begin)), (max(a, begin + length), b)]
        times = cut
        _out(chance, life, _at(day, begin), _at(day, begin + length))
    for a, b in times:
        if a < b:
            _awake(chance, life, _at(day, a), _at(day, b))
    for _ in range(walks):
        walk = _at(day, chance.uniform(24, 29.5))
        life.signs += [(walk, "motion"), (walk + 4 * MINUTE_MS, "motion")]


def early_riser(chance: random.Random) -> Life:
    life = Life()
    for day in range(DAYS):
        _day(chance, life, day, 5.3, 21, 0.7, True, 0)
    return life


def night_walker(chance: random.Random) -> Life:
    life = Life()
    for day in range(DAYS):
        _day(chance, life, day, 8, 23.5, 0.4, True, chance.choice((1, 2, 2, 3)))
    return life


def weekends_away(chance: random.Random) -> Life:
    life = Life()
    for day in range(DAYS):
        if day % 7 == 5:
            begin = _at(day, chance.gauss(9, 0.4))
            _awake(chance, life, _at(day, 7), begin - 5 * MINUTE_MS)
            _out(chance, life, begin, _at(day + 1, chance.gauss(19.5, 0.7)))
        elif day % 7 == 6:
            _awake(chance, life, _at(day, 20.7), _at(day, 22.3))
        else:
            _day(chance, life, day, 7, 22.3, 0.5, False, 0)
    return life


def hospital_stay(chance: random.Random) -> Life:
    life = Life()
    begin, end = _at(30, 10), _at(42, 15)
    for day in range(DAYS):
        _day(chance, life, day, 6.5, 22, 0.5, True, 1)
    life.signs = [sign for sign in life.signs if not begin <= sign[0] <= end]
    life.away = [span for span in life.away if not begin - 3 * HOUR_MS <= span[0] <= end]
    _out(chance, life, begin, end)
    return life


def battery_dying(chance: random.Random) -> Life:
    """One sensor of three is dead from day 40 to 60; all of them from day 75 to 78."""
    life = night_walker(chance)
    life.blind = [(_at(40, 3), _at(60, 11), False), (_at(75, 3), _at(78, 11), True)]
    kept = []
    for at, what in life.signs:
        spans = [is_all for begin, end, is_all in life.blind if begin <= at < end]
        if not spans or (not spans[0] and (what == "door" or chance.random() < 0.6)):
            kept.append((at, what))
    life.signs = kept
    return life


def couple_with_carer(chance: random.Random) -> Life:
    life = Life()
    for day in range(DAYS):
        for up, down in ((6, 21.5), (7.5, 23)):
            _day(chance, life, day, up, down, 0.0, False, 1)
        visit = _at(day, chance.gauss(9, 0.3))
        life.signs += [(visit, "door"), (visit + MINUTE_MS, "motion"), (visit + HOUR_MS, "door")]
        _awake(chance, life, visit, visit + HOUR_MS, 5)
    return life


def bed_and_bath(chance: random.Random) -> Life:
    """One who sleeps long, gets up at night, sits long in the bathroom; sensors in both rooms."""
    life = Life()
    for day in range(DAYS):
        up, down = chance.gauss(8, 0.5), chance.gauss(21.5, 0.5)
        life.signs += [(_at(day, up), "up"), (_at(day, down), "bed")]
        _awake(chance, life, _at(day, up), _at(day, down) - 5 * MINUTE_MS)
        for hour in [chance.uniform(up, down - 1.5) for _ in range(5)]:
            _bath(chance, life, _at(day, hour), 8)
        for hour in [chance.uniform(24, 30) for _ in range(chance.choice((1, 2, 3)))]:
            walk = _at(day, hour)
            life.signs.append((walk, "up"))
            life.signs.append((_bath(chance, life, walk + MINUTE_MS, 6) + MINUTE_MS, "bed"))
    return life


def _bath(chance: random.Random, life: Life, begin: int, mean_min: float) -> int:
    """In there, now and then moving, and out again; when."""
    end = begin + round(min(55, 2 + chance.expovariate(1 / mean_min)) * MINUTE_MS)
    life.signs = [sign for sign in life.signs if not begin <= sign[0] <= end]
    life.signs += [(at, "bath") for at in range(begin, end, 4 * MINUTE_MS)] + [(end, "motion")]
    return end


KINDS = {
    "early_riser": early_riser,
    "night_walker": night_walker,
    "weekends_away": weekends_away,
    "hospital_stay": hospital_stay,
    "battery_dying": battery_dying,
    "couple_with_carer": couple_with_carer,
    "bed_and_bath": bed_and_bath,
}


@dataclass
class Result:
    questions: int = 0  # asked of somebody who was well
    false_alarms: int = 0
    delays_ms: list[int] = field(default_factory=list)  # of the collapses


def _raised_at(watch: Silence, limit_ms: int) -> int | None:
    """When a home in which nobody answers any more has its alarm; None: not before the limit."""
    while (due := watch.next_ms()) is not None and due < limit_ms:
        if watch.tick(due) == "suspect":
            return due + PRE_ALARM_MS
    return None


def live(kind: str, seed: int) -> Result:
    """Ninety days of one home."""
    chance = random.Random(f"{kind} {seed}")
    life = KINDS[kind](chance)
    life.signs.sort()
    result = Result()
    # Collapses: at each hour of three days, the last a Sunday, if the resident is at home then.
    falls = [_at(day, hour + chance.random()) for day in (64, 66, 69) for hour in range(24)]
    falls = sorted(at for at in falls if not life.is_away(at) and not any(a <= at < b for a, b, _ in life.blind))
    signs = iter([*life.signs, (_at(DAYS, 0), "end")])
    at, what = next(signs)
    watch = Silence(MONDAY_MS)
    while what != "end":
        spans = [is_all for begin, end, is_all in life.blind if begin + HOUR_MS <= at < end]
        watch.blinded(bool(spans), any(spans), at)
        while falls and falls[0] < at:
            fallen = falls.pop(0)
            raised = _raised_at(copy.deepcopy(watch), fallen + 72 * HOUR_MS)
            if raised is not None and raised > fallen:
                result.delays_ms.append(raised - fallen)
        due = watch.next_ms()
        if due is not None and due < at:
            step = watch.tick(due)
            result.questions += step == ASK and not life.is_away(due)
            is_there = not life.is_away(due)
            if step is not None and is_there and chance.random() < ANSWERS[step]:
                watch.lived(due + 30_000, due + 30_000)
            elif step == "suspect":
                result.false_alarms += 1
            continue
        if what in ("bed", "up"):
            watch.lay(at, what == "bed")
        if what != "up":  # an empty bed is no sign of life
            watch.lived(at, at, what == "door", {"bath": BATHROOM, "bed": BED}.get(what))
        at, what = next(signs)
    return result


async def run(report: Any, quantile: Any) -> None:
    seeds = int(os.environ.get("SILENCE_SEEDS", "5"))
    for kind in KINDS:
        results = [live(kind, seed) for seed in range(seeds)]
        months = seeds * DAYS / 30
        hours = [delay / HOUR_MS for result in results for delay in result.delays_ms]
        report("silence", f"{kind}_false_alarms", sum(r.false_alarms for r in results) / months, "per month")
        report("silence", f"{kind}_questions", sum(r.questions for r in results) / months, "per month")
        report("silence", f"{kind}_collapses", len(hours), "collapses")
        report("silence", f"{kind}_alarm_after_median", quantile(hours, 0.5), "h")
        report("silence", f"{kind}_alarm_after_worst", max(hours), "h")
