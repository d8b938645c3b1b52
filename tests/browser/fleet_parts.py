"""What belongs to the fleet, put there by the relay's own commands: a signed package, a hub made at the bench."""

import json
import subprocess
import sys
from pathlib import Path

from browser_parts import ROOT, Relay

sys.path.append(str(Path(__file__).resolve().parents[1]))

import update_parts

from provisioning import sign

IMAGE = bytes(range(256)) * 4


def command(relay: Relay, name: str, *more: str) -> str:
    asked = [sys.executable, "-m", "relay", name, "--data", str(relay.folder), *more]
    return subprocess.run(asked, capture_output=True, text=True, check=True, cwd=ROOT, timeout=60).stdout


def add_firmware(relay: Relay, build: int) -> None:
    """A signed package, of which every community may enter the stages."""
    package, key = relay.folder / f"build-{build}", relay.folder / "fleet.pub"
    package.write_bytes(update_parts.package(IMAGE, build))
    key.write_bytes(sign.public_pem(update_parts.key().public_key()))
    command(relay, "update-add", "--package", str(package), "--key", str(key))


def make_hub(relay: Relay) -> dict[str, str]:
    """A hub with its label, claimed by nobody. Shape: hub_id, claim_text, label_url."""
    return json.loads(command(relay, "hub-make", "--url", relay.url))
