"""Back to how the hub left the bench: what the flash holds afterwards, byte by byte."""

import asyncio
import json
import socket

from simulator.board_link import CANCEL_PIN
from simulator.home import BED, KEY, Home

WIFI = "a-password-of-a-home"
ROOM = "奶奶的卧室"


def nowhere() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def remains(folder):
    """What is to be found of the resident: {file: what}."""
    wanted = {"Wi-Fi": WIFI.encode(), "key": KEY.encode(), "device": BED.encode(), "room": json.dumps(ROOM).encode()}
    wanted |= {"room in clear": ROOM.encode(), "alarm": b'"help"', "broker": b"not-for-strangers"}
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "hub.log":
            data = path.read_bytes()
            kept = [name for name, text in wanted.items() if text in data]
            if kept:
                found[path.name] = kept
    return found


def test_cancel_held_from_the_start_leaves_nothing_of_the_resident_in_flash(tmp_path):
    async def story():
        home = Home(tmp_path / "h", "hub-1", "127.0.0.1", nowhere(), "not-for-strangers")
        home.more_settings["wifi"] = [{"ssid": "anling", "password": WIFI}]
        home.sensors[BED].room = ROOM
        (tmp_path / "h" / "identity.json").write_text('{"hub_id": "hub-1"}')
        (tmp_path / "h" / "voices" / "zh-family").mkdir(parents=True)
        (tmp_path / "h" / "voices" / "zh-family" / "heard.wav").write_bytes(b"RIFF grandson")
        await home.start()
        try:
            home.press(BED)
            await home.wait_for("siren", lambda d: d["on"], 10)
            await asyncio.sleep(0.5)
            await home.kill_hub()
            assert {"settings.bin", "journal.bin"} <= set(remains(home.folder)), "there was nothing to wipe"
            home.link.set_pin(CANCEL_PIN, 0)
            since = len(home.events)
            starting = asyncio.create_task(home.start_hub(timeout_s=40))
            await home.wait_for("log", lambda d: "nothing of the resident" in d["text"], 30, since)
            home.link.set_pin(CANCEL_PIN, 1)
            assert remains(home.folder) == {}
            assert not list((home.folder / "voices" / "zh-family").iterdir())
            assert (home.folder / "identity.json").exists(), "the hub's own name stays"
            await starting
            await home.wait_for("log", lambda d: "factory defaults" in d["text"], 20, since)
        finally:
            await home.stop()

    asyncio.run(story())
