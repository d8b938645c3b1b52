"""PostgreSQL's own programs: pg_dump and pg_restore. The password goes by the environment, never on a command line."""

import os
import shutil
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .base import Broken

TIMEOUT_S = 3600


def program(name: str) -> str:
    """Where it is: Debian keeps the versions off the PATH. Errors: Broken, with the remedy."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise Broken(f"{name} is not installed. Remedy: sudo apt-get install postgresql-client")
    return path


def run(name: str, address: str, *arguments: str) -> None:
    """Errors: Broken, with the program's last line."""
    parts = conninfo_to_dict(address)
    password = parts.pop("password", None)
    command = [program(name), f"--dbname={make_conninfo('', **parts)}", *arguments]
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Broken(f"{name}: {type(error).__name__}") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise Broken(f"{name}: {said[-1]}")
