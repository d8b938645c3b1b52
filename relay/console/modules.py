"""Which modules a page's script needs, found by reading their imports, so that the page can name them all at once.

A browser finds an import only after it has read the module before it: a page in thirty modules would be asked for in
six turns. Named in its head they come in one. This file must not know what the modules do.
"""

import re
from functools import lru_cache
from pathlib import PurePosixPath

from . import words

_STATIC = words.CATALOGUE.parent
_IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


@lru_cache(maxsize=64)
def needed_by(script: str) -> tuple[str, ...]:
    """The script and all that it imports. Shape: paths below `static`, sorted; dynamic imports are left out."""
    found: set[str] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        text = (_STATIC / path).read_text(encoding="utf-8")
        waiting += [_beside(path, name) for name in _IMPORT.findall(text)]
    return tuple(sorted(found))


def _beside(path: str, name: str) -> str:
    """What `name` means in the module at `path`: ("hubs/hubs.js", "../base/dom.js") → "base/dom.js"."""
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / name).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
