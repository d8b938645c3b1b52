"""A PostgreSQL of the tests' own: a fresh cluster on loopback, ended with them. Debian's package, never a mock."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

import psycopg

REMEDY = "PostgreSQL is not installed. Remedy: sudo apt-get install postgresql"


def folder_of_programs() -> Path | None:
    """Where initdb is: Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


class Cluster:
    """One server process; `make()` gives a database of its own to each test."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="anling-pg-", dir="/tmp"))
        self._user: dict[str, str] = {}
        if os.getuid() == 0:  # the server refuses to run as root
            self._user = {"user": "postgres"}
            os.chown(self._folder, pwd.getpwnam("postgres").pw_uid, -1)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._do("initdb", "-D", self._data, "-U", "anling", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._do("pg_ctl", "-D", self._data, "-w", "-l", self._folder / "log", "-o", self._options, "start")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _options(self) -> str:
        fast = "-c fsync=off -c full_page_writes=off -c max_connections=200"
        return f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._folder} {fast}"

    def _do(self, program: str, *arguments: object) -> None:
        done = subprocess.run(
            [str(self._programs / program), *map(str, arguments)],
            stdout=subprocess.DEVNULL,  # not a pipe: the server would keep it open
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            timeout=60,
            **self._user,
        )
        assert done.returncode == 0, f"{program} failed: {(self._folder / 'log').read_text()[-500:]}"

    def address(self, name: str) -> str:
        return f"postgresql://anling@127.0.0.1:{self.port}/{name}"

    def make(self, template: str | None = None) -> str:
        """A new database; its name."""
        name = "t" + uuid.uuid4().hex
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def drop(self, name: str) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        self._do("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)
