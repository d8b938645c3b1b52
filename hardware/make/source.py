"""Reads hub.toml and resolves its variants: what `like`, `add_…`, `swap` and `join` come to. Judges nothing but shape.

Whether a pin may be used or a runtime is long enough is decided in rules.py. A fault in the file is a SourceFault with
a sentence that names the place and the remedy.
"""

from __future__ import annotations

import pathlib
import sys
from dataclasses import dataclass, field
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:  # Python 3.10: pytest brings it, and the extra `hardware` names it
    import tomli as tomllib  # pyright: ignore[reportMissingImports]

HERE = pathlib.Path(__file__).resolve().parent.parent
ROOT = HERE.parent
FILE = HERE / "hub.toml"
PIN_KINDS = ("in", "out", "bidir", "passive", "power_in", "power_out", "open", "nc")


class SourceFault(Exception):
    """hub.toml does not say what it must."""


@dataclass(frozen=True)
class Part:
    """One line of the list of parts. Shape: `price` for one, each of 100, each of 1000; `pins` name to kind."""

    ref: str
    what: str
    number: str
    source: str
    price: tuple[float, float, float]
    other: str
    checked: str
    flag: str
    pins: dict[str, str]
    count: int
    inside: str  # the part in whose own box this one is
    board_mm: tuple[float, float, float] | None
    round_mm: tuple[float, float] | None


@dataclass(frozen=True)
class Variant:
    """One kind of hub, resolved. Shape: `pins` signal to GPIO or None; `nets` name to [(ref, pin)]."""

    name: str
    text: str
    file: str
    makes: tuple[str, ...]
    mcu: str
    octal_psram: bool
    lamp_count: int
    cell: str
    cells: int
    battery_divider: int
    promise_h: int
    loads: tuple[str, ...]
    alarm: tuple[str, ...]
    pins: dict[str, int | None]
    occupied: tuple[int, ...]
    on_board: tuple[str, ...]
    parts: tuple[Part, ...]
    nets: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """All of hub.toml. `data` is the file as it is, for what needs no resolving."""

    data: dict[str, Any]
    variants: dict[str, Variant]


def load(path: pathlib.Path = FILE) -> Source:
    """Read and resolve. Errors: SourceFault with a sentence."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SourceFault(f"{path} is not there. Remedy: get it back from version control") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SourceFault(f"{path.name} is not TOML: {fault}. Remedy: mend that line") from None
    for table in (
        "chip",
        "flash",
        "signal",
        "line",
        "sound",
        "cell",
        "load",
        "variant",
        "part",
        "kind",
        "net",
        "enclosure",
    ):
        if not isinstance(data.get(table), dict):
            raise SourceFault(f"{path.name} has no table [{table}]. Remedy: get it back from version control")
    try:
        return Source(data, {name: _variant(data, name) for name in data["variant"]})
    except KeyError as fault:
        raise SourceFault(f"{path.name}: {fault} is named but not there. Remedy: add it or mend the name") from None


def _variant(data: dict[str, Any], name: str) -> Variant:
    raw = _unfolded(data, name, ())
    parts = tuple(_part(data, ref, raw) for ref in raw["parts"])
    pins = _pins(data, raw, name)
    variant = Variant(
        name=name,
        text=data["variant"][name].get("text", ""),
        file=data["variant"][name].get("file", f"hardware/boards/{name}/board.py"),
        makes=tuple(data["variant"][name].get("makes", ("board", "papers"))),
        mcu=raw["mcu"],
        octal_psram=raw["octal_psram"],
        lamp_count=raw["lamp_count"],
        cell=raw["cell"],
        cells=raw["cells"],
        battery_divider=raw["battery_divider"],
        promise_h=raw["promise_h"],
        loads=tuple(raw["loads"]),
        alarm=tuple(raw["alarm"]),
        pins=pins,
        occupied=tuple(raw.get("occupied", ())),
        on_board=tuple(raw.get("on_board", ())),
        parts=parts,
    )
    for load_name in (*variant.loads, *variant.alarm):
        data["load"][load_name]
    data["cell"][variant.cell]
    variant.nets.update(_nets(data, raw, variant))
    return variant


def _unfolded(data: dict[str, Any], name: str, seen: tuple[str, ...]) -> dict[str, Any]:
    """The variant's own words laid over those of the one that it is like."""
    if name in seen:
        raise SourceFault(f"[variant.{name}] is like itself. Remedy: let one of {', '.join(seen)} stand alone")
    own = dict(data["variant"][name])
    if "like" not in own:
        own.setdefault("pins", {})
        return own
    base = _unfolded(data, own.pop("like"), (*seen, name))
    merged = {**base, **own, "pins": {**base["pins"], **own.get("pins", {})}}
    for key in ("loads", "alarm", "parts"):
        merged[key] = list(merged[key]) + list(own.get(f"add_{key}", ()))
    swap = own.get("swap", {})
    for ref in swap:
        if ref not in merged["parts"]:
            raise SourceFault(f"[variant.{name}] swaps {ref}, which it does not have. Remedy: mend `swap`")
    merged["parts"] = [swap.get(ref, ref) for ref in merged["parts"]]
    return merged


