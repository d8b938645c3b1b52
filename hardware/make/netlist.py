"""Builds the circuit in skidl, runs its electrical rule check, and writes netlist and findings as plain text.

An error fails the build; so does a warning for which hub.toml gives no reason ([[erc]]), and a reason that is needed
by no variant. Needs skidl (extra `hardware`); `listing` alone does not.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from typing import Any

from .source import Source, Variant

_KINDS = {
    "in": "INPUT",
    "out": "OUTPUT",
    "bidir": "BIDIR",
    "passive": "PASSIVE",
    "power_in": "PWRIN",
    "power_out": "PWROUT",
    "open": "OPENCOLL",
    "nc": "NOCONNECT",
}
_OF_SIGNAL = {"out": "out", "in": "in", "analogue": "in"}


def pins_of(source: Source, variant: Variant) -> dict[str, dict[str, str]]:
    """Part to its pins and their kinds; the chip's GPIOs are those that the variant uses."""
    pins = {part.ref: dict(part.pins) for part in variant.parts if part.pins}
    for signal, number in variant.pins.items():
        if number is not None and signal not in variant.on_board:
            pins[variant.mcu][f"GPIO{number}"] = _OF_SIGNAL[source.data["signal"][signal]["kind"]]
    return pins


def listing(source: Source, variant: Variant) -> str:
    """The netlist: one net a line, then pins that are left open on purpose."""
    pins = pins_of(source, variant)
    lines = [f"# netlist of {variant.name}: net, then part.pin"]
    for net, ends in sorted(variant.nets.items()):
        lines.append(f"{net}: " + " ".join(sorted(f"{ref}.{pin}" for ref, pin in ends)))
    joined = {end for ends in variant.nets.values() for end in ends}
    open_pins = [f"{ref}.{pin}" for ref, own in sorted(pins.items()) for pin in own if (ref, pin) not in joined]
    lines.append("open: " + (" ".join(open_pins) or "none"))
    return "\n".join(lines) + "\n"


def faults(source: Source, variant: Variant) -> list[str]:
    """What can be told without skidl: a net with one end, a pin on two nets, an open pin that is not marked so."""
    pins = pins_of(source, variant)
    found = [f"{variant.name}: net {net} has one end only" for net, ends in variant.nets.items() if len(ends) < 2]
    ends = [end for net in variant.nets.values() for end in net]
    found += [
        f"{variant.name}: {ref}.{pin} is on two nets" for ref, pin in sorted({e for e in ends if ends.count(e) > 1})
    ]
    for ref, own in pins.items():
        for pin, kind in own.items():
            if ((ref, pin) in ends) == (kind == "nc"):
                state = "joined, though marked nc" if kind == "nc" else "open, and not marked nc"
                found.append(f"{variant.name}: {ref}.{pin} is {state}")
    return found


class _Findings(logging.Handler):
    """What the rule check says, by level."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []
        self.warnings: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = re.sub(r"\s+", " ", record.getMessage()).strip()
        if record.levelno >= logging.ERROR:
            self.errors.append(text)
        elif record.levelno >= logging.WARNING:
            self.warnings.append(text)


def check(source: Source, variant: Variant) -> tuple[str, list[str]]:
    """(the findings for people, what fails the build)."""
    errors, warnings = _run_skidl(source, variant)
    reasons: list[dict[str, Any]] = source.data.get("erc", [])
    failed = [f"{variant.name}: ERC: {error}" for error in errors]
    lines = [f"# ERC of {variant.name} by skidl: {len(errors)} errors, {len(warnings)} warnings", ""]
    lines += [f"error: {error}" for error in errors]
    for warning in warnings:
        why = next((reason["why"] for reason in reasons if reason["match"] in warning), "")
        lines += [f"warning: {warning}", f"    let be: {why}" if why else "    NO REASON GIVEN"]
        if not why:
            failed.append(f"{variant.name}: ERC warning without a reason in [[erc]]: {warning}")
    return "\n".join(lines).rstrip() + "\n", failed


def _run_skidl(source: Source, variant: Variant) -> tuple[list[str], list[str]]:
    here = os.getcwd()
    for version in range(5, 15):  # it looks for KiCad's libraries, which are not used
        os.environ.setdefault("KICAD_SYMBOL_DIR" if version == 5 else f"KICAD{version}_SYMBOL_DIR", here)
    with tempfile.TemporaryDirectory(prefix="anling-erc-") as folder:
        os.chdir(folder)  # it writes its logs where it stands
        try:
            logging.disable(logging.WARNING)
            import skidl  # pyright: ignore[reportMissingImports]

            logging.disable(logging.NOTSET)
            circuit = skidl.Circuit()
            parts = {ref: _part(skidl, circuit, ref, own) for ref, own in sorted(pins_of(source, variant).items())}
            for name, ends in sorted(variant.nets.items()):
                net = skidl.Net(name, circuit=circuit)
                for ref, pin in ends:
                    net += parts[ref][pin]
            for ref, own in pins_of(source, variant).items():
                for pin, kind in own.items():
                    if kind == "nc":
                        circuit.NC += parts[ref][pin]
            findings = _Findings()
            handlers = list(skidl.erc_logger.handlers)
            skidl.erc_logger.handlers[:] = [findings]
            try:
                circuit.ERC()
            finally:
                skidl.erc_logger.handlers[:] = handlers
        finally:
            logging.disable(logging.NOTSET)
            os.chdir(here)
    return sorted(findings.errors), sorted(findings.warnings)


def _part(skidl: Any, circuit: Any, ref: str, own: dict[str, str]) -> Any:
    pins = [
        skidl.Pin(num=str(k), name=name, func=getattr(skidl.Pin.types, _KINDS[kind]))
        for k, (name, kind) in enumerate(own.items(), 1)
    ]
    template = skidl.Part(
        name=ref, tool=skidl.SKIDL, dest=skidl.TEMPLATE, ref_prefix=ref.rstrip("0123456789"), pins=pins
    )
    return template(circuit=circuit, ref=ref)
