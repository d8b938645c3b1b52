"""Hubs from the bench and dwellings without one, for tests of installations."""

import json
from pathlib import Path
from typing import Any

from relay_parts import Relay, Staff, relay_command

from relay.app import open_database
from relay.people import store as people_store


def add_dwellings(data: Path, community_id: str, *dwelling_ids: str, building: str | None = None) -> None:
    database = open_database(data)
    try:
        for dwelling_id in dwelling_ids:
            values = {
                "dwelling_id": dwelling_id,
                "community_id": community_id,
                "label": f"9号楼{dwelling_id}",
                "label_en": f"Building 9, {dwelling_id}",
                "address": f"清河路9号{dwelling_id}",
                "building": building,
            }
            database.write(lambda t, v=values: people_store.add_dwelling(t, v)).result()
            resident = {"dwelling_id": dwelling_id, "name": "孙桂兰"}
            database.write(lambda t, v=resident: people_store.add_resident(t, v)).result()
            contact = {
                "dwelling_id": dwelling_id,
                "name": "孙明",
                "relation": "儿子",
                "phone": "13800001111",
                "call_order": 1,
            }
            database.write(lambda t, v=contact: people_store.add_contact(t, v)).result()
    finally:
        database.close()


def make_hub(data: Path, *more: str) -> dict[str, Any]:
    made = relay_command("hub-make", *more, data=data)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def installer(relay: Relay, name: str, role: str = "installer", community_id: str | None = None) -> Staff:
    """A new person with this role, signed in."""
    community_id = community_id or relay.sample["community_id"]
    added = relay_command(
        "staff-add", "--community", community_id, "--name", name, "--display-name", f"安装员{name}", "--role", role,
        data=relay.data,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    return Staff(f"http://127.0.0.1:{relay.port}", name, added.stdout.split(": ")[1].strip())
