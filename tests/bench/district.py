"""The district's map in a real browser: how soon 30,000 homes are there, and how smoothly they are panned.

Ready is from the start of the navigation until two frames after the homes are drawn, as the page itself counts it, with
nothing of it in the browser's cache. A frame is what the page was given to draw in (requestAnimationFrame) while a hand
drags the map back and forth for some seconds, at a zoom where many clusters are in sight and at one with single homes.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from browser_parts import Relay
from chromium_parts import chromium_path

OPENED = 5
DRAGS = 6
STEPS = 30
SIZE = {"width": 1366, "height": 768}
COUNT_FRAMES = """
() => {
  window.frames_ms = [];
  let before = performance.now();
  const next = (now) => {
    window.frames_ms.push(now - before);
    before = now;
    window.counting = requestAnimationFrame(next);
  };
  window.counting = requestAnimationFrame(next);
}
"""
STOP = "() => { cancelAnimationFrame(window.counting); return window.frames_ms.slice(2); }"


async def run(report: Callable[..., None], quantile: Callable[[list[float], float], float]) -> None:
    with tempfile.TemporaryDirectory(prefix="anling-") as folder:
        relay = Relay(Path(folder), "--district")
        try:
            await _look(relay, report, quantile)
        finally:
            relay.stop()


async def _look(relay: Relay, report: Callable[..., None], quantile: Callable[..., float]) -> None:
    with relay.client("district") as client:
        session = client.cookies["anling_session"]
        homes = len(client.get("/api/district/homes").json()["rows"])
    report("district", "homes", homes, "homes")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        ready: list[float] = []
        for _ in range(OPENED):
            context = await browser.new_context(viewport=SIZE)
            await context.add_cookies([{"name": "anling_session", "value": session, "url": relay.url}])
            page = await context.new_page()
            await page.goto(relay.url + "/district")
            room = page.locator("#room[data-state=ready]")
            await room.wait_for()
            ready.append(float(await room.get_attribute("data-ready-ms") or "nan"))
            if len(ready) == OPENED:
                await _pan(page, report, quantile)
            await context.close()
        await browser.close()
    report("district", "map_ready_p50", quantile(ready, 0.5), "ms")
    report("district", "map_ready_worst", max(ready), "ms")


async def _pan(page: Page, report: Callable[..., None], quantile: Callable[..., float]) -> None:
    for name, zooms in (("all", 0), ("streets", 4)):
        for _ in range(zooms):
            await page.locator(".leaflet-control-zoom-in").click()
        frames: list[float] = await _drag(page)
        report("district", f"panning_{name}_frames_per_s", 1000 * len(frames) / sum(frames), "1/s")
        report("district", f"panning_{name}_frame_p95", quantile(frames, 0.95), "ms")
        report("district", f"panning_{name}_frame_worst", max(frames), "ms")


async def _drag(page: Page) -> list[Any]:
    box = await page.locator("#map").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + min(box["height"], 600) / 2)
    await page.mouse.move(*middle)
    await page.evaluate(COUNT_FRAMES)
    for turn in range(DRAGS):
        side = 1 if turn % 2 else -1
        await page.mouse.move(middle[0] - side * 250, middle[1] - side * 100)
        await page.mouse.down()
        for step in range(STEPS):
            await page.mouse.move(
                middle[0] - side * (250 - step * 500 / STEPS), middle[1] - side * (100 - step * 200 / STEPS)
            )
            await page.wait_for_timeout(16)
        await page.mouse.up()
    return await page.evaluate(STOP)
