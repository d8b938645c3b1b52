"""What resistors and distances come to: the levels on the wired button's line, and the siren's loudness at the bed.

The line's levels are taken at the worst of all tolerances. Loudness is a free-field model: the element's data sheet,
the drive, 20 lg of the distance, and losses. The room's reflections add to it; they are not counted.
"""

from __future__ import annotations

import math
from typing import Any

from .source import Source


def line_levels(line: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """State of the line to (lowest, highest) mV."""
    up, end, press, wire = line["pull_up_ohm"], line["end_ohm"], line["press_ohm"], line["wire_ohm"]

    def spread(low_ohm: float, high_ohm: float) -> tuple[int, int]:
        part = line["tolerance_pct"] / 100
        worst = [
            line["supply_mv"] * supply * down * lower / (down * lower + up * upper)
            for down in (low_ohm, high_ohm)
            for lower in (1 - part, 1 + part)
            for upper in (1 - part, 1 + part)
            for supply in (1 - part, 1 + part)
        ]
        return math.floor(min(worst)), math.ceil(max(worst))

    one = end * press / (end + press)
    all_pressed = 1 / (1 / end + line["buttons"] / press)
    low_supply, high_supply = (line["supply_mv"] * (1 + sign * line["tolerance_pct"] / 100) for sign in (-1, 1))
    return {
        "short": (0, math.ceil(high_supply * wire / (wire + up))),
        "pressed": (spread(all_pressed, all_pressed)[0], spread(one, one + wire)[1]),
        "rest": spread(end, end + wire),
        "cut": (math.floor(min(low_supply, 3100)), math.ceil(high_supply)),
    }


def line_faults(source: Source) -> list[str]:
    """Each state must lie between its thresholds, and the hardware path must close at a press and only then."""
    line = source.data["line"]
    levels = line_levels(line)
    found = []
    bounds = (
        ("short", 0, line["short_below_mv"]),
        ("pressed", line["short_below_mv"], line["pressed_below_mv"]),
        ("rest", line["pressed_below_mv"], line["cut_above_mv"]),
        ("cut", line["cut_above_mv"], 4000),
    )
    for state, low, high in bounds:
        if levels[state][0] < low or levels[state][1] >= high:
            found.append(f"line: {state} is {levels[state][0]} to {levels[state][1]} mV, and must be {low} to {high}")
    if not levels["pressed"][1] < line["comparator_mv"] < levels["rest"][0]:
        found.append(f"line: the comparator's {line['comparator_mv']} mV do not lie between pressed and rest")
    return found


def one_metre_db(sound: dict[str, Any]) -> float:
    """The siren at 1 m, losses of the case and of age taken off."""
    level = sound["element_db"] + 20 * math.log10(sound["drive_vpp"] / sound["element_vpp"])
    level += 20 * math.log10(sound["element_m"])
    return level - sound["loss_grille_db"] - sound["loss_ageing_db"]


def loudness(sound: dict[str, Any], place: dict[str, Any]) -> float:
    """dB(A) at the pillow. At 3 kHz the A weighting is +1 dB, which is not counted."""
    return one_metre_db(sound) - 20 * math.log10(place["metres"]) - place["doors"] * sound["loss_door_db"]


def sound_faults(source: Source) -> list[str]:
    sound = source.data["sound"]
    found = [
        f"sound: {loudness(sound, place):.1f} dB(A) at {place['name']}, {sound['must_dba']} are promised"
        for place in sound["place"]
        if place["is_promise"] and loudness(sound, place) < sound["must_dba"]
    ]
    if not any(place["is_promise"] for place in sound["place"]):
        found.append("sound: no place is promised. Remedy: set is_promise for the bedroom")
    return found


def page(source: Source) -> str:
    """Line and loudness, for people."""
    sound, line = source.data["sound"], source.data["line"]
    out = ["# The button's line and the siren, by calculation", "", "Nothing here has been measured.", ""]
    out += ["| line | lowest mV | highest mV |", "|---|---|---|"]
    out += [f"| {state} | {low} | {high} |" for state, (low, high) in line_levels(line).items()]
    out += [
        "",
        f"Thresholds: short below {line['short_below_mv']}, pressed below {line['pressed_below_mv']}, cut above "
        f"{line['cut_above_mv']} mV; the hardware path closes below {line['comparator_mv']} mV. All resistors and the "
        f"supply {line['tolerance_pct']} % off at once; {line['buttons']} buttons pressed at once; wire of "
        f"{line['wire_ohm']} ohm. A short longer away than that reads as pressed, which raises the alarm too.",
        "",
        f"Siren: {sound['element_db']} dB at {sound['element_m']} m and {sound['element_vpp']} Vpp (data sheet), "
        f"driven with {sound['drive_vpp']} Vpp; {sound['loss_grille_db']} dB lost in the case, "
        f"{sound['loss_ageing_db']} dB by age; at 1 m {one_metre_db(sound):.1f} dB(A).",
        "",
        "| place | dB(A) at the pillow | wakes (75) |",
        "|---|---|---|",
    ]
    for place in sound["place"]:
        level = loudness(sound, place)
        wakes = "yes" if level >= sound["must_dba"] else "**no**"
        out.append(f"| {place['name']}, {place['metres']} m | {level:.1f} | {wakes} |")
    return "\n".join(out) + "\n"
