"""The commands that set a relay up: sample, community-add, staff-add, hub-add, hub-make, device-add, modem-add,
sms-gateway-add, token-add, district-add, hub-list.

They may run beside `serve`: the database lets them in turn. Passwords are printed once and kept nowhere in
clear. Errors: CannotSetUp, whose text names the thing and the remedy.
"""

import argparse
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from protocol import label

from . import sample
from .access import gateways
from .access import store as access_store
from .app import open_database
from .claims import store as claim_store
from .clock import now_ms
from .database import Conflict, Transaction
from .history import store as history_store
from .hubs import rules as hub_rules
from .hubs import store as hub_store
from .people import store as people_store
from .setup_fleet import CannotSetUp, hub_revoke, update_add


def run(arguments: argparse.Namespace) -> int:
    """Carry out one command inside one transaction, then print what there is to print."""
    command = _COMMANDS[arguments.command]
    if arguments.command == "hub-list" and not arguments.database and not (arguments.data / "relay.db").exists():
        raise CannotSetUp(f"There is no database in {arguments.data}. Name the folder with --data.")
    work = command(arguments)
    Path(arguments.data).mkdir(parents=True, exist_ok=True)
    database = open_database(arguments.data, arguments.database, arguments.secrets_key)
    try:
        text = database.write(_with_deed(arguments, work)).result()
    finally:
        database.close()
    print(text)
    return 0


Work = Callable[[Transaction], str]


def _with_deed(arguments: argparse.Namespace, work: Work) -> Work:
    """What is set up at the relay itself is a deed, too: nobody signed in, so nobody's name."""
    named = [getattr(arguments, name, None) for name in ("hub", "staff", "name", "dwelling")]
    detail = " ".join(["relay", arguments.command, *(one for one in named if isinstance(one, str))])
    community_id = getattr(arguments, "community", None)

    def both(transaction: Transaction) -> str:
        text = work(transaction)
        if transaction.changes and arguments.command != "sample":
            whose = community_id if isinstance(community_id, str) else None
            what = "command_" + arguments.command.replace("-", "_")
            history_store.note_deed(transaction, now_ms(), whose, what, None, detail[:200])
        return text

    return both


def _sample(arguments: argparse.Namespace) -> Work:
    if not 1 <= arguments.homes <= sample.HOMES_MAX:
        raise CannotSetUp(f"--homes must be 1 to {sample.HOMES_MAX}.")
    passwords = sample.make_passwords()

    def work(transaction: Transaction) -> str:
        if people_store.has_any(transaction):
            raise CannotSetUp(
                f"The database in {arguments.data} is in use already; nothing was changed. For a fresh sample"
                " name an empty folder with --data, or delete that one."
            )
        made = sample.fill(transaction, arguments.homes, passwords)
        sample.put_on_duty(transaction, now_ms())
        if arguments.district:
            made |= {"district": sample.fill_district(transaction, arguments.homes, now_ms())}
        if arguments.json:
            return json.dumps(made)
        lines = [f"community {made['community_id']} with {arguments.homes} homes"]
        if arguments.district:
            lines.append("district with {communities} communities, {homes} homes".format(**made["district"]))
        lines += [f"sign in as {one['name']} with {one['password']} ({one['role']})" for one in made["staff"]]
        return "\n".join(lines)

    return work


def _need_community(transaction: Transaction, community_id: str | None) -> None:
    if not community_id or people_store.community(transaction, community_id) is None:
        raise CannotSetUp(f"There is no community {community_id}. Add it with `relay community-add` first.")


def _community_add(arguments: argparse.Namespace) -> Work:
    def work(transaction: Transaction) -> str:
        if people_store.community(transaction, arguments.community) is not None:
            raise CannotSetUp(f"The community {arguments.community} is there already.")
        people_store.add_community(
            transaction,
            arguments.community,
            arguments.name,
            arguments.name_en or arguments.name,
            sample.PICTURE_WIDTH,
            sample.PICTURE_HEIGHT,
        )
        return f"community {arguments.community} added; next: `relay staff-add` and `relay hub-add`"

    return work


