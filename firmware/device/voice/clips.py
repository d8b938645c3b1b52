"""Recorded clips: where a clip of a name lies, and how its file is read. Decides which voice is heard first.

Folders are looked through in this order: the family's recordings, the dialect, the language. A sentence is spoken by
the first voice that has all of it; else each clip by the first that has it. Nothing found: the caller sounds a tone.

Ref: firmware/voices/README.md for folders and files; RIFF/WAVE with form 0x0011 (IMA ADPCM), one channel.
"""

import json
import os

from . import adpcm

FORM_IMA_ADPCM = 0x11
BLOCK_MAX = 256
RATES = (8000, 11025, 16000, 22050)
SOMEBODY = "somebody"
NAMES = "names.json"  # {"李敏": "name-li-min"}: recorded names of people who may come


class BadClip(Exception):
    """A file that is not a clip of ours; the text says what is wrong with it."""


def _is_file(path):
    try:
        return os.stat(path)[0] & 0x8000 != 0
    except OSError:
        return False


def folders(roots, language, dialect):
    """The folders to look through, first to last. Shape: `roots` each hold <language>[-<dialect>] folders."""
    names = [language + "-family"] + ([language + "-" + dialect] if dialect else []) + [language]
    return [root + "/" + name for name in names for root in roots]


class Finder:
    """Shape: `places` as folders() gives them."""

    def __init__(self, places):
        self._places = [place for place in places if self._is_folder(place)]
        self._names = {}
        for place in reversed(self._places):
            self._names.update(self._read_names(place))

    @staticmethod
    def _is_folder(path):
        try:
            return os.stat(path)[0] & 0x4000 != 0
        except OSError:
            return False

    @staticmethod
    def _read_names(place):
        try:
            with open(place + "/" + NAMES) as file:
                found = json.loads(file.read())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def paths(self, clips):
        """The files of these clips in order; [] when one of them is nowhere. "@name" stands for a person."""
        wanted = [self._person(clip[1:]) if clip[0] == "@" else clip for clip in clips]
        for place in self._places:
            whole = [place + "/" + clip + ".wav" for clip in wanted]
            if all([_is_file(path) for path in whole]):
                return whole
        found = []
        for clip in wanted:
            path = self._path(clip)
            if path is None:
                return []
            found.append(path)
        return found

    def _person(self, who):
        clip = self._names.get(who)
        return clip if isinstance(clip, str) and self._path(clip) else SOMEBODY

    def _path(self, clip):
        for place in self._places:
            path = place + "/" + clip + ".wav"
            if _is_file(path):
                return path
        return None


def _word(data, at, size):
    value = 0
    for i in range(size):
        value |= data[at + i] << (8 * i)
    return value


def read_head(file):
    """(rate, block size, data length) of a clip, the file standing at its data. Errors: BadClip."""
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise BadClip("not a WAVE file")
    rate = block = 0
    while True:
        chunk = file.read(8)
        if len(chunk) < 8:
            raise BadClip("no data in it")
        size = _word(chunk, 4, 4)
        if chunk[:4] == b"data":
            if not rate:
                raise BadClip("no format before its data")
            return rate, block, size
        if chunk[:4] != b"fmt ":
            file.seek(size + (size & 1), 1)
            continue
        form = file.read(size)
        if size < 14 or len(form) < size or _word(form, 0, 2) != FORM_IMA_ADPCM or _word(form, 2, 2) != 1:
            raise BadClip("not IMA ADPCM with one channel")
        rate, block = _word(form, 4, 4), _word(form, 12, 2)
        if rate not in RATES or not adpcm.HEAD < block <= BLOCK_MAX:
            raise BadClip("a rate or block size that the hub does not play")
