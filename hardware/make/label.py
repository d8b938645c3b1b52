"""The label on a hub's back, 90 x 40 mm, as SVG. Without a hub's name it has a line to write it on."""

from __future__ import annotations

import re
from html import escape

from .power import runtime_min
from .source import Source, SourceFault, Variant

_HUB_ID = re.compile(r"[a-z0-9-]{1,40}\Z")


def svg(source: Source, variant: Variant, hub_id: str = "") -> str:
    """Errors: SourceFault for a name that could not be a hub's."""
    if hub_id and not _HUB_ID.match(hub_id):
        raise SourceFault(f"{hub_id!r} is no hub's name. Remedy: a-z, 0-9 and -, at most 40")
    cell = source.data["cell"][variant.cell]
    chemistry = "LiFePO4" if variant.cell.startswith("lfp") else "Li-ion"
    lines = [
        (5.5, 3.6, "bold", f"Anling 安铃 · hub, {variant.name}"),
        (10.5, 3.0, "normal", f"hub: {hub_id or '______________________'}"),
        (15.0, 2.5, "normal", "5 V DC, 3 A at most; only with a certified adapter"),
        (
            18.6,
            2.5,
            "normal",
            f"{chemistry} {variant.cells} x {cell['mah']} mAh, {cell['mv'] / 1000:.1f} V, in parallel",
        ),
        (22.2, 2.5, "normal", f"without mains about {runtime_min(source, variant) // 60} h (calculated)"),
        (25.8, 2.5, "normal", "Indoor use. Keep dry. Do not open. 室内使用 勿拆"),
        (29.4, 2.5, "normal", "Prototype: not tested to EN 50134, no CE, CCC or SRRC"),
        (33.0, 2.5, "normal", "In danger of life also call 120 / 112. 生命危险请同时拨打120"),
        (36.6, 2.5, "normal", "Test: hold the green button for 5 s. 测试：长按绿键5秒"),
    ]
    text = "".join(
        f'<text x="3" y="{y}" font-size="{size}" font-weight="{weight}">{escape(words)}</text>\n'
        for y, size, weight, words in lines
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="90mm" height="40mm" viewBox="0 0 90 40" '
        'font-family="sans-serif">\n<rect x="0.3" y="0.3" width="89.4" height="39.4" rx="2" fill="#fff" stroke="#000" '
        f'stroke-width="0.3"/>\n{text}</svg>\n'
    )
