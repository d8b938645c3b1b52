"""Makes what provisioning/README.md shows: a whole installation as it looks, its certificate, the table of bad inputs.

python tests/provisioning/show.py
"""

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "relay")]

import bad_inputs  # noqa: E402
from install_parts import bench_hub  # noqa: E402
from install_site import Site, installed, relay_behind_router  # noqa: E402
from relay_parts import Relay  # noqa: E402
from scripted import Script  # noqa: E402

README = bad_inputs.README
BEGIN = "<!-- recording -->"


async def record(relay: Relay, router_port: int, folder: Path) -> str:
    """What the terminal showed."""
    site = Site(relay, folder, "1203", router_port)
    ports = {"router_port": router_port, "broker_port": relay.broker_port}
    async with bench_hub(folder / "home", site.identity, **ports) as home:
        script = Script(site.answers(home))
        assert await installed(site, home, script) == 0, script.text_shown
    site.person.close()
    return re.sub(r"key=[0-9a-f]+|\*{9,}", "********", script.text_shown.replace(site.made["hub_id"], "h-…")).strip()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="anling-show-") as name:
        folder = Path(name)
        with relay_behind_router(folder / "relay") as (relay, router_port):
            shown = asyncio.run(record(relay, router_port, folder))
        pdf = next(folder.glob("anling-certificate-*.pdf"))
        picture = README.parent / "certificate"
        subprocess.run(["pdftoppm", "-r", "80", "-png", "-singlefile", str(pdf), str(picture)], check=True)
    bad_inputs.put_into_readme(BEGIN, f"{BEGIN}\n```\n{shown}\n```\n{bad_inputs.END}")
    print(shown.splitlines()[-1].strip())
    return bad_inputs.main()


if __name__ == "__main__":
    sys.exit(main())
