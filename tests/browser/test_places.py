"""Setting up the map: homes are placed by click, drag and keys; the picture can be another one."""

import struct
import zlib

from browser_parts import until
from playwright.sync_api import expect


def png(width: int, height: int) -> bytes:
    """A small picture of our own, so that no file has to be kept."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((140, 160, 130)) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def place_of(relay, dwelling_id: str) -> tuple[float, float]:
    with relay.client() as client:
        homes = client.get("/api/board").json()["dwellings"]
    return next((home["x"], home["y"]) for home in homes if home["dwelling_id"] == dwelling_id)


def test_a_home_is_placed_dragged_moved_by_keys_and_put_back(consoles, homes, relay) -> None:
    console, other, hub = consoles().sign_in(), consoles().sign_in(), homes()
    first = place_of(relay, hub.dwelling_id)
    console.at("settings").click()
    console.at(f"place-{hub.dwelling_id}").click()
    stage = console.page.locator("#stage").bounding_box()
    assert stage
    middle = (stage["x"] + stage["width"] * 0.55, stage["y"] + stage["height"] * 0.52)
    other_before = other.dot(hub).bounding_box()
    console.page.mouse.click(*middle)
    clicked = until(lambda: (now := place_of(relay, hub.dwelling_id)) != first and now, "the click is kept")
    assert abs(clicked[0] - 0.55) < 0.01
    until(lambda: other.dot(hub).bounding_box() != other_before, "the other console moves the dot, too")

    console.page.mouse.move(*middle)
    console.page.mouse.down()
    console.page.mouse.move(middle[0] + 60, middle[1] - 40, steps=4)
    console.page.mouse.up()
    dragged = until(lambda: (now := place_of(relay, hub.dwelling_id)) != clicked and now, "the drag is kept")
    assert dragged[0] > clicked[0] and dragged[1] < clicked[1]

    console.dot(hub).focus()
    console.page.keyboard.press("Shift+ArrowDown")
    moved = until(lambda: (now := place_of(relay, hub.dwelling_id)) != dragged and now, "the key is kept")
    assert moved[1] > dragged[1]
    expect(console.dot(hub).locator("+ .dot-label")).to_be_visible()
    expect(console.dot(hub).locator("+ .dot-label")).not_to_be_empty()
    console.shoot("places")

    for before in (dragged, clicked, first):
        expect(console.at("undo")).to_be_enabled()
        console.at("undo").click()
        until(lambda before=before: place_of(relay, hub.dwelling_id) == before, "undone")
    console.at("place-done").click()
    expect(console.at("places")).to_have_count(0)


def test_the_first_placing_of_a_home_is_undone_too(consoles, relay) -> None:
    with relay.client("supervisor") as client:
        home = client.post("/api/people/dwellings", json={"building": "93", "floor": 1, "door": "101"}).json()
    console = consoles().sign_in()
    console.at("settings").click()
    console.at(f"place-{home['dwelling_id']}").click()
    stage = console.page.locator("#stage").bounding_box()
    assert stage
    console.page.mouse.click(stage["x"] + stage["width"] * 0.5, stage["y"] + stage["height"] * 0.5)
    until(lambda: place_of(relay, home["dwelling_id"])[0] is not None, "the click is kept")
    expect(console.at("undo")).to_be_enabled()
    console.at("undo").click()
    until(lambda: place_of(relay, home["dwelling_id"]) == (None, None), "it lies nowhere, as before")
    expect(console.page.locator("#tray")).to_be_visible()
    with relay.client("supervisor") as client:
        assert client.delete(f"/api/people/dwellings/{home['dwelling_id']}").is_success


def test_an_alarm_during_the_set_up_is_seen(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    console.at("settings").click()
    hub.press()
    item = console.page.locator("[data-testid^=queue-item-]").first
    expect(item).to_be_visible()
    expect(console.at("places")).to_be_visible()
    item.click()
    expect(console.at("card")).to_have_attribute("data-dwelling", hub.dwelling_id)


def test_another_picture_is_shown_and_a_wrong_file_is_refused(consoles, relay) -> None:
    console = consoles().sign_in()
    console.expected = ["415"]
    console.at("settings").click()
    wrong = {"name": "map.svg", "mimeType": "image/svg+xml", "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    console.at("picture-file").set_input_files(wrong)
    expect(console.at("notice")).to_contain_text("SVG 图片可能带有脚本")
    right = {"name": "map.png", "mimeType": "image/png", "buffer": png(800, 500)}
    console.at("picture-file").set_input_files(right)
    expect(console.at("notice").last).to_contain_text("图片已更换")
    expect(console.page.locator("#picture")).to_have_js_property("naturalWidth", 800)
    expect(consoles().sign_in().page.locator("#picture")).to_have_js_property("naturalWidth", 800)


def test_a_responder_may_not_set_up_the_map(consoles) -> None:
    console = consoles().sign_in("responder")
    expect(console.at("settings")).to_be_hidden()
