"""Sizes, languages, light and dark: nothing is cut off, targets are large, contrast and motion are kind."""

import pytest
from playwright.sync_api import expect

SIZES = {"390": (390, 844), "1366": (1366, 768), "3840": (3840, 2160)}
RATIO = """
(element) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = element;
  while (behind && rgb(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
  const pair = [getComputedStyle(element).color, getComputedStyle(behind ?? document.body).backgroundColor];
  const [a, b] = pair.map((colour) => light(rgb(colour))).sort((x, y) => y - x);
  return [(a + 0.05) / (b + 0.05), element.textContent.trim().slice(0, 30)];
}
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_board_fits_and_can_be_read(consoles, homes, size: str, language: str, theme: str) -> None:
    console, hub = consoles(*SIZES[size], language, theme).sign_in(), homes()
    console.shoot(f"board-{size}-{language}-{theme}-calm")
    hub.press()
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
    expect(console.at("contacts")).to_be_visible()
    console.shoot(f"board-{size}-{language}-{theme}-alarm")
    page = console.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    small = [
        (box, element.inner_text())
        for element in page.locator("button:visible:not(.dot), a.button:visible, select:visible").all()
        if (box := element.bounding_box()) and min(box["width"], box["height"]) < 43.9
    ]
    assert not small, small
    texts = page.locator("p:visible, .item:visible span, h2:visible, h3:visible, .card button:visible, dt, dd, small")
    poor = [found for element in texts.all() if (found := element.evaluate(RATIO))[1] and found[0] < 4.5]
    assert not poor, poor


def test_an_alarm_lies_above_everything_on_the_picture(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    hub.press()
    dot = console.dot(hub)
    expect(dot).to_have_attribute("data-state", "alarm")
    on_top = dot.evaluate(
        "(dot) => { const b = dot.getBoundingClientRect();"
        " return dot.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)); }"
    )
    assert on_top
    for _ in range(6):  # moved far away: it waits at the edge
        console.page.locator("#zoom-in").click()
    stage, box = console.page.locator("#stage").bounding_box(), dot.bounding_box()
    assert stage and box
    assert stage["x"] <= box["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"]
    assert stage["y"] <= box["y"] and box["y"] + box["height"] <= stage["y"] + stage["height"]


def test_an_alarm_flashes_slowly_and_not_at_all_for_those_who_ask(consoles, homes) -> None:
    console, calm, hub = consoles().sign_in(), consoles(reduced_motion="reduce").sign_in(), homes()
    hub.press()
    look = "(dot) => getComputedStyle(dot, '::before')"
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
    assert console.dot(hub).evaluate(f"{look}.animationDuration") == "1.2s"  # under 3 Hz
    expect(calm.dot(hub)).to_have_attribute("data-state", "alarm")
    assert calm.dot(hub).evaluate(f"{look}.animationName") == "none"


def test_language_and_light_are_kept(consoles) -> None:
    console = consoles().sign_in()
    console.at("language").click()
    console.at("theme").click()
    expect(console.page.locator("#queue h2")).to_contain_text("Alarms")
    expect(console.page.locator("html")).to_have_attribute("data-theme", "dark")
    console.page.reload()
    expect(console.page.locator("#queue h2")).to_contain_text("Alarms")
    expect(console.page.locator("html")).to_have_attribute("lang", "en")
    expect(console.page.locator("html")).to_have_attribute("data-theme", "dark")
