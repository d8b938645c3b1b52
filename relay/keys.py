"""The key file by which secrets in the database are sealed: one key a line, the newest first; for its owner alone.

It lies outside the database, so that a copy of the database opens nothing. It is looked at again whenever it has
changed: keys may be rotated beside a relay that serves. This file must not know what is sealed.

Ref: cryptography, Fernet and MultiFernet.
"""

import contextlib
import os
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

NAME = "secrets.key"
HEAD = "# Anling: opens the secrets in the database. Keep a copy apart from the database's copies; give it to nobody.\n"


class Keys:
    """The keys in one file, if it is there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._cipher: MultiFernet | None = None

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        if found.st_mode & 0o077:
            with contextlib.suppress(OSError):  # somebody else's file: who reads it is theirs to say
                self.path.chmod(0o600)
        return found.st_mtime_ns, found.st_ino, found.st_size

    def lines(self) -> list[str]:
        """The keys as they are in the file; none where it cannot be read."""
        try:
            found = self.path.read_text("ascii").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        return [line.strip() for line in found if line.strip() and not line.startswith("#")]

    def cipher(self) -> MultiFernet | None:
        """What seals with the newest key and opens with any; None without a usable key."""
        seen = self._look()
        if seen is None or seen != self._seen:
            try:
                keys = [Fernet(line) for line in self.lines()]
            except ValueError:
                keys = []
            self._cipher, self._seen = (MultiFernet(keys) if keys else None), seen
        return self._cipher

    def write(self, keys: list[str]) -> None:
        """Put these keys in the file, whole or not at all. Errors: OSError."""
        part = self.path.with_name(self.path.name + ".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(HEAD + "".join(key + "\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # a command of root's: the relay must be able to read it
            folder = self.path.parent.stat()
            os.chown(part, folder.st_uid, folder.st_gid)
        os.replace(part, self.path)


def new_key() -> str:
    return Fernet.generate_key().decode()
