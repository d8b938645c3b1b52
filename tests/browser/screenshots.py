"""`make screenshots`: every screen in both languages and three widths, by day and by night, into artifacts/screenshots.

Names given draw only those screens.
"""

import sys
import tempfile
from pathlib import Path

from browser_parts import ARTIFACTS, Hub, Relay
from chromium_parts import CHROMIUM_ARGS, chromium_path
from looking import look
from playwright.sync_api import sync_playwright
from screens import LANGUAGES, SCREENS, WIDTHS
from world import World

CALM = 44  # homes that are well; the others of the sample are offline
FOLDER = ARTIFACTS / "screenshots"


def draw(relay: Relay, wanted: list[str]) -> int:
    """How many pictures were drawn."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    calm = [Hub(relay, given) for given in relay.sample["hubs"][:CALM]]
    world = World(relay, lambda: Hub(relay, relay.sample["hubs"].pop())).begin()
    count = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        for screen in SCREENS:
            if wanted and screen.name not in wanted:
                continue
            for hub in [*calm, *world.hubs.values()]:
                hub.beat()
            for language in LANGUAGES:
                for width in WIDTHS:
                    with look(browser, world, screen, language, width) as looked:
                        for theme in ("light", "dark"):
                            looked.light(theme)
                            looked.page.screenshot(path=FOLDER / f"{screen.name}-{language}-{width}-{theme}.png")
                            count += 1
        browser.close()
    for hub in [*calm, *world.hubs.values()]:
        hub.stop()
    return count


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="anling-") as folder:
        relay = Relay(Path(folder))
        try:
            count = draw(relay, sys.argv[1:])
        finally:
            relay.stop()
    print(f"{count} pictures in {FOLDER}")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
