"""The console in a real browser: its weight, how soon an alarm is painted and heard, and its memory over a long shift.

An alarm is painted when, after its event arrived in the page, the queue shows it, the picture's mark is red, and a
frame was drawn since. Heard: from the arrival to the first sample measured at the output. Twelve simulated hours are
what a district of 30,000 homes has in them: three hundred alarms, each raised, taken and closed.
"""

import asyncio
import pathlib
import sys
import tempfile
from functools import partial
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "browser"))

from chromium_parts import CHROMIUM_ARGS, chromium_path
from crowd import Crowd, crowd
from playwright.sync_api import Browser, Page, sync_playwright

from relay.alarms import rules as alarm_rules
from relay.alarms import store as alarm_store
from relay.clock import now_ms
from relay.sample import COMMUNITY_ID

SMALL, LARGE = 60, 30_000
ALARMS, ALARMS_LARGE, SHIFT_ALARMS = 150, 60, 300
WATCH = """
(() => {
  window.painted = []; window.heard = [];
  const add = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (name, take) {
    if (name !== "alarm") return add.call(this, name, take);
    return add.call(this, name, (event) => {
      const at = performance.now(), wall = Date.now(), alarm = JSON.parse(event.data);
      take(event);
      if (!alarm.sound) return;
      const isThere = () => document.querySelector(`[data-testid="queue-item-${alarm.alarm_id}"][data-step="raised"]`)
        && document.querySelector(`[data-testid="dot-${alarm.dwelling_id}"][data-state="alarm"]`);
      const look = () => isThere()
        ? requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - at)))
        : requestAnimationFrame(look);
      look();
      const listen = () => {
        const heardAt = Number(document.getElementById("sound-bar").dataset.heardAt);
        if (heardAt >= wall) window.heard.push(heardAt - wall);
        else if (Date.now() - wall < 5000) setTimeout(listen, 5);
      };
      listen();
    });
  };
})();
"""


def _work(made: Crowd, what: str, **given: Any) -> None:
    """Order the newest open alarm, as its route does."""

    def work(transaction: Any) -> None:
        row = transaction.row("SELECT max(alarm_id) AS alarm_id FROM alarms WHERE is_open = 1")
        alarm_store.carry_out(
            transaction, row["alarm_id"], COMMUNITY_ID, what, made.operator[0], now_ms(), None, **given
        )

    made.services.database.write(work).result()


_close = partial(_work, what=alarm_rules.CLEAR, outcome="test", note=None)


def _open(browser: Browser, made: Crowd) -> Page:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.add_init_script(WATCH)
    made.sign_in(context)
    page = context.new_page()
    page.goto(made.url + "/")
    page.locator("#connection[data-state=live]").wait_for(timeout=60_000)
    page.get_by_test_id("arm-sound").click()
    page.get_by_test_id("heard-yes").click()
    page.wait_for_timeout(1500)
    return page


def _one(page: Page, made: Crowd, number: int) -> None:
    count = page.evaluate("painted.length")
    made.call(number)
    for _ in range(1000):
        if page.evaluate("painted.length") > count and page.evaluate("heard.length") > count:
            break
        page.wait_for_timeout(10)
    _work(made, alarm_rules.ACKNOWLEDGE)
    _close(made)
    page.locator(".item").first.wait_for(state="detached")


def _times(report: Any, quantile: Any, page: Page, homes: int) -> None:
    for name in ("painted", "heard"):
        values = page.evaluate(name)
        for share in (0.5, 0.99):
            report(f"board_{homes}", f"event_to_{name}_p{int(share * 100)}", quantile(values, share), "ms")
        report(f"board_{homes}", f"event_to_{name}_worst", max(values), "ms")


def _weight(report: Any, page: Page) -> None:
    """What went over the wire, as the browser counted it; not what could have."""
    sent = page.evaluate("performance.getEntriesByType('resource').map((one) => [one.name, one.encodedBodySize])")
    sizes = {name: size for name, size in sent if name.split("?")[0].endswith((".js", ".css"))}
    report("board_60", "script_and_css_sent", sum(sizes.values()) / 1024, "KB")
    report("board_60", "script_and_css_files", len(sizes), "files")


def _heap_kb(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    for _ in range(3):  # elements and scripts hold each other: one round does not free both
        session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize") / 1024


def _shift(report: Any, page: Page, made: Crowd) -> None:
    heaps = []
    for part in range(4):
        for number in range(SHIFT_ALARMS // 4):
            made.call(2 + number % 50, ("help", "fall", "smoke", "test")[number % 4])
            _work(made, alarm_rules.ACKNOWLEDGE)
            _close(made)
        page.wait_for_timeout(1500)
        heaps.append(_heap_kb(page))
        report("board_60", f"heap_after_{(part + 1) * 3}_h", heaps[-1], "KB")
    report("board_60", "heap_growth_of_the_last_9_h", heaps[-1] - heaps[0], "KB")
    report("board_60", "nodes", page.evaluate("document.querySelectorAll('*').length"), "elements")


def _measure(report: Any, quantile: Any) -> None:
    chromium = chromium_path()
    if chromium is None:
        raise SystemExit("board: no Chromium on this machine. Remedy: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        for homes, alarms in ((SMALL, ALARMS), (LARGE, ALARMS_LARGE)):
            with tempfile.TemporaryDirectory(prefix="anling-") as folder, crowd(pathlib.Path(folder), homes) as made:
                page = _open(browser, made)
                if homes == SMALL:
                    _weight(report, page)
                for at in range(alarms):
                    _one(page, made, 2 + at % (homes - 2))
                _times(report, quantile, page, homes)
                if homes == SMALL:
                    _shift(report, page, made)
                page.context.close()
        browser.close()


async def run(report: Any, quantile: Any) -> None:
    await asyncio.to_thread(_measure, report, quantile)
