"""The responder's phone: sent, going, at the door by its code, done; and all of it on a bad line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from browser_parts import Hub, until
from playwright.sync_api import expect

GOER = "李敏"  # the sample's `responder`
SIZE = {"width": 390, "height": 844}
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource", "net::ERR")


@pytest.fixture
def sent(relay, homes) -> Iterator[Callable[[], tuple[Hub, int]]]:
    """Let a home call and send the responder there."""

    def send() -> tuple[Hub, int]:
        hub = homes()
        hub.press()
        with relay.client() as client:

            def alarm() -> int | None:
                found = client.get("/api/board").json()["alarms"]
                return next((one["alarm_id"] for one in found if one["dwelling_id"] == hub.dwelling_id), None)

            alarm_id = until(alarm, "the alarm is there")
            people = client.get("/api/board").json()["responders"]
            goer = next(one["staff_id"] for one in people if one["display_name"] == GOER)
            client.post(f"/api/alarms/{alarm_id}/acknowledge", json={})
            assert client.post(f"/api/alarms/{alarm_id}/assign", json={"staff_id": goer, "minutes": 8}).is_success
        return hub, alarm_id

    yield send


def _phone(consoles, **more) -> Any:
    phone = consoles(**SIZE, **more).open_as("responder", "/phone")
    expect(phone.at("line")).to_have_attribute("data-state", "live")
    return phone


def _work(relay, alarm_id: int) -> str:
    with relay.client() as client:
        alarms = client.get("/api/board").json()["alarms"]
        return next((one["work"] for one in alarms if one["alarm_id"] == alarm_id), "CLOSED")


def _history(relay, alarm_id: int) -> list[str]:
    with relay.client() as client:
        return [row["what"] for row in client.get(f"/api/alarms/{alarm_id}/history").json()]


def _keeps_its_page(phone: Any) -> bool:
    kept = "caches.open('anling-phone-1').then((cache) => cache.match('/phone')).then(Boolean)"
    return phone.page.evaluate(kept)


def _door_code(relay, hub: Hub) -> str:
    with relay.client() as client:
        return client.get(f"/api/people/dwellings/{hub.dwelling_id}").json()["door_code"]


def test_an_assignment_says_where_and_how_to_get_in_and_is_worked_to_its_end(consoles, sent, relay) -> None:
    hub, alarm_id = sent()
    phone = _phone(consoles)
    card = phone.at(f"work-{alarm_id}")
    expect(card.locator("h2")).to_contain_text("室")
    assert card.locator("a[href^='geo:'], a[href^='maps:']").count() == 1
    assert "dev=1" in card.locator("a[href^='amapuri:'], a[href^='iosamap:']").get_attribute("href")
    expect(phone.at("minutes")).to_have_value("8")
    phone.at("accept").click()
    until(lambda: _work(relay, alarm_id) == "ACCEPTED", "the relay knows that somebody goes")
    phone.expected.append("409")
    phone.at("scan").click()
    phone.at("scan-typed").fill("not the code")
    phone.at("scan-send").click()
    expect(phone.at("notice")).to_contain_text("已到门口")
    phone.at("scan").click()
    phone.at("scan-typed").fill(_door_code(relay, hub))
    phone.at("scan-send").click()
    until(lambda: _work(relay, alarm_id) == "ON_SCENE", "the relay knows that somebody is there")
    phone.at("outcome").select_option("helped")
    phone.at("note").fill("扶起，无外伤")
    phone.at("resolve").click()
    until(lambda: _work(relay, alarm_id) == "RESOLVED", "the relay knows how it ended")


def test_what_is_typed_stays_when_the_alarm_changes_meanwhile(consoles, sent, relay) -> None:
    hub, alarm_id = sent()
    phone = _phone(consoles)
    phone.at("accept").click()
    phone.at("arrived").click()
    until(lambda: _work(relay, alarm_id) == "ON_SCENE", "the relay knows that somebody is there")
    phone.at("note").fill("坐在地上，清醒")
    phone.at("outcome").select_option("helped")
    hub.press(alarm=1)  # the resident presses again: the page shows it
    with relay.client() as client:
        until(lambda: any(one["activations"] > 1 for one in client.get("/api/open").json()["alarms"]), "it is there")
    with phone.page.expect_response("**/api/my/assignments"):
        phone.page.evaluate("dispatchEvent(new Event('online'))")  # asks at once
    phone.page.wait_for_timeout(300)
    expect(phone.at("note")).to_have_value("坐在地上，清醒")
    expect(phone.at("outcome")).to_have_value("helped")


def test_a_page_that_cannot_be_heard_says_so_until_it_is_touched(consoles) -> None:
    phone = _phone(consoles)
    expect(phone.at("sound")).to_be_visible()
    phone.page.locator("main").click(position={"x": 5, "y": 5})
    expect(phone.at("sound")).to_be_hidden()


def test_who_cannot_go_says_why(consoles, sent, relay) -> None:
    _, alarm_id = sent()
    phone = _phone(consoles)
    phone.at("decline").click()
    phone.at("reason-busy").click()
    until(lambda: _work(relay, alarm_id) == "OPEN", "somebody else is to be sent")
    with relay.client() as client:
        rows = client.get(f"/api/alarms/{alarm_id}/history").json()
    assert any(row["what"] == "decline" and row["detail"] for row in rows)
    expect(phone.at("no-work")).to_be_visible()


def test_on_a_bad_line_orders_are_kept_over_a_reload_and_arrive_once(consoles, sent, relay) -> None:
    _, alarm_id = sent()
    phone = _phone(consoles)
    phone.expected += OFFLINE
    until(lambda: _keeps_its_page(phone), "the phone keeps its page")
    phone.page.context.set_offline(True)
    phone.at("accept").click()
    expect(phone.at("undelivered")).to_contain_text("我去")
    expect(phone.at("line")).to_have_attribute("data-state", "bad")
    assert phone.at("undelivered").locator("a[href^='tel:']").count() == 1, "if it is urgent, there is a telephone"
    phone.page.reload()
    expect(phone.at(f"work-{alarm_id}").locator("h2")).to_contain_text("室")
    expect(phone.at("undelivered")).to_be_visible()
    phone.at("arrived").click()
    expect(phone.at("undelivered")).to_have_count(2)
    phone.page.context.set_offline(False)
    until(lambda: _work(relay, alarm_id) == "ON_SCENE", "both orders arrive, in their order")
    expect(phone.at("undelivered")).to_have_count(0)
    assert [what for what in _history(relay, alarm_id) if what in ("accept", "arrived")] == ["accept", "arrived"]


def test_an_order_whose_answer_was_lost_is_not_called_refused(consoles, sent, relay) -> None:
    _, alarm_id = sent()
    phone = _phone(consoles)
    phone.expected += [*OFFLINE, "409"]
    lost: list[str] = []

    def lose(route) -> None:
        if lost:
            route.continue_()
            return
        route.fetch()  # the relay has it
        lost.append(route.request.url)
        route.abort()  # the phone does not hear so

    phone.page.route("**/accept", lose)
    phone.at("accept").click()
    expect(phone.at("scan")).to_be_visible()
    until(lambda: phone.page.evaluate("localStorage.anling_phone_orders") == "[]", "the order is over")
    assert lost and _history(relay, alarm_id).count("accept") == 1
    assert phone.at("notice").count() == 0


def test_what_one_person_pressed_is_not_sent_by_another(consoles, sent, relay) -> None:
    _, alarm_id = sent()
    order = f'[{{"alarm_id": {alarm_id}, "what": "accept", "body": {{}}, "at": 1, "tries": 0, "staff_id": 999}}]'
    phone = consoles(**SIZE, script=f"localStorage.anling_phone_orders = '{order}';").open_as("responder", "/phone")
    expect(phone.at(f"work-{alarm_id}")).to_have_attribute("data-step", "ASSIGNED")
    phone.page.wait_for_timeout(1500)
    assert _work(relay, alarm_id) == "ASSIGNED"


def test_duty_goes_off_and_on_and_says_what_the_relay_answered(consoles, relay) -> None:
    phone = consoles(**SIZE).open_as("responder2", "/phone")
    expect(phone.at("duty")).to_have_attribute("data-on", "true")
    phone.at("duty-off").click()
    expect(phone.at("duty")).to_have_attribute("data-on", "false")
    with relay.client("responder2") as client:
        assert client.get("/api/duty").json()["me"]["is_on_duty"] is False
    phone.at("duty-on").click()
    expect(phone.at("duty")).to_have_attribute("data-on", "true")


def test_signing_out_takes_the_address_off_the_phone(consoles, sent) -> None:
    _, alarm_id = sent()
    phone = _phone(consoles)
    expect(phone.at(f"work-{alarm_id}")).to_be_visible()
    assert "室" in phone.page.evaluate("localStorage.anling_phone_last")
    until(lambda: _keeps_its_page(phone), "the phone keeps its page")
    phone.page.locator("#menu-button").click()
    phone.page.locator(".sign-out button").click()
    expect(phone.page.locator("#password")).to_be_visible()
    assert phone.page.evaluate("localStorage.anling_phone_last ?? null") is None
    assert not _keeps_its_page(phone), "the page with the person's name is not kept either"


def _film(path: Path, text: str) -> None:
    """A film of one still picture, the code on white, as a camera's Y4M."""
    width, height, scale = 640, 480, 8
    matrix = [list(row) for row in segno.make(text, error="m").matrix_iter(border=4)]
    left, top = (width - len(matrix) * scale) // 2, (height - len(matrix) * scale) // 2
    luma = bytearray(b"\xff" * (width * height))
    for y, row in enumerate(matrix):
        for x, is_dark in enumerate(row):
            if is_dark:
                for line in range(scale):
                    at = (top + y * scale + line) * width + left + x * scale
                    luma[at : at + scale] = bytes(scale)
    frame = b"FRAME\n" + bytes(luma) + b"\x80" * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 5)


def test_the_camera_reads_the_code_beside_the_door(consoles, browser_with, relay, sent, tmp_path) -> None:
    hub, alarm_id = sent()
    film = tmp_path / "door.y4m"
    _film(film, f"{relay.url}/phone#door={_door_code(relay, hub)}")
    camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    phone = _phone(consoles, used=browser_with(*camera, f"--use-file-for-fake-video-capture={film}"))
    phone.at("accept").click()
    phone.at("scan").click()
    until(lambda: _work(relay, alarm_id) == "ON_SCENE", "the code was read and the relay took it")
    with relay.client() as client:
        alarms = client.get("/api/board").json()["alarms"]
    assert next(one["arrived_by"] for one in alarms if one["alarm_id"] == alarm_id) == "door"