def _pins(data: dict[str, Any], raw: dict[str, Any], name: str) -> dict[str, int | None]:
    for signal, number in raw["pins"].items():
        if signal not in data["signal"]:
            raise SourceFault(f"[variant.{name}] gives a pin to {signal}, which [signal] does not know. Remedy: add it")
        if number != "none" and (not isinstance(number, int) or isinstance(number, bool)):
            raise SourceFault(f'[variant.{name}] {signal} = {number!r}. Remedy: a GPIO number, or "none"')
    numbers = {signal: raw["pins"].get(signal, "none") for signal in data["signal"]}
    return {signal: None if number == "none" else number for signal, number in numbers.items()}


def _part(data: dict[str, Any], ref: str, raw: dict[str, Any]) -> Part:
    entry = data["part"][ref]
    entry = {**(data["kind"][entry["like"]] if "like" in entry else {}), **entry}
    missing = [key for key in ("what", "number", "source", "price", "checked") if not entry.get(key)]
    if missing:
        raise SourceFault(f"[part.{ref}] does not say {', '.join(missing)}. Remedy: add it")
    if len(entry["price"]) != 3 or any(not isinstance(one, int | float) or one < 0 for one in entry["price"]):
        raise SourceFault(f"[part.{ref}] price = {entry['price']}. Remedy: three numbers, for 1, 100 and 1000")
    for pin, kind in entry.get("pins", {}).items():
        if kind not in PIN_KINDS:
            raise SourceFault(f"[part.{ref}] pin {pin} is {kind!r}. Remedy: one of {', '.join(PIN_KINDS)}")
    first, hundred, thousand = entry["price"]
    return Part(
        ref=ref,
        what=entry["what"],
        number=entry["number"],
        source=entry["source"],
        price=(first, hundred, thousand),
        other=entry.get("other", ""),
        checked=entry["checked"],
        flag=entry.get("flag", ""),
        pins=dict(entry.get("pins", {})),
        count=raw["cells"] if entry.get("each") == "cells" else 1,
        inside=entry.get("inside", ""),
        board_mm=tuple(entry["board_mm"]) if "board_mm" in entry else None,
        round_mm=tuple(entry["round_mm"]) if "round_mm" in entry else None,
    )


def _nets(data: dict[str, Any], raw: dict[str, Any], variant: Variant) -> dict[str, list[tuple[str, str]]]:
    """The nets as far as this variant has their parts."""
    mine = {part.ref: part for part in variant.parts}
    nets: dict[str, list[tuple[str, str]]] = {}
    for name, ends in data["net"].items():
        found: list[tuple[str, str]] = []
        for end in ends:
            ref, _, pin = end.partition(".")
            if ref == "MCU":
                if variant.pins[pin] is not None and pin not in variant.on_board:
                    found.append((variant.mcu, f"GPIO{variant.pins[pin]}"))
            elif pin not in data["part"][ref].get(
                "pins", data["kind"].get(data["part"][ref].get("like"), {}).get("pins", {})
            ):
                raise SourceFault(f"[net] {name} names {end}, a pin that [part.{ref}] does not have. Remedy: mend it")
            elif ref in mine:
                found.append((ref, pin))
        if found:
            nets[name] = found
    for into, other in raw.get("join", ()):
        nets[into] = nets[into] + nets.pop(other)
    return nets
