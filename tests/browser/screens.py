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


def _press_community(page: Page, world: World) -> None:
    page.locator("[data-testid^=community-] button").first.click()
    page.locator("[data-testid=panel-detail] h3").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


def _press_door(page: Page, world: World) -> None:
    page.locator("[data-testid^=door-]").first.click()
    page.get_by_test_id("door-detail").wait_for()
    page.locator("[data-testid=tower][data-state=ready], [data-testid=no-3d]").wait_for()


def _open_hub(page: Page, world: World) -> None:
    page.locator("[data-testid^=devices-] > summary").first.click()
    page.locator("[data-testid^=revoke-] > summary").first.click()


def _press(testid: str, then: str) -> Callable[[Page, World], None]:
    """Press one thing and wait for what it opens."""

    def prepare(page: Page, world: World) -> None:
        page.get_by_test_id(testid).first.click()
        page.get_by_test_id(then).first.wait_for()

    return prepare


GPU = ("GL Driver Message",)  # a picture taken of WebGL makes Chromium complain of its slowness

SCREENS = (
    Screen("sign-in", "/sign-in", "#password", who=None),
    Screen("not-found", "/nowhere", "h1", who=None, expected=("404",)),
    Screen("console", "/", "[data-testid^=queue-item-]", prepare=_open_card),
    Screen("wall", "/wall", "[data-testid^=queue-item-]", expected=("AudioContext was not allowed",)),
    Screen("handover", "/handover", "[data-testid=open-matters] li"),
    Screen("map-set-up", "/", "[data-testid^=queue-item-]", prepare=_set_up_the_map),
    Screen("district", "/district", "[data-state=ready] .dots-canvas", who="district", prepare=_press_community),
    Screen("building", "/buildings", "[data-testid=doors]", prepare=_press_door, expected=GPU),
    Screen("phone", "/phone", "[data-testid^=work-]", who="responder"),
    Screen("phone-no-work", "/phone", "[data-testid=no-work]", who="responder2"),
    Screen("family", lambda world: world.family_address(), "[data-testid=family-alarms]", who=None),
    Screen("hubs", "/hubs", "[data-testid=updates] form", who="supervisor", prepare=_open_hub),
    Screen("numbers", "/numbers", "[data-testid=figures]", who="supervisor"),
    Screen("people", "/people", "[data-testid=homes]", who="supervisor"),
    Screen("people-add", "/people", "[data-testid=homes]", who="supervisor", prepare=_press("home-add", "home-form")),
    Screen("people-import", "/people", "[data-testid=homes]", who="supervisor", prepare=_press("import", "importer")),
    Screen("install", "/install", "[data-testid=label-form]", who="supervisor"),
    Screen("staff", "/staff", "[data-testid=staff]", who="supervisor"),
    Screen("settings", "/settings", "[data-testid=settings-surroundings]", who="supervisor"),
    Screen("audit", "/audit", "[data-testid=audit]", who="supervisor"),
)
