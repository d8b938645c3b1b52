"""Sizes, languages, light and dark: nothing is cut off, targets are large, contrast and motion are kind."""

from playwright.sync_api import Page, expect

SIZES = ((390, 844), (1366, 768), (3840, 2160))
SMALL = """
() => [...document.querySelectorAll("button:not(.dot), a.button, select")].filter((one) => one.checkVisibility())
  .map((one) => [one.textContent, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && Math.min(box.width, box.height) < 43.9).map(([text]) => text)
"""
PALE = """
() => {
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
  const ratio = (element) => {
    let behind = element;
    while (behind && rgb(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
    const pair = [getComputedStyle(element).color, getComputedStyle(behind ?? document.body).backgroundColor];
    const [a, b] = pair.map((colour) => light(rgb(colour))).sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), element.textContent.trim().slice(0, 30)];
  };
  return [...document.querySelectorAll("p, .item span, h2, h3, .card button, dt, dd, small")]
    .filter((one) => one.checkVisibility() && one.textContent.trim()).map(ratio).filter(([found]) => found < 4.5);
}
"""


def _look(page: Page) -> list[str]:
    """What is wrong with the board as it is now."""
    found = [] if page.evaluate("document.documentElement.scrollWidth <= innerWidth") else ["it scrolls sideways"]
    found += [f"a target under 44 px: {text}" for text in page.evaluate(SMALL)]
    return found + [f"contrast {ratio:.2f}: {text}" for ratio, text in page.evaluate(PALE)]


def test_the_board_fits_and_can_be_read_at_each_size_in_each_language_by_day_and_night(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    hub.press()
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
    expect(console.at("contacts")).to_be_visible()
    faults = []
    for language in ("zh", "en"):
        if language == "en":
            console.page.evaluate("document.getElementById('language').click()")
        for theme in ("light", "dark"):
            console.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            for width, height in SIZES:
                console.page.set_viewport_size({"width": width, "height": height})
                faults += [f"{language} {theme} {width}: {fault}" for fault in _look(console.page)]
    assert not faults, "\n".join(faults)


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


def test_a_screen_left_to_itself_is_dark_at_night(consoles) -> None:
    for hour, theme in ((3, "dark"), (12, "auto"), (19, "dark")):
        script = f"Date.prototype.getHours = () => {hour};"
        console = consoles(theme="auto", script=script).open_as("auditor", "/numbers")
        expect(console.at("room")).to_have_attribute("data-state", "ready")
        expect(console.page.locator("html")).to_have_attribute("data-theme", theme)


def test_a_label_lies_over_no_other_mark_where_there_is_another_place(consoles) -> None:
    page = consoles().open_as("auditor", "/numbers").page
    look = """
    async ([at, others]) => (await import("/static/board/spread.js"))
      .labelAt({ x: at, y: 100 }, { wide: 100, high: 20, away: 20 }, others, 400, 300)
    """
    right, left = ({"x": 260, "y": 100, "gap": 40}, {"x": 130, "y": 100, "gap": 40})
    for at, others, place in (
        (200, [], [220, 90]),
        (200, [right], [80, 90]),
        (200, [right, left], [150, 60]),
        (395, [], [275, 90]),  # the stage ends there
    ):
        assert page.evaluate(look, [at, others]) == place, (at, others)
