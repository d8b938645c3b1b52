"""The district and its buildings: an alarm is never hidden, a community shows its people, the table needs no WebGL."""

from playwright.sync_api import expect

NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return String(kind).startsWith("webgl") ? null : real.call(this, kind, ...more);
};
"""


def _officer(consoles, **more):
    console = consoles(**more)
    console.open_as("district", "/district")
    expect(console.at("room")).to_have_attribute("data-state", "ready")
    return console


def test_an_alarm_stands_outside_every_cluster_at_once_and_leaves_when_closed(consoles, homes, relay) -> None:
    officer, hub = _officer(consoles), homes()
    hub.press()
    dot = officer.at(f"alarm-dot-{hub.dwelling_id}")
    expect(dot).to_have_attribute("data-state", "alarm")
    expect(officer.at("panel-alarms").locator("button")).to_have_count(1)
    with relay.client() as client:
        (alarm,) = client.get("/api/board").json()["alarms"]
        client.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge", json={})
        expect(dot).to_have_attribute("data-state", "acknowledged")
        client.post(f"/api/alarms/{alarm['alarm_id']}/clear", json={"outcome": "test", "note": ""})
    expect(dot).to_have_count(0)
    expect(officer.at("panel-alarms").locator("button")).to_have_count(0)


def test_alarms_next_door_hide_each_other_at_no_zoom_and_wait_at_the_edge_when_panned_away(consoles, homes) -> None:
    officer, hubs = _officer(consoles), [homes(), homes(), homes()]
    for hub in hubs:
        hub.press()
    dots = officer.page.locator(".alarm-dot")
    expect(dots).to_have_count(3)
    for _ in range(4):
        officer.page.locator(".leaflet-control-zoom-out").click()
        _are_apart_and_inside(officer, dots)
    officer.page.locator("#map").focus()
    for _ in range(12):
        officer.page.keyboard.press("ArrowRight")
    officer.page.wait_for_timeout(400)
    _are_apart_and_inside(officer, dots)


def _are_apart_and_inside(officer, dots) -> None:
    frame = officer.page.locator("#map").bounding_box()
    boxes = [dot.bounding_box() for dot in dots.all()]
    for index, box in enumerate(boxes):
        assert frame["x"] - 1 <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"] + 1, box
        assert frame["y"] - 1 <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"] + 1, box
        for other in boxes[:index]:
            assert abs(box["x"] - other["x"]) > 30 or abs(box["y"] - other["y"]) > 30, (box, other)


def test_a_pressed_community_shows_who_is_on_duty_and_how_to_call_them(consoles) -> None:
    officer = _officer(consoles)
    officer.page.locator("[data-testid^=community-] button").first.click()
    people = officer.at("on-duty")
    expect(people).to_contain_text("陈静")
    assert people.locator("a").first.get_attribute("href").startswith("tel:1380000")


def test_help_nearby_is_a_layer_that_is_switched_on(consoles) -> None:
    officer = _officer(consoles)
    expect(officer.page.locator(".place")).to_have_count(0)
    officer.at("surroundings").click()
    officer.page.locator(".place").first.wait_for()
    assert officer.page.locator(".place-defibrillator").count() >= 1


def test_a_door_shows_its_alarm_in_the_table_and_as_a_lit_cell(consoles, homes, relay) -> None:
    operator, hub = consoles(), homes()
    operator.expected.append("GL Driver Message")
    hub.press()
    with relay.client() as client:
        home = client.get(f"/api/people/dwellings/{hub.dwelling_id}").json()
    operator.open_as("operator", f"/buildings?estate={home['estate']}&building={home['building']}")
    operator.page.locator("[data-testid=tower][data-state=ready]").wait_for()
    door = operator.at(f"door-{hub.dwelling_id}")
    expect(door).to_have_attribute("data-state", "alarm")
    assert "报警" in door.get_attribute("aria-label")
    door.click()
    expect(operator.at("door-detail")).to_contain_text("报警")


def test_an_old_computer_without_webgl_loses_only_the_3d_view(consoles) -> None:
    operator = consoles(script=NO_WEBGL)
    asked: list[str] = []
    operator.page.on("request", lambda request: asked.append(request.url))
    operator.open_as("operator", "/buildings")
    expect(operator.at("no-3d")).to_contain_text("WebGL")
    operator.page.locator("[data-testid^=door-]").first.click()
    expect(operator.at("door-detail")).to_be_visible()
    assert not [url for url in asked if "maplibre" in url], "what cannot be drawn is not even fetched"


def test_maplibre_is_fetched_by_the_building_page_alone(consoles) -> None:
    for name, path in (("district", "/district"), ("operator", "/hubs")):
        console = consoles()
        asked: list[str] = []
        console.page.on("request", lambda request, into=asked: into.append(request.url))
        console.open_as(name, path)
        expect(console.at("room")).to_have_attribute("data-state", "ready")
        assert not [url for url in asked if "maplibre" in url], path
