"""The console by keyboard alone: every order of an alarm's life, and the keys shown to who asks."""

import json
import re

from playwright.sync_api import expect


def test_an_alarm_lives_and_ends_by_keys_alone(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    keys, card = console.page.keyboard, console.at("card")
    hub.press()
    expect(card).to_have_attribute("data-step", "raised")
    keys.press("a")
    expect(card).to_have_attribute("data-step", "acknowledged")
    expect(console.at("next-step")).to_contain_text("不派人则再次响铃")
    keys.press("s")
    expect(console.at("responder")).to_be_focused()
    keys.press("2")  # the second of the list
    who = console.at("responder").locator("option:checked").inner_text().split(" · ")[0]
    keys.press("Enter")
    expect(console.at("work")).to_contain_text(f"{who} 前往")
    keys.press("Escape")  # out of the field; the card stays
    expect(card).to_be_visible()
    keys.press("d")
    expect(card).to_have_attribute("data-step", "arrived")
    keys.press("r")
    keys.press("1")
    keys.press("Enter")
    expect(console.at("resolve")).to_be_hidden()
    expect(console.at("timeline")).to_contain_text("处理完毕")
    keys.press("Escape")
    keys.press("x")
    keys.press("Enter")
    expect(card).to_have_attribute("data-step", "cleared")
    expect(console.at("work")).to_contain_text("已现场帮助")
    keys.press("o")
    expect(console.at("reason")).to_be_focused()
    keys.type("她又打来电话")
    keys.press("Enter")
    expect(card).to_have_attribute("data-step", "acknowledged")
    for said in ("接警", "派人", "到达", "处理完毕", "结案", "重新打开", "她又打来电话", "陈静"):
        expect(console.at("timeline")).to_contain_text(said)


def test_an_alarm_is_given_back_and_two_of_one_home_become_one(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    keys, card, items = console.page.keyboard, console.at("card"), console.page.locator("[data-testid^=queue-item-]")
    console.arm()
    hub.press()
    expect(card).to_have_attribute("data-step", "raised")
    keys.press("a")
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "")
    keys.press("u")
    keys.type("我下班了")
    keys.press("Enter")
    expect(card).to_have_attribute("data-step", "raised")
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "life")  # it calls again
    hub.press("fall")
    expect(items).to_have_count(2)
    items.filter(has_text="跌倒").click()
    expect(console.at("merge")).to_contain_text("并入：求助")
    keys.press("g")
    expect(items).to_have_count(1)


