"""The rules on pins: which a variant may use for what, and whether the firmware's names are all there. Says faults, in
sentences; an empty list is a pass. Also the pin table.

Ref: ESP32-S3 data sheet (pin overview, strapping pins) as [chip] in hub.toml gives it.
"""

from __future__ import annotations

import pathlib
import re

from .source import ROOT, Source, Variant

_NAMED = re.compile(r"\bboard\.([A-Z0-9_]+_PIN)\b")


def faults(source: Source, variant: Variant) -> list[str]:
    """What is wrong with this variant's pins."""
    chip = source.data["chip"]
    found: list[str] = []
    users: dict[int, str] = {}
    for signal, number in variant.pins.items():
        if number is None:
            continue
        if number in users:
            found.append(f"{variant.name}: GPIO{number} is used twice, by {users[number]} and {signal}")
        users.setdefault(number, signal)
        reason = _why_not(chip, variant, signal, number, source.data["signal"][signal]["kind"])
        if reason:
            found.append(f"{variant.name}: {signal} may not be GPIO{number}: {reason}")
    return found


def _why_not(chip: dict[str, list[int]], variant: Variant, signal: str, number: int, kind: str) -> str:
    if number not in chip["gpios"]:
        return "the chip has no such pin"
    for group, text in (("strapping", "a strapping pin"), ("flash", "it belongs to the flash"), ("usb", "USB")):
        if number in chip[group]:
            return text
    if variant.octal_psram and number in chip["octal_psram"]:
        return "it belongs to the octal PSRAM"
    if number in variant.occupied:
        return "the board's maker has put something there"
    if kind == "analogue" and number not in chip["adc1"]:
        return "an analogue input must be on ADC1 (GPIO1 to 10), because Wi-Fi takes ADC2"
    sender, receiver = chip["console"]
    if number == sender or (number == receiver and kind == "out"):
        return "the boot loader talks there"
    return ""


def named_by_firmware(firmware: pathlib.Path = ROOT / "firmware") -> set[str]:
    """Every pin that a driver asks its board for."""
    found: set[str] = set()
    for path in sorted((firmware / "device").rglob("*.py")):
        found |= set(_NAMED.findall(path.read_text("utf-8")))
    return found


def firmware_faults(source: Source) -> list[str]:
    """Pins that the firmware names and hub.toml does not know."""
    return [
        f"the firmware names board.{name}; [signal] does not"
        for name in sorted(named_by_firmware() - set(source.data["signal"]))
    ]


def table(source: Source, variant: Variant) -> str:
    """The pin table, for people."""
    lines = [
        f"# Pins of {variant.name}",
        "",
        variant.text + ".",
        "",
        "| signal | GPIO | direction | what | goes to |",
        "|---|---|---|---|---|",
    ]
    for signal, about in source.data["signal"].items():
        number = variant.pins[signal]
        if number is None:
            continue
        ends = [net for net in variant.nets.values() if (variant.mcu, f"GPIO{number}") in net]
        goes = (
            ", ".join(f"{ref}.{pin}" for ref, pin in ends[0] if ref != variant.mcu) if ends else "on the board itself"
        )
        lines.append(f"| {signal} | {number} | {about['kind']} | {about['text']} | {goes} |")
    without = [signal for signal, number in variant.pins.items() if number is None]
    lines += ["", "Not there: " + (", ".join(without) or "nothing") + "."]
    return "\n".join(lines) + "\n"
