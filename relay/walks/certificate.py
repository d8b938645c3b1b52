"""The certificate of a walk test, as PDF with its Chinese letters in it. Facts in, bytes out; knows no database.

The same facts make the same bytes: their SHA-256 is kept beside them. Letters that the embedded font lacks (it has the
6,763 characters of GB 2312) are shown as their number, so that no name is silently shortened.

Ref: reportlab; font/README.md for the font, its licence and its hash.
"""

import datetime
import io
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from . import rules

FONT_FILE = Path(__file__).parent / "font" / "NotoSansSC-GB2312.ttf"
FONT = "NotoSansSC"
ZONE = ZoneInfo("Asia/Shanghai")
_KINDS = {
    "button": "求助按钮",
    "door": "门",
    "window": "窗",
    "motion": "人体感应",
    "presence": "在位感应",
    "vibration": "震动感应",
    "detector": "烟雾燃气水浸",
    "wearable": "手表",
    "cancel_button": "取消按钮",
    "appliance": "电器",
}
_WHATS = {
    rules.MAINS: "拔掉电源再插回 · Mains pulled and back",
    rules.ROUTER: "拔掉路由器再插回 · Router unplugged and back",
    rules.ANSWER: "老人按下并听到答复 · Resident pressed and heard the answer",
    rules.CONTACTS: "联系人已打通 · Contacts verified",
}


class NoMaker(RuntimeError):
    """The library that makes PDFs is not installed."""


def time_text(at: int | None) -> str:
    return "—" if at is None else datetime.datetime.fromtimestamp(at / 1000, ZONE).strftime("%Y-%m-%d %H:%M:%S")


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """What the font can show. Errors: NoMaker."""
    try:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
    except ImportError:
        raise NoMaker("reportlab") from None
    font = TTFont(FONT, str(FONT_FILE))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def shown(text: Any) -> str:
    """This text in letters that the font has, safe in a paragraph."""
    known = _letters()
    said = "".join(c if ord(c) in known or c == "\n" else f"[U+{ord(c):04X}]" for c in str(text))
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def make(facts: dict[str, Any], checks: list[rules.Check]) -> bytes:
    """The PDF. Shape of `facts`: walk_id, label, address, hub_id, residents, firmware, started_at, ended_at, by_name,
    signatures [{"role", "name", "at"}]. Errors: NoMaker."""
    _letters()
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    body = ParagraphStyle("body", fontName=FONT, fontSize=9, leading=13)
    head = ParagraphStyle("head", parent=body, fontSize=16, leading=22)
    part = ParagraphStyle("part", parent=body, fontSize=11, leading=16, spaceBefore=8)

    def cell(text: Any) -> Any:
        return Paragraph(shown(text), body)

    def table(rows: list[list[Any]], widths: list[float], has_head: bool = True) -> Any:
        made = Table([[cell(one) for one in row] for row in rows], colWidths=widths, repeatRows=int(has_head))
        style = [
            ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#9aa5ad")),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ]
        if has_head:
            style.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e8eef1")))
        made.setStyle(style)
        return made

    is_clean = all(one.is_passed for one in checks)
    verdict = "全部通过 · All passed" if is_clean else "有例外，经主管批准 · With exceptions that a supervisor approved"
    about = [
        ["住户 · Dwelling", f"{facts['label']}　{facts['address']}"],
        ["老人 · Residents", facts["residents"] or "—"],
        ["主机 · Hub", f"{facts['hub_id']}　固件 firmware {facts['firmware'] or '—'}"],
        ["时间 · Time", f"{time_text(facts['started_at'])} – {time_text(facts['ended_at'])}（北京时间 UTC+8）"],
        ["结论 · Verdict", verdict],
    ]
    story: list[Any] = [
        Paragraph(shown(f"安铃安装合格证 · Anling installation certificate No. {facts['walk_id']}"), head),
        Spacer(1, 6),
        table(about, [90, 425], has_head=False),
        Paragraph(shown("按钮和感应器，各在其实际位置触发 · Devices, each from its real place"), part),
        table(_device_rows(checks), [70, 85, 75, 85, 65, 65, 70]),
        Paragraph(shown("整户 · The home"), part),
        table(_home_rows(checks), [215, 225, 75]),
    ]
    excused = [one for one in checks if one.excuse]
    if excused:
        rows = [["项目 · Check", "原因 · Reason", "主管 · Supervisor", "时间 · Time"]]
        for one in excused:
            excuse = one.excuse or {}
            rows.append([_name(one), excuse["reason"], excuse["by_name"], time_text(excuse["at"])])
        story += [Paragraph(shown("例外 · Exceptions"), part), table(rows, [130, 205, 80, 100])]
    rows = [["身份 · Role", "姓名 · Name", "时间 · Time", "签字 · Signature"]]
    rows += [[one["role"], one["name"], time_text(one["at"]), ""] for one in facts["signatures"]]
    story += [Paragraph(shown("签字 · Signatures"), part), table(rows, [100, 120, 125, 170])]
    note = (
        "时延为触发到服务器答复回到主机的往返时间。本文件的 SHA-256 保存在服务器上。"
        " Latency is from the trigger to the relay's answer back in the hub. The relay keeps this file's SHA-256."
    )
    story += [Spacer(1, 10), Paragraph(shown(note), ParagraphStyle("note", parent=body, fontSize=7.5, leading=11))]
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=40, rightMargin=40, topMargin=40, bottomMargin=40, invariant=1
    )
    document.title = f"Anling certificate {facts['walk_id']}"
    document.build(story)
    return out.getvalue()


def _mark(check: rules.Check) -> str:
    return "✓ 通过" if check.is_passed else ("例外" if check.excuse else "✗ 未通过")


def _name(check: rules.Check) -> str:
    if check.what != rules.DEVICE:
        return _WHATS[check.what]
    return f"{check.told['room']} {check.told['label']}"


def _device_rows(checks: list[rules.Check]) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [
            "房间 · Room",
            "名称 · Name",
            "类型 · Kind",
            "收到 · Received",
            "信号中位数 · Median",
            "时延 p95",
            "结果 · Result",
        ]
    ]
    for one in checks:
        if one.what == rules.DEVICE:
            told = one.told
            strength = "—" if told["rssi_dbm"] is None else f"{told['rssi_dbm']} dBm"
            latency = "—" if told["p95_ms"] is None else f"{told['p95_ms']} ms"
            received = f"{min(told['received'], told['wanted'])}/{told['wanted']}"
            kind = _KINDS.get(told["kind"], told["kind"])
            rows.append([told["room"], told["label"], kind, received, strength, latency, _mark(one)])
    return rows


def _home_rows(checks: list[rules.Check]) -> list[list[Any]]:
    rows: list[list[Any]] = [["项目 · Check", "记录 · Record", "结果 · Result"]]
    for one in checks:
        if one.what == rules.MAINS:
            record = f"{time_text(one.told['lost_at'])} → {time_text(one.told['restored_at'])}"
        elif one.what == rules.ROUTER:
            record = time_text(one.told["back_at"])
        elif one.what == rules.ANSWER:
            record = f"{one.told['by_name']}，{one.told['after_ms'] / 1000:.1f} s" if one.told else "—"
        elif one.what == rules.CONTACTS:
            verified = [contact for contact in one.told["contacts"] if contact["is_verified"]]
            record = "、".join(f"{contact['name']} {contact['phone']}" for contact in verified) or "—"
        else:
            continue
        rows.append([_name(one), record, _mark(one)])
    return rows