def _staff_add(arguments: argparse.Namespace) -> Work:
    password = secrets.token_urlsafe(12)
    password_hash = access_store.hash_password(password)
    name = arguments.name.strip()
    if not 1 <= len(name) <= 64:
        raise CannotSetUp("--name must have 1 to 64 characters.")

    def work(transaction: Transaction) -> str:
        _need_community(transaction, arguments.community)
        try:
            access_store.add_staff(
                transaction,
                arguments.community,
                name,
                arguments.display_name,
                arguments.display_name_en or arguments.display_name,
                arguments.role,
                password_hash,
                arguments.language,
                arguments.phone,
                arguments.notify_url,
            )
        except Conflict:
            raise CannotSetUp(f"Somebody signs in as {name} already. Choose another --name.") from None
        return f"{name} may sign in with this password, which is shown once: {password}"

    return work


def _hub_add(arguments: argparse.Namespace) -> Work:
    if not hub_rules.is_name_free_for_hub(arguments.hub):
        raise CannotSetUp("--hub must be 1 to 32 characters of a-z, 0-9 and '-', and not 'relay'.")

    def work(transaction: Transaction) -> str:
        if hub_store.is_hub(transaction, arguments.hub):
            raise CannotSetUp(f"The hub {arguments.hub} is registered already. `relay hub-list` shows where.")
        if people_store.dwelling_community(transaction, arguments.dwelling) is None:
            _add_dwelling(transaction, arguments)
        elif (other := hub_store.hub_of_dwelling(transaction, arguments.dwelling)) is not None:
            raise CannotSetUp(f"The dwelling {arguments.dwelling} has the hub {other} already.")
        made: dict[str, Any] = {
            "hub_id": arguments.hub,
            "password": hub_store.add_hub(transaction, arguments.hub, arguments.dwelling, now_ms()),
            "psk_hex": hub_store.make_psk(transaction, arguments.hub),
            "dwelling_id": arguments.dwelling,
        }
        if arguments.stairwell:
            made["neighbours"] = hub_store.set_stairwell(transaction, arguments.hub, arguments.stairwell)
        return json.dumps(made)

    return work


def _hub_make(arguments: argparse.Namespace) -> Work:
    if not 1 <= arguments.count <= 1000:
        raise CannotSetUp("--count must be 1 to 1000.")
    if arguments.hub and (arguments.count != 1 or not hub_rules.is_name_free_for_hub(arguments.hub)):
        raise CannotSetUp("--hub names a single hub: 1 to 32 characters of a-z, 0-9 and '-', and not 'relay'.")
    if not arguments.url.startswith(("https://", "http://")):
        raise CannotSetUp("--url must be the relay's address, such as https://relay.example.")
    try:
        ca_pem = arguments.ca.read_text() if arguments.ca else None
    except (OSError, UnicodeError) as error:
        raise CannotSetUp(f"--ca {arguments.ca} cannot be read: {error}") from None

    def work(transaction: Transaction) -> str:
        lines = []
        for _ in range(arguments.count):
            hub_id = arguments.hub or _free_hub_id(transaction)
            if claim_store.is_made(transaction, hub_id) or hub_store.is_hub(transaction, hub_id):
                raise CannotSetUp(f"The hub {hub_id} is there already. Choose another --hub.")
            made = claim_store.make(transaction, hub_id, now_ms())
            secret = bytes.fromhex(made["claim"])
            written = {"claim_text": label.write(secret), "label_url": label.url(arguments.url, hub_id, secret)}
            lines.append(json.dumps(made | written | {"ca_pem": ca_pem}))
        return "\n".join(lines)

    return work


def _free_hub_id(transaction: Transaction) -> str:
    """Eight letters and digits that nobody mistakes for another."""
    while True:
        hub_id = "h-" + "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))
        if not claim_store.is_made(transaction, hub_id):
            return hub_id


def _add_dwelling(transaction: Transaction, arguments: argparse.Namespace) -> None:
    if not (arguments.community and arguments.label and arguments.address):
        raise CannotSetUp(f"The dwelling {arguments.dwelling} is new: give --community, --label and --address, too.")
    _need_community(transaction, arguments.community)
    people_store.add_dwelling(
        transaction,
        {
            "dwelling_id": arguments.dwelling,
            "community_id": arguments.community,
            "label": arguments.label,
            "label_en": arguments.label,
            "address": arguments.address,
        },
    )


