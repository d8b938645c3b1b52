"""The start of a shift, its sound as it is measured, the hotline, and the hand-over that must be accepted."""

import re

import httpx
from playwright.sync_api import expect


def level(console) -> float:
    return float(console.at("sound-bar").get_attribute("data-level") or 0)


def test_the_shift_starts_with_a_tone_that_somebody_says_they_heard(consoles, relay) -> None:
    console = consoles().sign_in()
    console.arm()
    expect(console.page.locator("#heard")).to_contain_text("听到试音了吗")
    console.at("heard-yes").click()
    expect(console.page.locator("#heard")).to_be_hidden()
    expect(console.at("sound-bar")).to_contain_text("声音已开")
    expect(console.page.locator("#on-duty")).to_contain_text("陈静")
    with relay.client() as client:
        assert client.get("/api/duty").json()["me"]["is_on_duty"]
        assert client.get("/api/shifts").json()["armed_consoles"] >= 1


def test_a_tone_that_nobody_heard_leaves_the_console_unarmed(consoles) -> None:
    console = consoles().sign_in()
    console.arm()
    console.at("heard-no").click()
    expect(console.at("sound-bar")).to_have_attribute("data-armed", "false")
    expect(console.at("sound-bar")).to_contain_text("声音未开")
    expect(console.at("notice")).to_contain_text("按「无人听到」处理")
    console.arm()
    expect(console.at("sound-bar")).to_have_attribute("data-armed", "true")


def test_an_alarm_is_measured_at_every_armed_output_until_somebody_takes_it(consoles, homes) -> None:
    """Not that it should sound: what leaves the page is measured, on each console by itself."""
    desk, other, unarmed, hub = consoles().sign_in(), consoles().sign_in("supervisor"), consoles().sign_in(), homes()
    desk.arm()
    other.arm()
    named = hub.press()
    heard = re.compile(r"^\d{13}$")
    for console in (desk, other):
        expect(console.at("sound-bar")).to_have_attribute("data-heard-at", heard)
        expect(console.at("sound-bar")).to_contain_text("正在响铃")
    expect(unarmed.dot(hub)).to_have_attribute("data-state", "alarm")
    expect(unarmed.at("sound-bar")).to_have_attribute("data-heard-at", "")
    expect(unarmed.at("sound-bar")).to_contain_text("声音未开")
    first = other.at("sound-bar").get_attribute("data-heard-at")

    desk.at("acknowledge").click()
    for console in (desk, other):
        expect(console.at("sound-bar")).to_have_attribute("data-playing", "")
        expect(console.at("sound-bar")).to_have_attribute("data-level", "0.00")
    hub.press(alarm=named)
    expect(other.at("sound-bar")).to_have_attribute("data-heard-at", heard)
    assert other.at("sound-bar").get_attribute("data-heard-at") != first


def test_an_output_that_stays_silent_is_not_called_armed(consoles, homes) -> None:
    """A context that runs and gives nothing out: the tab is muted by a script of the test, as a broken driver would."""
    mute = "AudioBufferSourceNode.prototype.connect = function (to) { return to; };"
    console, hub = consoles(script=mute).sign_in(), homes()
    console.at("arm-sound").click()
    hub.press()
    expect(console.at("sound-bar")).to_contain_text("声音没有放出来")
    expect(console.at("sound-bar")).to_have_attribute("data-armed", "false")


def test_who_rings_the_hotline_is_shown_and_opened(consoles, homes, relay) -> None:
    console, hub = consoles().sign_in(), homes()
    hub.press()
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
    console.at("card-close").click()
    with relay.client("supervisor") as client:
        token = client.post("/api/tokens", json={"name": "telephone", "role": "call_gateway"}).json()["secret"]
        daughter = client.get(f"/api/dwellings/{hub.dwelling_id}/card").json()["contacts"][0]
    headers = {"Authorization": f"Bearer {token}"}
    for phone in ("13800009999", daughter["phone"]):
        assert httpx.post(relay.url + "/api/hooks/call", json={"phone": phone}, headers=headers).is_success
    expect(console.at("call")).to_have_count(2)
    expect(console.at("call").first).to_contain_text(daughter["name"])
    expect(console.at("call").last).to_contain_text("号码不在册")
    item = console.page.locator("[data-testid^=queue-item-]").first.bounding_box()
    shown = console.page.locator("#calls").bounding_box()
    assert item and shown and item["y"] >= shown["y"] + shown["height"] - 1, "the call lies over the alarms"
    console.page.keyboard.press("p")
    expect(console.at("card")).to_have_attribute("data-dwelling", hub.dwelling_id)
    expect(console.at("call")).to_have_count(1)


def test_a_shift_is_handed_over_when_the_incoming_person_accepts(consoles, homes, relay) -> None:
    outgoing, incoming, hub = consoles().sign_in(), consoles().sign_in("supervisor"), homes()
    hub.press()
    outgoing.at("acknowledge").click()
    expect(outgoing.at("card")).to_have_attribute("data-step", "acknowledged")
    outgoing.page.goto(relay.url + "/handover")
    expect(outgoing.at("open-matters")).to_contain_text("求助")
    outgoing.at("handover-note").fill("302 室的女儿七点到")
    outgoing.at("handover-offer").click()
    expect(outgoing.at("handover-state")).to_contain_text("在此之前仍由你负责")

    expect(incoming.at("offer")).to_contain_text("陈静 要交班给你")
    expect(incoming.at("offer")).to_contain_text("302 室的女儿七点到")
    incoming.at("accept-handover").click()
    expect(incoming.at("offer")).to_have_count(0)
    with relay.client() as client:
        (alarm,) = [a for a in client.get("/api/board").json()["alarms"] if a["dwelling_id"] == hub.dwelling_id]
        assert alarm["acknowledged_by_name"] == "何文"
        assert not client.get("/api/duty").json()["me"]["is_on_duty"]
