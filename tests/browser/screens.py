"""Every screen of the house, in one place: tests look at each in both languages and three widths, and
`make screenshots` draws them. A new page adds its entry here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page
from world import World

LANGUAGES = ("zh", "en")
WIDTHS = {390: 844, 1366: 768, 3840: 2160}


@dataclass(frozen=True)
class Screen:
    """One screen.

    Shape: `address` a path, or what makes one of the world · `who` signs in, None for nobody · `ready` a selector
    that is visible once all is there · `prepare(page, world)` is done after that, before anybody looks ·
    `expected` parts of browser complaints that belong to this screen.
    """

    name: str
    address: str | Callable[[World], str]
    ready: str
    who: str | None = "operator"
    prepare: Callable[[Page, World], None] | None = None
    expected: tuple[str, ...] = ()

    def path(self, world: World) -> str:
        return self.address if isinstance(self.address, str) else self.address(world)


def _open_card(page: Page, world: World) -> None:
    page.locator("[data-testid^=queue-item-]").first.click()
    page.get_by_test_id("contacts").wait_for()


def _set_up_the_map(page: Page, world: World) -> None:
    if page.locator("#menu-button").is_visible():
        page.locator("#menu-button").click()
    page.get_by_test_id("settings").click()
    page.get_by_test_id("places").wait_for()


SCREENS = (
    Screen("sign-in", "/sign-in", "#password", who=None),
    Screen("not-found", "/nowhere", "h1", who=None, expected=("404",)),
    Screen("console", "/", "[data-testid^=queue-item-]", prepare=_open_card),
    Screen("map-set-up", "/", "[data-testid^=queue-item-]", prepare=_set_up_the_map),
)
