"""How people and doors are named and found, and what a community's picture may be. Pure: text or bytes in, facts out.

Pictures are told by their first bytes, never by their name or declared type. SVG is refused: it can carry
script, and the picture is shown to staff who are signed in.

Ref: PNG (ISO/IEC 15948) 5.2; JPEG (ITU-T T.81) B.1.1; WebP container (RFC 9649).
"""

import struct
import unicodedata
from dataclasses import dataclass

PICTURE_BYTES_MAX = 20 * 1024 * 1024
SIDE_MAX = 20_000
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # start-of-frame markers


def _initials_of_words(text: str) -> list[str]:
    return [word[0] for word in text.split()]


def initials(name: str) -> str:
    """The first letters of a name's pinyin, by which it is searched: 王秀英 → wxy, Chen Jing → cj."""
    from pypinyin import Style, lazy_pinyin  # its words take a second: a relay that starts need not wait for them

    parts = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=_initials_of_words)  # type: ignore[arg-type]
    return "".join(part for part in parts if part.isalnum()).lower()


def phone_of(text: str) -> str:
    """A number as it is kept: a Chinese keyboard's wide digits and signs are the plain ones."""
    return unicodedata.normalize("NFKC", text).strip()


def dialed(phone: str) -> str:
    """A number as gateways and modems take it: digits, with the + of a country's code."""
    plain = phone_of(phone)
    return ("+" if plain.startswith("+") else "") + "".join(one for one in plain if one in "0123456789")


def phone_key(phone: str) -> str:
    """A number's digits without the country's code: how two spellings of one number are known to be the same."""
    digits = dialed(phone).removeprefix("+")
    for code in ("0086", "86"):
        if digits.startswith(code) and len(digits) - len(code) >= 10:
            return digits[len(code) :]
    return digits


def address_of(estate: str | None, building: str | None, unit: str | None, floor: int | None, door: str | None) -> str:
    """The way to a door as it is said: 清河苑 3 号楼 2 单元 5 层 501 室."""
    parts = [
        estate,
        f"{building} 号楼" if building else None,
        f"{unit} 单元" if unit else None,
        f"{floor} 层" if floor is not None else None,
        f"{door} 室" if door else None,
    ]
    return " ".join(part for part in parts if part)


def label_of(building: str | None, unit: str | None, door: str | None) -> tuple[str, str]:
    """What a board shows of a door, in Chinese and English; empty when it has no door."""
    zh = (f"{building}号楼" if building else "") + (f"{unit}单元" if unit else "") + (door or "")
    en = [f"Bldg {building}" if building else None, f"Unit {unit}" if unit else None, door or None]
    return zh, ", ".join(part for part in en if part)


class PictureRefused(ValueError):
    """The text says what is wrong and what to do."""


@dataclass(frozen=True)
class Picture:
    """Shape: `extension` png, jpg or webp; sizes in pixels."""

    extension: str
    width: int
    height: int


def picture_of(data: bytes) -> Picture:
    """What picture these bytes are. Errors: PictureRefused."""
    if len(data) > PICTURE_BYTES_MAX:
        raise PictureRefused("The picture is larger than 20 MB. Save it smaller and upload it again.")
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype", b"<html")):
        raise PictureRefused(
            "An SVG picture may carry script and is not accepted. Save it as PNG or WebP and upload that."
        )
    try:
        picture = _png(data) or _webp(data) or _jpeg(data)
    except (struct.error, IndexError):
        picture = None
    if picture is None or not (1 <= picture.width <= SIDE_MAX and 1 <= picture.height <= SIDE_MAX):
        raise PictureRefused("This is not a PNG, JPEG or WebP picture. Choose a file of one of these kinds.")
    return picture


def _png(data: bytes) -> Picture | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return Picture("png", width, height)


def _webp(data: bytes) -> Picture | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return Picture("webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return Picture("webp", (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    if kind == b"VP8X" and len(data) >= 30:
        return Picture("webp", int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1)
    return None


def _jpeg(data: bytes) -> Picture | None:
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("jpg", width, height)
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None
