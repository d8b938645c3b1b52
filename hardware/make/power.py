"""The power budget: what a variant draws from its cells, how long they last, and whether its promise is kept.

Every current is an assumption of [load] until somebody has measured it (firmware/tools/selftest.py asks for it).
The alarm's share (siren, voice, red lamp) is taken out of the cells first.
"""

from __future__ import annotations

from .source import Source, Variant


def part_mw(source: Source, load: str) -> int:
    """What one load draws from the cells, its converter included; rounded up."""
    one = source.data["load"][load]
    return -(-one["ma"] * one["mv"] * 100 // (1000 * one["efficiency_pct"]))


def load_mw(source: Source, variant: Variant) -> int:
    return sum(part_mw(source, load) for load in variant.loads)


def usable_mwh(source: Source, variant: Variant) -> int:
    cell = source.data["cell"][variant.cell]
    return variant.cells * cell["mah"] * cell["mv"] * cell["usable_pct"] // 100000


def alarm_mwh(source: Source, variant: Variant) -> int:
    """What one alarm in the outage takes."""
    return sum(-(-part_mw(source, load) * source.data["load"][load]["minutes"] // 60) for load in variant.alarm)


def runtime_min(source: Source, variant: Variant) -> int:
    return (usable_mwh(source, variant) - alarm_mwh(source, variant)) * 60 // load_mw(source, variant)


def faults(source: Source, variant: Variant) -> list[str]:
    have = runtime_min(source, variant)
    if have >= variant.promise_h * 60:
        return []
    return [f"{variant.name}: runs {have / 60:.1f} h without mains, {variant.promise_h} h are promised"]


def budget(source: Source, variant: Variant) -> str:
    """The budget, for people."""
    cell = source.data["cell"][variant.cell]
    rows = []
    for load in variant.loads:
        one = source.data["load"][load]
        current = f"{one['ma']} mA at {one['mv'] / 1000:.1f} V"
        rows.append(f"| {one['text']} | {current} | {one['efficiency_pct']} % | {part_mw(source, load)} |")
    events = "; ".join(source.data["load"][load]["text"] for load in variant.alarm)
    hours = runtime_min(source, variant) / 60
    margin = 100 * (hours / variant.promise_h - 1)
    return "\n".join(
        [
            f"# Power of {variant.name}",
            "",
            f"All currents are assumptions ({source.data['believed']}); nobody has measured them on this hub.",
            "",
            "| draws | current | converter | mW from the cells |",
            "|---|---|---|---|",
            *rows,
            f"| **all** | | | **{load_mw(source, variant)}** |",
            "",
            f"- Cells: {variant.cells} x {variant.cell}, {cell['mah']} mAh at {cell['mv'] / 1000:.1f} V; usable "
            f"{cell['usable_pct']} %: {usable_mwh(source, variant)} mWh.",
            f"- Taken out first, for one alarm in the outage ({events}): {alarm_mwh(source, variant)} mWh.",
            f"- **Runs {hours:.1f} h; promised {variant.promise_h} h; margin {margin:.0f} %.**",
            f"- The promise still holds at {_bearable_mw(source, variant)} mW: a measurement must stay below that.",
            "",
        ]
    )


def _bearable_mw(source: Source, variant: Variant) -> int:
    return (usable_mwh(source, variant) - alarm_mwh(source, variant)) // variant.promise_h


def overview(source: Source, variants: list[Variant]) -> str:
    lines = ["| variant | load mW | cells mWh | runs h | promised h | margin |", "|---|---|---|---|---|---|"]
    for one in variants:
        hours = runtime_min(source, one) / 60
        lines.append(
            f"| {one.name} | {load_mw(source, one)} | {usable_mwh(source, one)} | {hours:.1f} | {one.promise_h} | "
            f"{100 * (hours / one.promise_h - 1):.0f} % |"
        )
    return "\n".join(lines) + "\n"
