"""A storm: a hundred alarms while two thousand homes go offline. The queue stays usable and nothing is hidden."""

from collections.abc import Iterator

import pytest
from crowd import Crowd, crowd
from playwright.sync_api import Page, expect

HOMES, SILENT = 2200, 2000
KINDS = ["help", "fall", "smoke", "flood", "test", "gas", "inactivity", "help", "co", "flood"]
LIFE = ("help", "fall", "smoke", "gas", "co")
ON_TOP = """
() => [...document.querySelectorAll('.dot[data-state="alarm"]')].filter((dot) => {
  const box = dot.getBoundingClientRect();
  return !dot.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}).length
"""


@pytest.fixture(scope="module")
def storm(tmp_path_factory) -> Iterator[Crowd]:
    with crowd(tmp_path_factory.mktemp("crowd"), HOMES) as made:
        yield made


@pytest.fixture
def page(browser, storm) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    storm.sign_in(context)
    opened = context.new_page()
    opened.goto(storm.url + "/")
    expect(opened.get_by_test_id("connection")).to_have_attribute("data-state", "live", timeout=30_000)
    yield opened
    context.close()


def test_a_hundred_alarms_and_two_thousand_homes_offline_hide_nothing(page: Page, storm: Crowd) -> None:
    page.get_by_test_id("arm-sound").click()
    for number in range(50):
        storm.call(SILENT + 1 + number, KINDS[number % len(KINDS)])
    storm.fall_silent(1, SILENT)
    for number in range(50, 100):
        storm.call(SILENT + 1 + number, KINDS[number % len(KINDS)])

    items = page.locator(".item")
    expect(items).to_have_count(100, timeout=30_000)
    expect(page.get_by_test_id("legend-offline")).to_contain_text(
        str(SILENT + 1), timeout=30_000
    )  # and the sample's own
    expect(page.locator('.dot[data-state="alarm"]')).to_have_count(100)
    assert page.evaluate(ON_TOP) == 0, "an alarm on the picture lies under something"
    shown = [item.get_attribute("data-kind") for item in items.all()]
    first_lesser = next(at for at, kind in enumerate(shown) if kind not in LIFE)
    assert all(kind not in LIFE for kind in shown[first_lesser:]), "life-safety comes first"
    expect(page).to_have_title("(100) 报警 · 安铃")
    expect(page.get_by_test_id("sound-bar")).not_to_have_attribute("data-playing", "")
    last = items.last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    expect(page.locator("#technical-list .technical-entry").first).to_be_hidden()  # folded away under one line
    expect(page.locator("#technical-count")).not_to_be_empty()

    # whoever comes to the screen now: the next that waits, and it is theirs
    page.keyboard.press("n")
    chosen = page.locator('.item[aria-pressed="true"]')
    expect(chosen).to_be_in_viewport()
    name = chosen.get_attribute("data-testid")
    page.keyboard.press("a")
    expect(page.get_by_test_id(str(name))).to_have_attribute("data-step", "acknowledged")
    expect(page.locator('.item[data-step="raised"]')).to_have_count(99)


def test_a_console_opened_in_the_storm_shows_all_of_it(page: Page) -> None:
    expect(page.locator(".item")).to_have_count(100, timeout=30_000)
    expect(page.locator('.dot[data-state="alarm"]')).to_have_count(99)
    page.keyboard.press("n")
    expect(page.get_by_test_id("acknowledge")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator('.item[data-step="raised"]')).to_have_count(98)


def test_a_calm_home_of_a_crowd_is_found_by_hand_and_by_keys(page: Page) -> None:
    expect(page.locator(".item")).to_have_count(100, timeout=30_000)
    expect(page.locator("#field")).to_be_visible()
    stage = page.locator("#stage").bounding_box()
    assert stage
    page.mouse.click(stage["x"] + 60, stage["y"] + stage["height"] / 2)
    expect(page.get_by_test_id("card")).to_be_visible()
    page.locator(".dot.is-chosen").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".dot:focus")).to_have_count(1)
