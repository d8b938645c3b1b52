"""Labels of hubs from the bench: a QR code and the same by letters, 90 x 40 mm each; a sheet of A4 (PDF), or one (SVG).

The secret stands behind the '#' of the address, which no browser sends to any server, and in groups of four letters for
a code that is torn. Whoever has a label can claim its hub, so sheets are printed, not mailed.

Errors: CannotPrint, one sentence with the remedy.
"""

from __future__ import annotations

import io
import json
from html import escape
from pathlib import Path
from typing import Any

import segno
from protocol import label

WIDTH, HEIGHT = 90.0, 40.0  # mm
COLUMNS, ROWS = 2, 7
LEFT, TOP = 15.0, 8.5  # of an A4 page
QR = 32.0
NOTES = (
    "Indoor use. Keep dry. Do not open.",
    "In danger of life also call 120 / 112.",
)


class CannotPrint(Exception):
    """These labels cannot be made; one sentence with the remedy."""


def read(path: Path) -> list[dict[str, Any]]:
    """The lines that `relay hub-make` printed, checked: each address must say what its letters say."""
    found = []
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeError) as fault:
        raise CannotPrint(
            f"{path} cannot be read ({fault}). Give the file with the output of `relay hub-make`"
        ) from None
    for number, line in enumerate(lines, 1):
        try:
            made = json.loads(line)
            secret = bytes.fromhex(made["claim"])
            ends = f"/install#{made['hub_id']}.{label.letters(secret)}"
            assert made["label_url"].endswith(ends) and label.read(made["claim_text"]) == secret
        except (ValueError, KeyError, TypeError, AssertionError, label.BadLabel):
            raise CannotPrint(
                f"{path}, line {number} is no hub of `relay hub-make`. Give its output, one line a hub"
            ) from None
        found.append(made)
    if not found:
        raise CannotPrint(f"{path} has no hub in it. Run `relay hub-make --count N > {path.name}` first")
    return found


def _code(made: dict[str, Any]) -> segno.QRCode:
    """Torn or smudged by a quarter it is still read."""
    return segno.make(made["label_url"], error="q", micro=False)


def svg(made: dict[str, Any]) -> str:
    """One label. The same hub makes the same label."""
    code = _code(made)
    out = io.BytesIO()
    code.save(out, kind="svg", scale=QR / code.symbol_size(border=4)[0], border=4, xmldecl=False, svgns=False, nl=False)
    lines = [
        (11.0, 4.6, "bold", f"Anling {made['hub_id']}"),
        (18.0, 3.4, "normal", made["claim_text"][:14]),
        (22.5, 3.4, "normal", made["claim_text"][15:]),
        *((29.0 + 4.0 * at, 2.4, "normal", words) for at, words in enumerate(NOTES)),
    ]
    text = "".join(
        f'<text x="40" y="{y:g}" font-size="{size:g}" font-weight="{weight}">{escape(words)}</text>\n'
        for y, size, weight, words in lines
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}mm" height="{HEIGHT:g}mm" '
        f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-family="monospace">\n'
        f'<rect x="0.2" y="0.2" width="{WIDTH - 0.4:g}" height="{HEIGHT - 0.4:g}" fill="#fff" stroke="#999" '
        f'stroke-width="0.2"/>\n<g transform="translate(4 4)">{out.getvalue().decode()}</g>\n{text}</svg>\n'
    )


def pdf(hubs: list[dict[str, Any]]) -> bytes:
    """Sheets of A4, fourteen labels each."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle("Anling: labels of hubs")
    for number, made in enumerate(hubs):
        place = number % (COLUMNS * ROWS)
        if number and place == 0:
            canvas.showPage()
        left = (LEFT + place % COLUMNS * WIDTH) * mm
        top = A4[1] - (TOP + place // COLUMNS * HEIGHT) * mm
        canvas.setLineWidth(0.2)
        canvas.rect(left, top - HEIGHT * mm, WIDTH * mm, HEIGHT * mm)
        _draw_code(canvas, _code(made), left + 4 * mm, top - 4 * mm, QR * mm)
        rows = [("Courier-Bold", 12, f"Anling {made['hub_id']}", 11)]
        rows += [("Courier", 9.5, made["claim_text"][:14], 18), ("Courier", 9.5, made["claim_text"][15:], 22.5)]
        rows += [("Helvetica", 6.5, words, 29 + 4 * at) for at, words in enumerate(NOTES)]
        for font, size, words, down in rows:
            canvas.setFont(font, size)
            canvas.drawString(left + 40 * mm, top - down * mm, words)
    canvas.save()
    return out.getvalue()


def _draw_code(canvas: Any, code: segno.QRCode, left: float, top: float, size: float) -> None:
    rows = [list(row) for row in code.matrix_iter(border=4)]
    unit = size / len(rows)
    for down, row in enumerate(rows):
        for across, is_dark in enumerate(row):
            if is_dark:
                canvas.rect(left + across * unit, top - (down + 1) * unit, unit, unit, stroke=0, fill=1)
