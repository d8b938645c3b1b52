"""Static files over the wire: packed where the browser can unpack, and not sent at all where it has them already.

Rule 1. A browser asks about each file each time: an old script with a new relay would be a trap. What has not changed
is answered in one line (304).
Rule 2. A packed file has an ETag of its own, because its bytes are others. Each state of a file is packed once.
This file must not know what the files are for. Ref: RFC 9110, 8.8.3 and 12.5.3.
"""

import asyncio
import gzip
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

TEXTS = (".js", ".css", ".json", ".svg")  # pictures and fonts are packed already
LEVEL = 9
KEPT = ("etag", "last-modified", "cache-control", "vary")


def takes_gzip(accepted: str) -> bool:
    """Does this Accept-Encoding allow gzip? `gzip;q=0` forbids it."""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.strip().removeprefix("q=") not in ("0", "0.0", "0.00", "0.000")
    return False


class PackedFiles(StaticFiles):
    """A folder of files that are asked about each time. Shape: `_packed` path → (size and time of the file, bytes)."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._packed: dict[str, tuple[tuple[int, int], bytes]] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        if PurePosixPath(path).suffix not in TEXTS:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        asked = Headers(scope=scope)
        if not isinstance(response, FileResponse) or not takes_gzip(asked.get("accept-encoding", "")):
            return response
        return await self._pack(response, asked)

    async def _pack(self, plain: FileResponse, asked: Headers) -> Response:
        plain.headers["ETag"] = plain.headers["etag"].removesuffix('"') + '-gzip"'
        if self.is_not_modified(plain.headers, asked):
            return NotModifiedResponse(plain.headers)
        body = await asyncio.to_thread(self._bytes_of, plain)
        return Response(body, headers=_kept(plain.headers) | {"Content-Encoding": "gzip"}, media_type=plain.media_type)

    def _bytes_of(self, plain: FileResponse) -> bytes:
        assert plain.stat_result is not None  # StaticFiles has looked at the file
        state = (plain.stat_result.st_size, plain.stat_result.st_mtime_ns)
        known = self._packed.get(str(plain.path))
        if known is None or known[0] != state:
            with open(plain.path, "rb") as file:
                known = (state, gzip.compress(file.read(), LEVEL, mtime=0))
            self._packed[str(plain.path)] = known
        return known[1]


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in KEPT}