def test_a_message_goes_out_and_stands_in_the_course(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    hub.press()
    expect(console.at("card")).to_have_attribute("data-step", "raised")
    console.page.keyboard.press("m")
    expect(console.at("message-to")).to_be_focused()
    console.at("message-text").fill("请给我回电话")
    console.page.keyboard.press("Enter")
    expect(console.at("message-form")).to_contain_text("已交给短信通道")
    expect(console.at("timeline")).to_contain_text("家属：请给我回电话")


def test_whoever_is_sent_themselves_accepts_or_declines(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    keys = console.page.keyboard
    hub.press()
    expect(console.at("card")).to_have_attribute("data-step", "raised")
    keys.press("a")
    expect(console.at("card")).to_have_attribute("data-step", "acknowledged")
    expect(console.at("accept")).to_be_hidden()
    console.at("responder").select_option(console.option("陈静"))
    console.at("send").click()
    expect(console.at("accept")).to_be_visible()
    keys.press("y")
    expect(console.at("accept")).to_be_hidden()
    expect(console.at("next-step")).to_contain_text("应到达")
    keys.press("e")
    keys.type("手上有事")
    keys.press("Enter")
    expect(console.at("card")).to_have_attribute("data-step", "acknowledged")


def test_the_keys_are_shown_and_can_be_switched_off(consoles, homes) -> None:
    console, hub = consoles(language="en").sign_in(), homes()
    keys = console.page.keyboard
    hub.press()
    expect(console.at("card")).to_have_attribute("data-step", "raised")
    keys.press("?")
    expect(console.at("keys")).to_contain_text("Next alarm that waits")
    alarm = console.page.locator("[data-testid^=queue-item-]").bounding_box()
    shown = console.at("keys").bounding_box()
    assert alarm and shown and alarm["y"] >= shown["y"] + shown["height"] - 1, "the help lies over the alarms"
    console.at("keys-on").uncheck()
    keys.press("Escape")
    expect(console.at("keys")).to_be_hidden()
    keys.press("a")
    expect(console.at("card")).to_have_attribute("data-step", "raised")
    keys.press("?")
    console.at("keys-on").check()
    keys.press("Escape")
    console.at("search").focus()
    keys.press("a")  # in a field it is a letter
    expect(console.at("search")).to_have_value("a")
    expect(console.at("card")).to_have_attribute("data-step", "raised")


def test_a_key_that_means_nothing_now_says_so(consoles) -> None:
    console = consoles(language="en").sign_in()
    console.page.keyboard.press("a")
    expect(console.page.locator("#key-said")).to_have_text("Not now: Acknowledge")


def test_a_home_is_found_by_typing(consoles, homes, relay) -> None:
    console, hub = consoles().sign_in(), homes()
    with relay.client() as client:
        home = next(
            one for one in client.get("/api/board").json()["dwellings"] if one["dwelling_id"] == hub.dwelling_id
        )
    console.page.keyboard.press("/")
    expect(console.at("search")).to_be_focused()
    console.page.keyboard.type(home["label"])
    expect(console.at("found")).to_contain_text(home["label"])
    console.page.keyboard.press("Enter")
    expect(console.at("card")).to_have_attribute("data-dwelling", hub.dwelling_id)
    expect(console.at("found")).to_be_hidden()


def test_notes_on_health_lie_behind_one_click_that_is_kept(consoles, homes, relay) -> None:
    console, hub = consoles().sign_in(), homes()
    hub.press()
    expect(console.at("card")).to_have_attribute("data-step", "raised")
    expect(console.at("contacts")).to_be_visible()
    expect(console.at("health")).to_have_count(0)
    console.page.keyboard.press("h")
    expect(console.at("health").first).to_be_visible()
    with relay.client("supervisor") as client:
        looks = client.get(f"/api/dwellings/{hub.dwelling_id}/access-log").json()
    assert any(one["is_health"] and one["reason"] for one in looks)


def test_an_alarms_record_goes_out_with_health_notes_for_a_reason_that_is_kept(consoles, homes, relay) -> None:
    console, hub = consoles().sign_in(), homes()
    hub.press()
    expect(console.at("card")).to_have_attribute("data-step", "raised")
    console.page.keyboard.press("l")
    expect(console.at("print")).to_be_focused()
    console.at("export-reason").fill("120 急救要求")
    with console.page.expect_download() as download:
        console.page.keyboard.press("Enter")
    life = json.loads(download.value.path().read_text("utf-8"))
    assert "health_notes" in life["residents"][0] and life["history"][0]["what"] == "raised"
    expect(console.at("export-form")).to_contain_text("原因已记录")
    with relay.client("supervisor") as client:
        looks = client.get(f"/api/dwellings/{hub.dwelling_id}/access-log").json()
    assert any(one["is_health"] and one["reason"] == "120 急救要求" for one in looks)


def test_the_nearest_free_responder_on_duty_stands_first(consoles, homes, relay) -> None:
    console, hub = consoles(language="en").sign_in(), homes()
    with relay.client() as client:
        home = client.get(f"/api/people/dwellings/{hub.dwelling_id}").json()
    with relay.client("responder2") as client:
        client.post("/api/duty", json={"duty": "responder", "hours": 8})
        here = {"latitude": home["latitude"] + 0.001, "longitude": home["longitude"]}
        assert client.post("/api/my/place", json=here).json()["is_kept"]
    hub.press()
    first = console.at("responder").locator("option").first
    expect(first).to_contain_text("on duty · 111 m")


def test_the_countdown_to_the_next_step_is_on_the_screen(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    console.arm()
    hub.press()
    item = console.page.locator("[data-testid^=queue-item-] .until").first
    expect(item).to_have_text(re.compile(r"^0:\d\d$"))
    expect(console.at("next-step")).to_contain_text("无人接警则通知值班电话")
