"""One relay and one browser for all browser tests; each test has its own consoles and homes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser_parts import ARTIFACTS, Hub, Relay, clear_all
from chromium_parts import CHROMIUM_ARGS, chromium_path
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright

LOUD = "--autoplay-policy=no-user-gesture-required"
expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = chromium_path()
    if found:
        return found
    pytest.skip("no Chromium on this machine, so the staff screen is NOT tested: apt-get install chromium")


@pytest.fixture(scope="session")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    started = Relay(tmp_path_factory.mktemp("relay"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(driver: Playwright, chromium: str) -> Iterator[Browser]:
    """A browser as it comes: no sound before somebody pressed something."""
    started = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
    yield started
    started.close()


class Console:
    """One signed-in staff screen."""

    def __init__(self, page: Page, relay: Relay) -> None:
        self.page = page
        self.relay = relay
        self.complaints: list[str] = []
        self.expected: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._said(said.type, said.text))

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in self.expected):
            self.complaints.append(text)

    def sign_in(self, name: str = "operator") -> "Console":
        """The console of somebody who has signed in; the form itself has a test of its own."""
        self.open_as(name, "/")
        expect(self.at("connection")).to_have_attribute("data-state", "live")
        return self

    def sign_in_by_the_form(self, name: str = "operator") -> "Console":
        self.page.goto(self.relay.url + "/")
        self.page.locator("#name").fill(name)
        self.page.locator("#password").fill(self.relay.password(name))
        self.page.locator("button[type=submit]").click()
        expect(self.at("connection")).to_have_attribute("data-state", "live")
        return self

    def open_as(self, name: str | None, path: str) -> "Console":
        """Open a page as somebody who has signed in already; None: as nobody."""
        if name is not None:
            self.page.context.add_cookies([self.relay.session(name)])
        self.page.goto(self.relay.url + path)
        return self

    def at(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def dot(self, hub: Hub) -> Locator:
        return self.at(f"dot-{hub.dwelling_id}")

    def option(self, name: str) -> str:
        """The number of whoever has this name among those who can be sent."""
        return str(self.at("responder").locator("option", has_text=name).get_attribute("value"))

    def arm(self) -> None:
        self.at("arm-sound").click()
        expect(self.at("sound-bar")).to_have_attribute("data-armed", "true")

    def shoot(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")


@pytest.fixture
def browser_with(driver: Playwright, chromium: str) -> Iterator[Callable[..., Browser]]:
    """Start a browser of one's own with further arguments: one with a camera."""
    started: list[Browser] = []

    def start(*arguments: str) -> Browser:
        started.append(driver.chromium.launch(executable_path=chromium, args=[*CHROMIUM_ARGS, *arguments]))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def consoles(browser: Browser, relay: Relay) -> Iterator[Callable[..., Console]]:
    """Make consoles; at the end none may have complained and no alarm is left open."""
    made: list[Console] = []

    def make(
        width: int = 1366,
        height: int = 768,
        language: str = "zh",
        theme: str = "light",
        script: str = "",
        used: Browser | None = None,
        **more,
    ) -> Console:
        context = (used or browser).new_context(viewport={"width": width, "height": height}, **more)
        cookies = {"anling_language": language, "anling_theme": theme}
        context.add_cookies([{"name": k, "value": v, "url": relay.url} for k, v in cookies.items()])
        if script:
            context.add_init_script(script)
        console = Console(context.new_page(), relay)
        made.append(console)
        return console

    yield make
    complaints = [text for console in made for text in console.complaints]
    for console in made:
        console.page.context.close()
    with relay.client() as client:
        clear_all(client)
    assert not complaints, complaints


@pytest.fixture
def homes(relay: Relay) -> Iterator[Callable[[], Hub]]:
    """Make hubs, each of another home than those of the tests just before."""
    made: list[Hub] = []
    given: list[dict[str, Any]] = []

    def make() -> Hub:
        given.append(relay.sample["hubs"].pop())
        hub = Hub(relay, given[-1])
        made.append(hub)
        return hub

    yield make
    for hub in made:
        hub.stop()
    relay.sample["hubs"][:0] = given  # last in line: their turn comes again after all others
