"""`make walk`: one press from the button to the closed alarm, as each person sees it; the pictures of relay/README.md.

Every picture is of the real relay and real pages, in the order in which it happens.
"""

import sys
import tempfile
from pathlib import Path

from browser_parts import ROOT, Hub, Relay
from chromium_parts import CHROMIUM_ARGS, chromium_path
from playwright.sync_api import Browser, Page, expect, sync_playwright

FOLDER = ROOT / "relay" / "console" / "walk"
DESK, PHONE = (1366, 768), (390, 844)


class Walk:
    """Shape: each person has a browser of their own."""

    def __init__(self, browser: Browser, relay: Relay) -> None:
        self.browser = browser
        self.relay = relay

    def sit_down(self, who: str | None, path: str, size: tuple[int, int]) -> Page:
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]})
        cookies = {"anling_language": "en", "anling_theme": "light"}
        if who is not None:
            with self.relay.client(who) as client:
                cookies["anling_session"] = client.cookies["anling_session"]
        url = self.relay.url
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(url + path)
        return page

    def draw(self, page: Page, name: str) -> None:
        page.wait_for_timeout(600)  # marks have come to rest
        page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=72)


def _family_path(relay: Relay, dwelling_id: str) -> str:
    with relay.client() as client:
        home = client.get(f"/api/people/dwellings/{dwelling_id}").json()
        given = {"contact_id": home["contacts"][0]["contact_id"]}
        made = client.post(f"/api/dwellings/{dwelling_id}/family-links", json=given).json()
    return "/family/" + made["url"].rsplit("/family/", 1)[1]


def walk(browser: Browser, relay: Relay) -> None:
    FOLDER.mkdir(exist_ok=True)
    going = Walk(browser, relay)
    hub, *calm = [Hub(relay, given) for given in relay.sample["hubs"][7:52]]
    desk = going.sit_down("operator", "/", DESK)
    desk.get_by_test_id("arm-sound").click()
    desk.get_by_test_id("heard-yes").click()
    wall, phone = going.sit_down("supervisor", "/wall", DESK), going.sit_down("responder", "/phone", PHONE)
    card = desk.get_by_test_id("card")
    wall.locator("#connection[data-state=live]").wait_for()
    wall.keyboard.press("Space")  # any key arms its sound

    named = hub.press()
    expect(card).to_have_attribute("data-step", "raised")
    expect(desk.get_by_test_id("contacts")).to_be_visible()
    going.draw(desk, "1-console-called")
    expect(wall.locator(".item")).to_have_count(1)
    going.draw(wall, "2-wall-called")

    desk.keyboard.press("a")
    expect(card).to_have_attribute("data-step", "acknowledged")
    hub.told(named, "acknowledged")
    expect(desk.get_by_test_id("told")).to_contain_text("The home has heard")
    desk.get_by_test_id("responder").select_option(
        desk.locator("[data-testid=responder] option", has_text="Li Min").get_attribute("value")
    )
    desk.get_by_test_id("minutes").fill("6")
    going.draw(desk, "3-console-taken")
    desk.get_by_test_id("send").click()
    expect(card).to_have_attribute("data-step", "on_the_way")

    expect(phone.get_by_test_id("accept")).to_be_visible(timeout=20_000)
    going.draw(phone, "4-phone-sent")
    phone.get_by_test_id("accept").click()
    expect(phone.get_by_test_id("arrived")).to_be_visible()
    phone.get_by_test_id("arrived").click()
    expect(phone.get_by_test_id("outcome")).to_be_visible()
    phone.get_by_test_id("outcome").select_option("helped")
    going.draw(phone, "5-phone-at-the-door")
    phone.get_by_test_id("resolve").click()

    expect(desk.get_by_test_id("timeline")).to_contain_text("Resolved", timeout=20_000)
    desk.keyboard.press("x")
    desk.keyboard.press("Enter")
    expect(card).to_have_attribute("data-step", "cleared")
    going.draw(desk, "6-console-closed")
    family = going.sit_down(None, _family_path(relay, hub.dwelling_id), PHONE)
    family.get_by_test_id("family-alarms").wait_for()
    going.draw(family, "7-family")
    for one in (hub, *calm):
        one.stop()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="anling-") as folder, sync_playwright() as driver:
        relay = Relay(Path(folder))
        try:
            browser = driver.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
            walk(browser, relay)
            browser.close()
        finally:
            relay.stop()
    print(f"{len(list(FOLDER.glob('*.jpg')))} pictures in {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
