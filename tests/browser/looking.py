"""Opening a screen as one person sees it, and what may be wrong with how it looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from screens import WIDTHS, Screen
from world import World

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = ("serious", "critical")
TARGET_PX = 43.9
SMALL = """
() => [...document.querySelectorAll("button, a.button, select, input:not([type=file]), summary, [role=button]")]
  .filter((one) => one.checkVisibility() && !one.closest(".dots, .unseen") && !one.classList.contains("unseen"))
  .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, box]) => box.width && Math.min(box.width, box.height) < TARGET)
  .map(([text]) => text)
""".replace("TARGET", str(TARGET_PX))


class Looked:
    """An open screen. Shape: `complaints` is what the browser said against it."""

    def __init__(self, page: Page, screen: Screen, language: str) -> None:
        self.page = page
        self.language = language
        self.complaints: list[str] = []
        self._expected = screen.expected
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._said(said.type, said.text))

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in self._expected):
            self.complaints.append(text)

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})

    def light(self, theme: str) -> None:
        self.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)

    def violations(self, rules: list[str] | dict[str, Any]) -> list[str]:
        """What axe-core finds grave, one line each. Shape: tags of rules, or axe-core's own way to name some."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(
            "async (rules) => (await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations",
            rules,
        )
        return [
            f"{one['id']} ({one['impact']}): {node['target']} {node['failureSummary']}"
            for one in found
            if one["impact"] in GRAVE
            for node in one["nodes"]
        ]

    def faults_by_night(self) -> list[str]:
        """Only colours change by night: what cannot be read then."""
        self.light("dark")
        return [f"by night: {fault}" for fault in self.violations({"type": "rule", "values": ["color-contrast"]})]

    def faults(self) -> list[str]:
        """All that is wrong with it at this width by day."""
        self.light("light")
        found = list(self.complaints)
        wide = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if wide[0] > wide[1]:
            found.append(f"the page scrolls sideways: {wide[0]} px in {wide[1]}")
        found += [f"a target under 44 px: {text}" for text in self.page.evaluate(SMALL)]
        return found + self.violations(RULES)


@contextmanager
def look(browser: Browser, world: World, screen: Screen, language: str, width: int = 1366) -> Iterator[Looked]:
    """The screen, open and ready."""
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]})
    cookies = {"anling_language": language, "anling_theme": "light"}
    context.add_cookies([{"name": name, "value": value, "url": world.relay.url} for name, value in cookies.items()])
    if screen.who is not None:
        context.add_cookies([world.relay.session(screen.who)])
    looked = Looked(context.new_page(), screen, language)
    try:
        looked.page.goto(world.relay.url + screen.path(world))
        looked.page.locator(screen.ready).first.wait_for()
        if screen.prepare:
            screen.prepare(looked.page, world)
        yield looked
    finally:
        context.close()
