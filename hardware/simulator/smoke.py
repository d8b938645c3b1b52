"""The demo without a person: press, hear, see, acknowledge, hear. One JSON line; exit 0 only if all happened.

The screen is a real Chromium where playwright and chromium are installed (`make test` installs both), else the
console's own event stream; the line says which. `--cut` breaks one link on purpose: the smoke must fail and name it.
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from typing import Any

from . import demo
from .home import Home
from .processes import CannotStart, Children, free_port
from .staff import Staff

WAIT_S = 10.0


class Broken(Exception):
    """A link of the road is broken; the text names it."""


class Screen:
    """The staff's screen: the dot of the dwelling in a real browser, or the event stream."""

    def __init__(self, staff: Staff, port: int, dwelling_id: str) -> None:
        self._staff = staff
        self._port = port
        self._dwelling_id = dwelling_id
        self._closers: list[Any] = []
        self._page: Any = None
        self.kind = "event stream"

    async def open(self) -> None:
        self._staff.listen()
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        try:
            from playwright.async_api import async_playwright
        except ModuleNotFoundError:
            return
        if chromium is None:
            return
        driver = await async_playwright().start()
        self._closers.append(driver.stop)
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        self._closers.append(browser.close)
        context = await browser.new_context(viewport={"width": 1366, "height": 768})
        cookie = {"name": "anling_session", "value": self._staff.cookie_value, "url": f"http://127.0.0.1:{self._port}"}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        self._page = await context.new_page()
        await self._page.goto(f"http://127.0.0.1:{self._port}/")
        await self._page.wait_for_selector(self._dot("safe"), timeout=15000, state="attached")
        self.kind = "chromium"

    def _dot(self, state: str) -> str:
        return f'[data-testid="dot-{self._dwelling_id}"][data-state="{state}"]'

    async def see_alarm(self) -> float:
        """The monotonic time in s at which the screen shows the alarm."""
        if self._page is not None:
            await self._page.wait_for_selector(self._dot("alarm"), timeout=WAIT_S * 1000, state="attached")
            return time.monotonic()
        right: Callable[[dict[str, Any]], bool] = lambda a: a["is_open"] and a["kind"] == "help"  # noqa: E731
        return (await asyncio.to_thread(self._staff.wait, "alarm", right, WAIT_S))[0]

    async def close(self) -> None:
        for closer in reversed(self._closers):
            await closer()
        self._staff.close()


async def committed_ms(path: pathlib.Path, hub_id: str, pressed_at_ms: float) -> float:
    """ms from the press until the relay had committed its message, by the relay's own note of the time."""
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            row = database.execute(
                "SELECT committed_at FROM intake WHERE hub_id = ? AND word = 'alarm' ORDER BY seq DESC", (hub_id,)
            ).fetchone()
        database.close()
        if row is not None and row[0] is not None:
            return row[0] - pressed_at_ms
        await asyncio.sleep(0.05)
    raise Broken("commit: the relay has no record of the alarm")


async def road(home: Home, children: Children, staff: Staff, made: dict[str, Any], relay: int, cut: str | None) -> Any:
    """Walk the road once. Errors: Broken names the first link that failed."""
    found: dict[str, Any] = {}
    screen = Screen(staff, relay, made["hubs"][0]["dwelling_id"])
    try:
        await screen.open()
        started = len(home.events)
        if cut == "air":
            await home.air.scan(False)
        elif cut == "internet":
            home.cut_internet("blackhole")
        elif cut == "relay":
            children.kill("relay")
        elif cut == "hub":
            await home.kill_hub()
        wall_ms = time.time() * 1000
        pressed_s = home.press()
        seeing = asyncio.create_task(screen.see_alarm())
        try:
            siren = await home.wait_for("siren", lambda d: d["on"], WAIT_S, since=started)
        except TimeoutError:
            seeing.cancel()
            raise Broken("sound: the home stayed silent") from None
        found["press_to_sound_ms"] = round((siren[0] - pressed_s) * 1000, 2)
        try:
            found["press_to_screen_ms"] = round((await seeing - pressed_s) * 1000, 2)
        except Exception:
            raise Broken("screen: the alarm did not appear") from None
        found["screen"] = screen.kind
        path = children.folder / "relay" / "relay.db"
        found["press_to_commit_ms"] = round(await committed_ms(path, home.hub_id, wall_ms), 2)
        alarms = (await asyncio.to_thread(staff.get, "/api/board"))["alarms"]
        if len(alarms) != 1:
            raise Broken(f"relay: {len(alarms)} open alarms for one press")
        heard = len(home.events)
        taken_s = time.monotonic()
        await asyncio.to_thread(staff.post, f"/api/alarms/{alarms[0]['alarm_id']}/acknowledge", {})
        try:
            said = await home.wait_for("voice", lambda d: d["prompt"] == "acknowledged", WAIT_S, since=heard)
        except TimeoutError:
            raise Broken("acknowledgement: the home did not hear it") from None
        found["acknowledge_to_home_ms"] = round((said[0] - taken_s) * 1000, 2)
    finally:
        await screen.close()
    return found


async def walk(folder: pathlib.Path, cut: str | None) -> dict[str, Any]:
    """Start relay and home, walk the road, end all."""
    children = Children(folder)
    relay, broker = free_port(), free_port()
    home: Home | None = None
    found: dict[str, Any] = {"ok": False}
    try:
        made = await asyncio.to_thread(demo.sample, folder, 60)
        demo.start_relay(children, folder, relay, broker)
        first = made["hubs"][0]
        home = Home(folder / "home", first["hub_id"], "127.0.0.1", broker, first["password"])
        await home.start()
        found["micropython"] = home.micropython_version
        operator = next(s for s in made["staff"] if s["role"] == "operator")
        staff = await asyncio.to_thread(Staff, relay, operator["name"], operator["password"])
        await asyncio.to_thread(wait_online, staff, first["hub_id"])
        found.update(await road(home, children, staff, made, relay, cut))
        found["ok"] = True
    except (Broken, CannotStart, TimeoutError, OSError) as fault:
        found["failed"] = str(fault)
    finally:
        if home is not None:
            await home.stop()
        children.stop()
    return found


def wait_online(staff: Staff, hub_id: str) -> None:
    """Until the relay has heard the hub."""
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        if any(d["hub_id"] == hub_id and d["is_hub_online"] for d in staff.get("/api/board")["dwellings"]):
            return
        time.sleep(0.1)
    raise Broken("uplink: the hub did not reach the relay")


def main(cut: str | None) -> int:
    """Exit code 0 only if every link held."""
    with tempfile.TemporaryDirectory(prefix="anling-", ignore_cleanup_errors=True) as folder:
        found = asyncio.run(walk(pathlib.Path(folder), cut))
    print(json.dumps(found), flush=True)
    return 0 if found["ok"] else 1
