"""What an installer may do wrong or meet, tried on real parts; the sentences that they were given make a table.

python tests/provisioning/bad_inputs.py     runs them and writes the table into provisioning/README.md
"""

import asyncio
import contextlib
import sys
import tempfile
import types
from collections.abc import AsyncIterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "relay"), str(HERE.parent)]

import update_parts  # noqa: E402
from claim_parts import add_dwellings, installer, make_hub  # noqa: E402
from install_parts import WIFI, bench_hub  # noqa: E402
from install_site import Site, installed, relay_behind_router  # noqa: E402
from relay_parts import Relay, relay_command  # noqa: E402
from scripted import Script  # noqa: E402
from simulator.home import BATHROOM, BED, KEY, Home  # noqa: E402
from simulator.processes import free_port  # noqa: E402

from provisioning import relay_client, sign  # noqa: E402

README = HERE.parent.parent / "provisioning" / "README.md"
BEGIN, END = "<!-- bad inputs: made by `python tests/provisioning/bad_inputs.py` -->", "<!-- end -->"
Row = tuple[str, str, str]  # what was wrong, the sentence, what the second try did


class Portal:
    """Where the hub looks for its relay: the relay's own answer, or somebody's sign-in page."""

    def __init__(self) -> None:
        self.is_on = True
        self.port = 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Portal"]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            page = b"HTTP/1.0 302 Found\r\nLocation: http://sign-in.example/\r\n\r\n"
            writer.write(page if self.is_on else b"HTTP/1.0 204 No Content\r\n\r\n")
            await writer.drain()
        writer.close()


def refusals(script: Script) -> list[str]:
    return [line.strip()[2:] for line in script.lines if line.strip().startswith("✗")]


async def run_all(relay: Relay, router_port: int, folder: Path) -> list[Row]:
    """Every row. Errors: AssertionError, when a second try does not go on."""
    site = Site(relay, folder, "d-bad", router_port)
    rows = await _without_a_hub(site)
    async with Portal().open() as portal:
        site.identity["relay"] = f"http://127.0.0.1:{portal.port}"
        async with bench_hub(
            folder / "home", site.identity, router_port=router_port, broker_port=relay.broker_port
        ) as home:
            rows += await _with_a_hub(site, home, portal)
    rows += await _claimed(site)
    rows += _updates(site)
    site.person.close()
    return rows


async def _without_a_hub(site: Site) -> list[Row]:
    """What is seen before any hub is in reach."""
    from provisioning.ble import Radio
    from provisioning.install import parser, run

    away = Script({"name": "li", "password": "x"})
    options = parser().parse_args([f"http://127.0.0.1:{free_port()}/install#{site.made['label_url'].split('#')[1]}"])
    assert await run(options, away, Radio()) == 1
    plain = Script({})
    options = parser().parse_args(["http://relay.example/install#" + site.made["label_url"].split("#")[1]])
    assert await run(options, plain, Radio()) == 1
    wrong = Script({"name": site.person.name, "password": "not it"})
    assert await run(site.options(), wrong, Radio()) == 1
    return [
        ("the installer's device has no way to the relay", refusals(away)[-1], "begins again at the sign-in"),
        (
            "a relay's address without encryption",
            refusals(plain)[-1],
            "begins again with the right address; nothing was sent",
        ),
        ("wrong password at the relay", refusals(wrong)[-1], "asks again"),
    ]


async def _with_a_hub(site: Site, home: Home, portal: Portal) -> list[Row]:
    rows = []
    script = Script(site.answers(home, press=""))
    assert await installed(site, home, script, "--no-walk") == 1
    rows.append(
        ("no hub is heard, or somebody else is connected to it", refusals(script)[-1], "goes on with the dwelling")
    )
    rows += await _first_run(site, home, portal)
    rows += await _dropped(site, home)
    rows += await _last_run(site, home)
    return rows


async def _first_run(site: Site, home: Home, portal: Portal) -> list[Row]:
    """Label torn; wrong password; 5 GHz; a sign-in page; at last the Wi-Fi, and then no way to the broker."""
    home.cut_internet()
    torn = site.made["label_url"][:-3]
    passwords = iter(["a wrong one", "x", WIFI["password"], WIFI["password"]])

    def password(question: str) -> str:
        given = next(passwords)
        if sum("Password:" in line for line in script.lines) == 4:
            portal.is_on = False  # somebody has used the home's own router instead
        return given

    answers = site.answers(
        home,
        label=[torn, site.made["label_url"]],
        ssid=["anling", "anling-5G", "anling", "anling"],
        wifi_password=password,
    )
    script = Script(answers | {"label": [torn, site.made["label_url"], "床头按钮", "拉绳"]})
    options = site.options("--no-walk")
    options.label = None
    assert await installed(site, home, script, options=options) == 1, script.text_shown
    said = refusals(script)
    assert len(said) == 5, said
    names = ("label torn", "wrong Wi-Fi password", "5 GHz-only network, or a name that is not there", "captive portal")
    rows: list[Row] = [(name, sentence, "asks again, at once") for name, sentence in zip(names, said[:4], strict=True)]
    rows.append(("the hub cannot reach the relay's broker", said[4], "keeps dwelling and Wi-Fi, tries the relay again"))
    home.restore_internet()
    return rows


async def _dropped(site: Site, home: Home) -> list[Row]:
    """The installer walks out of reach in the middle."""
    assert home.gatt is not None
    home.gatt.peripheral.drop_writes_after = 7  # while it is being enrolled
    script = Script(site.answers(home))
    assert await installed(site, home, script, "--no-walk") == 1, script.text_shown
    return [("the Bluetooth connection drops in the middle", refusals(script)[-1], "goes on after the last step")]


