"""The list of trigger devices, as a page for whoever buys them."""

from __future__ import annotations

from .source import Source


def page(source: Source) -> str:
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
