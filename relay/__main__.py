"""`python -m relay …`: the relay's command line. Each error is one sentence on stderr and exit code 2."""

import argparse
import os
import sys
from pathlib import Path

ROLES = ("operator", "responder", "supervisor", "installer", "district", "auditor")
MISSING = "relay: a part is missing: {name}. Install the project with `pip install -e .` in its folder."


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="relay", description="Anling's relay: takes in alarms, shows them, answers.")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument(
            "--database",
            default=os.environ.get("ANLING_DATABASE"),
            help="postgresql://user:password@host/name, also from ANLING_DATABASE; without it DATA/relay.db",
        )
        sub.add_argument(
            "--secrets-key",
            type=Path,
            default=os.environ.get("ANLING_SECRETS_KEY"),
            help="file that opens the database's secrets, also from ANLING_SECRETS_KEY; without it DATA/secrets.key",
        )
        sub.add_argument("--data", type=Path, default=Path("anling-data"), help="folder of database and pictures")
        return sub

    serve = command("serve", "Serve consoles and hubs until Ctrl-C.")
    serve.add_argument("--host", default="127.0.0.1", help="address of the web server")
    serve.add_argument("--port", type=int, default=8080, help="port of the web server; 0 takes a free one")
    serve.add_argument(
        "--broker",
        default=os.environ.get("ANLING_BROKER"),
        help="use this broker: mqtt://user:password@host:port, also from ANLING_BROKER",
    )
    serve.add_argument(
        "--shared", action="store_true", help="several relays share this broker (MQTT 5); so with PostgreSQL"
    )
    serve.add_argument("--broker-port", type=int, default=1883, help="port of the embedded broker")

    serve.add_argument(
        "--hub-broker",
        default=os.environ.get("ANLING_HUB_BROKER"),
        help="how homes reach the broker, told to each hub at its installation: psk://host:port, tls:// or none://",
    )

    serve.add_argument(
        "--hub-ntp",
        default=os.environ.get("ANLING_HUB_NTP"),
        help="whom homes ask for the time: host:port, or off; without it they ask the national time service",
    )
    serve.add_argument(
        "--hub-modem",
        default=os.environ.get("ANLING_HUB_MODEM"),
        help="the number of the gateway for short messages, told to each hub with a modem: number, or number,apn",
    )
    serve.add_argument(
        "--heartbeat-url",
        default=os.environ.get("ANLING_HEARTBEAT_URL"),
        help="POSTed to each minute while the relay is well, so that somebody outside hears when it is not",
    )

    sample = command("sample", "Fill an empty database with one invented community.")
    sample.add_argument("--homes", type=int, default=60, help="1 to 60")
    sample.add_argument("--district", action="store_true", help="43 communities more, 30,000 homes in all")
    sample.add_argument("--json", action="store_true", help="print one JSON object")

    community = command("community-add", "Add a community.")
    community.add_argument("--community", required=True, help="its id, such as c-north")
    community.add_argument("--name", required=True)
    community.add_argument("--name-en", default="")

    staff = command("staff-add", "Add somebody who works in a community; prints the password once.")
    staff.add_argument("--community", required=True)
    staff.add_argument("--name", required=True, help="the name to sign in with")
    staff.add_argument("--display-name", required=True)
    staff.add_argument("--display-name-en", default="")
    staff.add_argument("--role", required=True, choices=ROLES)
    staff.add_argument("--phone", help="for calls when nobody answers")
    staff.add_argument("--notify-url", help="a chat, mail or push address as apprise writes them")
    staff.add_argument("--language", choices=("zh", "en"), default="zh")

    hub = command("hub-add", "Register a hub for a dwelling; prints password and key once.")
    hub.add_argument("--hub", required=True, help="its id: a-z, 0-9 and '-'")
    hub.add_argument("--dwelling", required=True, help="the dwelling's id; a new one needs the three below")
    hub.add_argument("--community")
    hub.add_argument("--label", help="what the board shows, such as 3号楼201")
    hub.add_argument("--address", help="the whole way to the door")

    hub.add_argument("--stairwell", help="its name: hubs of one stairwell carry each other's alarms")

    make = command(
        "hub-make", "Make hubs at the bench: names, passwords, keys, labels; printed once, a JSON line each."
    )
    make.add_argument("--count", type=int, default=1, help="how many, 1 to 1000")
    make.add_argument("--hub", help="the name of a single one; without it names are made up")
    make.add_argument("--url", default="https://localhost", help="the relay's address, for the label's QR code")
    make.add_argument("--ca", type=Path, help="the community's certificate authority, as PEM, where TLS has one")

    lost = command("hub-revoke", "Put a lost or stolen hub out of the system, at once and for ever.")
    lost.add_argument("--hub", required=True)
    lost.add_argument("--reason", required=True, help="what the board shows, such as 被盗")

    update = command("update-add", "Add a signed package of firmware; a supervisor then starts its stages.")
    update.add_argument("--package", required=True, type=Path)
    update.add_argument("--key", required=True, type=Path, help="the fleet's public key")

    device = command("device-add", "Name a trigger device of a hub, so that alarms say where it was pressed.")
    device.add_argument("--hub", required=True)
    device.add_argument("--device", required=True, help="its id, as the hub sends it")
    device.add_argument("--kind", required=True, choices=("button", "door", "motion"))
    device.add_argument("--room", required=True)
    device.add_argument("--label", required=True)

    modem = command("modem-add", "Give a hub with a modem the key of its short messages; prints it once.")
    modem.add_argument("--hub", required=True)

    gateway = command("sms-gateway-add", "Let a gateway bring short messages; prints its secret once.")
    gateway.add_argument("--name", required=True, help="the same name again: a new secret, the old one ends")

    command("hub-list", "List the hubs.")

    token = command("token-add", "Let a program in, such as a telephone system (call_gateway); prints its secret once.")
    token.add_argument("--staff", required=True, help="the name of the colleague for whom it acts")
    token.add_argument("--name", required=True, help="what the token is for")
    token.add_argument("--role", required=True, choices=(*ROLES[:4], "auditor", "call_gateway"))
    token.add_argument("--days", type=int, default=365, help="1 to 3650")

    district = command("district-add", "Put communities together into a district.")
    district.add_argument("--district", required=True, help="its id, such as d-river")
    district.add_argument("--name", required=True)
    district.add_argument("--name-en", default="")
    district.add_argument(
        "--community", required=True, nargs="+", help="which communities; the others stay as they are"
    )

    taken = command("people-import", "Take in a table of homes and their people; with a wrong line nothing of it.")
    taken.add_argument("--community", required=True)
    source = taken.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", type=Path, help="CSV, as people-export writes it")
    source.add_argument("--table", help="a table of the database, made with `sqlite-utils insert`")
    taken.add_argument("--dry-run", action="store_true", help="only say what would happen")
    given = command("people-export", "Write homes and their people as CSV, without notes on health.")
    given.add_argument("--community", required=True)
    given.add_argument("--file", type=Path, required=True)

    backup = command("backup", "Copy the database while it is used, and prove the copy by restoring it.")
    backup.add_argument("--to", type=Path, help="folder for the copies; without it DATA/backups")
    proved = command("backup-verify", "Prove a copy by restoring it: is it whole, is its chain?")
    proved.add_argument("--file", type=Path, required=True)
    command("verify", "Make every hash of the history anew; exit code 1 when something was changed.")
    command("counts", "What hubs counted beside what is stored; exit code 1 when they differ.")
    files = command("broker-files", "Write mosquitto's configuration, rights, passwords and the hubs' keys.")
    files.add_argument("--to", type=Path, required=True, help="folder, such as /etc/mosquitto/anling")
    files.add_argument("--port", type=int, default=8883, help="where hubs reach the broker, by pre-shared key")
    files.add_argument("--relay-port", type=int, default=1883, help="where the relay reaches it, on this machine only")
    files.add_argument("--host", default="0.0.0.0", help="address of the hubs' port")
    files.add_argument("--state", default="/var/lib/mosquitto", help="where mosquitto keeps what must outlive it")
    files.add_argument(
        "--pid-file", type=Path, default=Path("/run/mosquitto/mosquitto.pid"), help="mosquitto's: it is told of changes"
    )
    files.add_argument(
        "--watch", action="store_true", help="stay: a new hub may speak, one that was put out is cut, within a second"
    )
    rotated = command("secrets-rotate", "Seal the secrets in the database with a new key.")
    rotated.add_argument(
        "--keep-old", action="store_true", help="leave the old key in the file, until other relays have the new one"
    )
    return top


def main(given: list[str] | None = None) -> int:
    arguments = parser().parse_args(given)
    try:
        from . import commands, serve, setup
        from .database import Broken
        from .vault import Locked

        if arguments.command == "serve":
            return serve.run(arguments)
        if arguments.command in commands.COMMANDS:
            return commands.run(arguments)
    except ModuleNotFoundError as error:
        print(MISSING.format(name=error.name), file=sys.stderr)
        return 2
    try:
        return setup.run(arguments)
    except (setup.CannotSetUp, Locked) as error:
        print(f"relay: {error}", file=sys.stderr)
    except Broken as error:
        print(f"relay: {serve.cannot_use(arguments, error)}", file=sys.stderr)
    except OSError as error:
        print(f"relay: the data folder {arguments.data} cannot be used: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("relay: stopped; nothing was changed", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