async def _last_run(site: Site, home: Home) -> list[Row]:
    """The clock an hour fast; a key that is none, one of another sensor; then all is well."""
    real = relay_client.time
    relay_client.time = types.SimpleNamespace(time=lambda: real.time() + 3600)  # type: ignore[assignment]
    try:
        answers = site.answers(home)
        pressed = iter([BED, BED, BED, BATHROOM, None])

        async def more(question: str) -> str:
            device = next(pressed)
            if device is None:
                return "n"
            home.press(device, events=2)
            await asyncio.sleep(0.4)
            return ""

        keys = ["no key", "00" * 16, KEY, KEY]
        rooms = ["卧室", "卧室", "卧室", "卫生间"]
        labels = ["床头", "床头", "床头", "拉绳"]
        script = Script(answers | {"more": more, "key": keys, "room": rooms, "label": labels, "ssid": "anling"})
        assert await installed(site, home, script, "--no-walk") == 0, script.text_shown
    finally:
        relay_client.time = real
    assert "Going on after: dwelling" in script.text_shown and 'Keep the network "anling"' in script.text_shown
    said = refusals(script)
    assert len(said) == 3, said
    return [
        ("this device's clock is an hour fast", said[0], "the hub gets the relay's time"),
        ("a sensor's key that is no key", said[1], "asks again, at once"),
        ("the key of another sensor", said[2], "asks again, at once"),
    ]


async def _claimed(site: Site) -> list[Row]:
    """Two installers at once; a hub that works elsewhere; the label of another hub."""
    relay = site.relay
    add_dwellings(relay.data, relay.sample["community_id"], "d-bad2", "d-bad3")
    other = installer(relay, "zhao")
    new = make_hub(relay.data)
    other.post(f"/api/claims/{new['hub_id']}/take", {"secret": new["claim_text"], "dwelling_id": "d-bad2"})

    def refused(hub_id: str, secret: str, dwelling_id: str) -> str:
        body = {"secret": secret, "dwelling_id": dwelling_id}
        return site.person.http.post(f"/api/claims/{hub_id}/take", json=body).json()["detail"]

    rows = [
        (
            "two installers at once",
            refused(new["hub_id"], new["claim_text"], "d-bad3"),
            "goes on when the first has given it up",
        ),
        (
            "a hub that is installed already",
            refused(site.made["hub_id"], site.made["claim_text"], "d-bad3"),
            "goes on with the hub in hand",
        ),
        ("the label of another hub", refused(new["hub_id"], site.made["claim_text"], "d-bad3"), "asks again"),
    ]
    spare = make_hub(relay.data)
    rows.append(
        ("a dwelling that has a hub", refused(spare["hub_id"], spare["claim_text"], "d-bad2"), "choose another")
    )
    # And the second try of each: the claim is given up, or the right hub and dwelling are named.
    other.post(f"/api/claims/{new['hub_id']}/release")
    site.person.post(f"/api/claims/{new['hub_id']}/take", {"secret": new["claim_text"], "dwelling_id": "d-bad3"})
    other.post(f"/api/claims/{spare['hub_id']}/take", {"secret": spare["claim_text"], "dwelling_id": "d-bad2"})
    other.close()
    for hub in (new["hub_id"], site.made["hub_id"]):
        rows = [(what, said.replace(hub, "h-…"), then) for what, said, then in rows]
    return rows


def _updates(site: Site) -> list[Row]:
    """What the one who publishes is told; hubs refuse the same, in `make test TESTS=tests/device/test_update.py`."""
    good = {n: update_parts.package(b"\xd2\xcd\x31" + bytes(5000), n, variant="reference") for n in (7, 8)}
    forged = update_parts.package(b"\xd2\xcd\x31" + bytes(5000), 9, update_parts.stranger(), "reference")
    key = site.folder / "fleet.key.pub"
    key.write_bytes(sign.public_pem(update_parts.key().public_key()))

    def add(data: bytes) -> tuple[int, str]:
        package = site.folder / "build.anling"
        package.write_bytes(data)
        told = relay_command("update-add", "--package", str(package), "--key", str(key), data=site.relay.data)
        said = (told.stderr or told.stdout).strip().replace(f"{site.folder}/", "")
        return told.returncode, said.partition("relay: ")[2] or said

    assert add(good[8])[0] == 0
    rows: list[Row] = []
    for what, data, then in (
        ("a truncated update", good[8][:-100], "the whole one is taken"),
        ("a forged update", forged, "the fleet's own is taken"),
        ("an old version offered again", good[7], "a higher number is taken"),
        ("the same version offered again", good[8], "a higher number is taken"),
    ):
        code, said = add(data)
        assert code != 0, said
        rows.append((what, said, then))
    assert add(update_parts.package(b"\xd2\xcd\x31" + bytes(5000), 9, variant="reference"))[0] == 0
    return rows


def table(rows: list[Row]) -> str:
    lines = ["| what goes wrong | the sentence | a second try |", "|---|---|---|"]
    lines += [f"| {what} | {said} | {then} |" for what, said, then in rows]
    return "\n".join([BEGIN, *lines, END])


def named(text: str) -> str:
    """Without what differs from run to run: ports and made-up names."""
    import re

    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)


def put_into_readme(begin: str, made: str) -> None:
    """Replace what stands between this mark and the next END. Shape: `made` brings both marks along."""
    before, _, rest = README.read_text("utf-8").partition(begin)
    README.write_text(before + made + rest.partition(END)[2], "utf-8")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="anling-bad-") as name:
        folder = Path(name)
        with relay_behind_router(folder / "relay") as (relay, router_port):
            rows = asyncio.run(run_all(relay, router_port, folder))
    put_into_readme(BEGIN, named(table(rows)))
    print(f"{len(rows)} bad inputs, each with its sentence, are in provisioning/README.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