def _device_add(arguments: argparse.Namespace) -> Work:
    def work(transaction: Transaction) -> str:
        if not hub_store.is_hub(transaction, arguments.hub):
            raise CannotSetUp(f"There is no hub {arguments.hub}. Register it with `relay hub-add` first.")
        try:
            hub_store.add_device(
                transaction,
                arguments.hub,
                arguments.device,
                arguments.kind,
                arguments.room,
                arguments.label,
            )
        except Conflict:
            raise CannotSetUp(f"The hub {arguments.hub} has a device {arguments.device} already.") from None
        return f"device {arguments.device} of {arguments.hub}: {arguments.room}, {arguments.label}"

    return work


def _modem_add(arguments: argparse.Namespace) -> Work:
    def work(transaction: Transaction) -> str:
        if not hub_store.is_hub(transaction, arguments.hub):
            raise CannotSetUp(f"There is no hub {arguments.hub}. Register it with `relay hub-add` first.")
        return json.dumps({"hub_id": arguments.hub, "modem": {"key": hub_store.set_modem(transaction, arguments.hub)}})

    return work


def _sms_gateway_add(arguments: argparse.Namespace) -> Work:
    name = arguments.name.strip()
    if not 1 <= len(name) <= 64:
        raise CannotSetUp("--name must have 1 to 64 characters.")

    def work(transaction: Transaction) -> str:
        secret = gateways.add_gateway(transaction, name, now_ms())
        return f"{name} may POST to /api/hooks/sms with this bearer token, which is shown once: {secret}"

    return work


def _token_add(arguments: argparse.Namespace) -> Work:
    if not 1 <= arguments.days <= 3650 or not 1 <= len(arguments.name.strip()) <= 64:
        raise CannotSetUp("--days must be 1 to 3650, --name must have 1 to 64 characters.")

    def work(transaction: Transaction) -> str:
        row = access_store.staff_by_name(transaction, arguments.staff)
        if row is None:
            raise CannotSetUp(f"Nobody signs in as {arguments.staff}. Add them with `relay staff-add` first.")
        now = now_ms()
        secret = access_store.add_token(
            transaction,
            arguments.name.strip(),
            row["staff_id"],
            row["community_id"],
            arguments.role,
            now,
            now + arguments.days * 24 * 3600 * 1000,
        )
        return f"{arguments.name} may ask with this bearer token, which is shown once: {secret}"

    return work


def _district_add(arguments: argparse.Namespace) -> Work:
    def work(transaction: Transaction) -> str:
        name_en = arguments.name_en or arguments.name
        people_store.add_district(transaction, arguments.district, arguments.name, name_en)
        for community_id in arguments.community:
            _need_community(transaction, community_id)
            people_store.join_district(transaction, community_id, arguments.district)
        return f"district {arguments.district} with {', '.join(arguments.community)}"

    return work


def _hub_list(arguments: argparse.Namespace) -> Work:
    def work(transaction: Transaction) -> str:
        lines = [
            f"{hub['hub_id']}\t{hub['dwelling_id']}\t{hub['community_id']}\t"
            + ("online" if hub["is_online"] else "offline" if hub["heard_at"] else "never heard")
            + f"\t{hub['firmware'] or '-'}"
            for hub in hub_store.all_hubs(transaction)
        ]
        return "\n".join(["hub\tdwelling\tcommunity\tstate\tfirmware", *lines])

    return work


_COMMANDS: dict[str, Callable[[argparse.Namespace], Work]] = {
    "sample": _sample,
    "community-add": _community_add,
    "staff-add": _staff_add,
    "hub-add": _hub_add,
    "hub-make": _hub_make,
    "hub-revoke": hub_revoke,
    "update-add": update_add,
    "device-add": _device_add,
    "modem-add": _modem_add,
    "sms-gateway-add": _sms_gateway_add,
    "token-add": _token_add,
    "district-add": _district_add,
    "hub-list": _hub_list,
}
