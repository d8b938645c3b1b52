"""Makes what provisioning/README.md shows: a whole installation as it looks, its certificate, the table of bad inputs.

python tests/provisioning/show.py
"""

import asyncio
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "relay")]

import bad_inputs  # noqa: E402
from install_parts import bench_hub  # noqa: E402
from install_site import Site, installed  # noqa: E402
from relay_parts import Relay, relay_command  # noqa: E402
from scripted import Script  # noqa: E402
from simulator.processes import free_port  # noqa: E402

README = bad_inputs.README
BEGIN, END = "<!-- recording -->", "<!-- end -->"


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
        (folder / "relay").mkdir()
        made = relay_command("sample", "--homes", "2", "--json", data=folder / "relay")
        router_port = free_port()
        relay = Relay(folder / "relay", json.loads(made.stdout))
        relay.more = ["--hub-broker", f"none://127.0.0.1:{router_port}", "--hub-ntp", "off"]
        relay.start()
        try:
            shown = asyncio.run(record(relay, router_port, folder))
        finally:
            relay.stop()
        pdf = next(folder.glob("anling-certificate-*.pdf"))
        picture = README.parent / "certificate"
        subprocess.run(["pdftoppm", "-r", "80", "-png", "-singlefile", str(pdf), str(picture)], check=True)
    text = README.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    README.write_text(f"{before}{BEGIN}\n```\n{shown}\n```\n{END}{rest.partition(END)[2]}", "utf-8")
    print(shown.splitlines()[-1].strip())
    return bad_inputs.main()


if __name__ == "__main__":
    sys.exit(main())
