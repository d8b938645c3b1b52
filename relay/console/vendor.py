"""Takes the browser's libraries from npm packages into `static/vendor`, as `vendor.lock.json` names them.

`python -m relay.console.vendor` fetches every package through npm, refuses one whose integrity is not the locked one,
and writes the named files; `--new` locks what was fetched (after a change of version). `--folder tests/browser/vendor`
does the same for what only tests use. A relay needs none of this: the files lie in the repository, and a test holds
them to their hashes.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).parent / "static" / "vendor"
LOCK = "vendor.lock.json"


class NotTheLocked(Exception):
    """The text names the package or file that is not what the lock says."""


def lock(folder: Path = VENDOR) -> list[dict[str, Any]]:
    """Shape: packages with name, version, licence, why, integrity, files {path: {from, sha256}}."""
    return json.loads((folder / LOCK).read_text(encoding="utf-8"))["packages"]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def integrity_of(archive: Path) -> str:
    """As npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()


def fetch(package: dict[str, Any], folder: Path) -> Path:
    """The package's archive, by npm. Errors: CalledProcessError, with what npm said."""
    asked = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{package['name']}@{package['version']}"]
    done = subprocess.run(asked, check=True, capture_output=True, text=True, cwd=folder)
    return folder / done.stdout.split()[-1]


def take(package: dict[str, Any], archive: Path, is_new: bool, into: Path | None = None) -> None:
    """Write the package's files into this folder, else the console's; with `is_new` the entry learns what was found.

    Errors: NotTheLocked.
    """
    folder = into or VENDOR
    integrity = integrity_of(archive)
    if not is_new and integrity != package["integrity"]:
        raise NotTheLocked(f"{package['name']} {package['version']}: npm gave another archive than the locked one.")
    package["integrity"] = integrity
    with tarfile.open(archive) as opened:
        for path, entry in package["files"].items():
            member = opened.extractfile(f"package/{entry['from']}")
            if member is None:
                raise NotTheLocked(f"{package['name']}: {entry['from']} is not a file of this package.")
            data = member.read()
            if not is_new and sha256(data) != entry["sha256"]:
                raise NotTheLocked(f"{path}: its content is not what the lock says.")
            entry["sha256"] = sha256(data)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m relay.console.vendor", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--new", action="store_true", help="lock what npm gives now")
    parser.add_argument("--folder", type=Path, default=VENDOR, help="where the lock and its files lie")
    given = parser.parse_args()
    packages = lock(given.folder)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for package in packages:
                take(package, fetch(package, Path(folder)), given.new, given.folder)
    except NotTheLocked as error:
        print(f"vendor: {error} Nothing may be shipped like this; look at the package's page first.", file=sys.stderr)
        return 1
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"vendor: npm did not give a package ({error}). Is npm installed, and is there a line?", file=sys.stderr)
        return 1
    text = json.dumps({"packages": packages}, indent=2, ensure_ascii=False) + "\n"
    (given.folder / LOCK).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
