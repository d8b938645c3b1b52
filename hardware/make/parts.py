"""What is bought: a list of parts (BOM) per variant with totals for 1, 100 and 1,000 hubs, and the trigger devices."""

from __future__ import annotations

import csv
import io

from .source import Source, Variant


def faults(variant: Variant) -> list[str]:
    """Every line has a source, and an alternative or a flag that says why not."""
    found = [
        f"{variant.name}: {part.ref} has no alternative and no flag"
        for part in variant.parts
        if not part.other and not part.flag
    ]
    refs = [part.ref for part in variant.parts]
    found += [f"{variant.name}: {ref} is listed twice" for ref in sorted({ref for ref in refs if refs.count(ref) > 1})]
    return found


def totals(variant: Variant) -> tuple[float, float, float]:
    """What the parts of one hub cost when 1, 100, 1,000 are bought."""
    one, hundred, thousand = (round(sum(part.price[k] * part.count for part in variant.parts), 2) for k in range(3))
    return one, hundred, thousand


def bom(source: Source, variant: Variant) -> str:
    """The CSV. Equal parts share a line."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    currency, believed = source.data["currency"], source.data["believed"]
    money = [f"each_at_{n}_{currency}" for n in (1, 100, 1000)]
    write(["refs", "count", "what", "number", "source", "alternative", *money, "price_believed_on", "rests_on", "flag"])
    groups: dict[tuple[str, tuple[float, float, float]], list[int]] = {}
    for k, part in enumerate(variant.parts):
        groups.setdefault((part.number, part.price), []).append(k)
    for (number, price), members in groups.items():
        parts = [variant.parts[k] for k in members]
        whats = list(dict.fromkeys(part.what for part in parts))
        write(
            [
                " ".join(part.ref for part in parts),
                sum(part.count for part in parts),
                "; ".join(whats),
                number,
                parts[0].source,
                parts[0].other,
                *price,
                believed,
                "price: assumption; part: " + parts[0].checked,
                parts[0].flag,
            ]
        )
    write(
        [
            "total",
            sum(part.count for part in variant.parts),
            f"parts of one hub, {currency}",
            "",
            "",
            "",
            *totals(variant),
            believed,
            "assumption",
            "",
        ]
    )
    return out.getvalue()


def overview(source: Source, variants: list[Variant]) -> str:
    lines = [
        f"| variant | lines | 1 | 100, each | 1,000, each | ({source.data['currency']}) |",
        "|---|---|---|---|---|---|",
    ]
    for variant in variants:
        one, hundred, thousand = totals(variant)
        flagged = sum(1 for part in variant.parts if part.flag)
        sums = f"{one:.0f} | {hundred:.0f} | {thousand:.0f}"
        lines.append(f"| {variant.name} | {len(variant.parts)} | {sums} | {flagged} flagged |")
    return "\n".join(lines) + "\n"


def triggers(source: Source) -> str:
    lines = [
        "# Trigger devices",
        "",
        "Made from hardware/hub.toml. None has been tried with this hub over a real radio: the list says what makers",
        "document and our decoder is tested for, how to set them, and what nobody has verified.",
        "",
    ]
    for one in source.data["trigger"]:
        supervised = f"{one['overdue_min']} min" if one["overdue_min"] else "by the level of its line"
        lines += [
            f"## {one['name']}",
            "",
            f"- kind in the settings: `{one['kind']}`; speaks {one['speaks']}",
            f"- set it so: {one['settings']}",
            f"- battery: {one['battery']}",
            f"- supervised: {supervised}",
            f"- **not verified:** {one['unverified']}",
            "",
        ]
    return "\n".join(lines[:-1]) + "\n"
