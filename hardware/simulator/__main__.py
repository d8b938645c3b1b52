"""`python -m simulator home | crowd | demo | smoke | faults`."""

from __future__ import annotations

import argparse
import pathlib
import sys

from .places import ROOT


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    home = commands.add_parser("home", help="one home with the real firmware and a page")
    home.add_argument("--dir", type=pathlib.Path, required=True, help="keeps its settings, flash and counters")
    home.add_argument("--hub-id", required=True)
    home.add_argument("--password-file", type=pathlib.Path, required=True, help="holds the hub's broker password")
    home.add_argument("--page-port", type=int, default=8090)
    home.add_argument("--language", choices=("zh", "en"), default="zh")
    home.add_argument("--psk-hex", help="use TLS by this pre-shared key (64 hex digits)")
    home.add_argument("--ca", type=pathlib.Path, help="use TLS and trust this CA (PEM file)")
    crowd = commands.add_parser("crowd", help="light hubs with heartbeats")
    crowd.add_argument("--hubs", type=pathlib.Path, required=True, help="JSON list of {hub_id, password}")
    crowd.add_argument("--interval", type=float, default=60.0, help="seconds between heartbeats")
    for one in (home, crowd):
        one.add_argument("--broker-host", default="127.0.0.1")
        one.add_argument("--broker-port", type=int, default=1883)
    demo = commands.add_parser("demo", help="a whole community on this machine")
    demo.add_argument("--data", type=pathlib.Path, default=ROOT / "var" / "demo")
    demo.add_argument("--port", type=int, default=8080, help="of the staff's screen")
    demo.add_argument("--broker-port", type=int, default=18830)
    demo.add_argument("--page-port", type=int, default=8090, help="of the home's page")
    demo.add_argument("--homes", type=int, default=60)
    demo.add_argument("--fresh", action="store_true", help="forget what earlier demos left")
    smoke = commands.add_parser("smoke", help="the demo without a person; one JSON line")
    smoke.add_argument("--cut", choices=("air", "internet", "relay", "hub"), help="cut this link: the smoke must fail")
    faults = commands.add_parser("faults", help="each fault through the real firmware, as a table")
    faults.add_argument("--only", nargs="*", metavar="ROW", help="only these rows, by their short names")
    faults.add_argument("--seeds", type=int, default=1000, help="bad bytes in the row of that name")
    faults.add_argument("--write", action="store_true", help="put the table into firmware/README.md")
    return top


def main() -> int:
    """Exit code: 0 well, 1 a link is broken (smoke), 2 cannot start."""
    given = parser().parse_args()
    try:
        if given.command == "home":
            from . import page

            return page.main(given)
        if given.command == "crowd":
            from . import crowd

            return crowd.main(given.broker_host, given.broker_port, given.hubs, given.interval)
        if given.command == "demo":
            from . import demo

            ports = demo.Ports(given.port, given.broker_port, given.page_port)
            return demo.main(given.data.resolve(), ports, given.homes, given.fresh)
        if given.command == "faults":
            from .faults import table

            return table.main(given.only, given.seeds, given.write)
        from . import smoke

        return smoke.main(given.cut)
    except ModuleNotFoundError as fault:
        print(f"simulator: the package {fault.name} is missing. Remedy: make demo installs it", file=sys.stderr)
    except OSError as fault:
        print(f"simulator: {fault}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
