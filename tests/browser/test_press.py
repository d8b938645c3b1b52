"""A press reaches the screen, is heard, taken, and ends with a person at the door."""

import re

from browser_parts import clear_all
from playwright.sync_api import expect


def test_a_press_is_seen_heard_taken_and_closed(consoles, homes) -> None:
    console, hub = consoles().sign_in_by_the_form(), homes()
    expect(console.dot(hub)).to_have_attribute("data-state", "safe")
    console.arm()
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "")
    named = hub.press()

    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
    card = console.at("card")
    expect(card).to_have_attribute("data-dwelling", hub.dwelling_id)
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "life")
    expect(console.at("address")).to_contain_text("室")
    expect(console.at("trigger")).to_contain_text("按了一下")
    expect(console.at("since")).to_contain_text("秒前")
    console.at("health-open").click()
    expect(console.at("health")).to_be_visible()
    expect(card.locator("a[href^='tel:1380000']").first).to_be_visible()
    console.shoot("press-1-alarm")

    console.at("acknowledge").click()
    expect(console.dot(hub)).to_have_attribute("data-state", "acknowledged")
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "")
    expect(console.at("told")).to_contain_text("还没有听到")
    hub.told(named, "acknowledged")
    expect(console.at("told")).to_contain_text("家中已听到")

    console.at("minutes").fill("6")
    console.at("responder").select_option(index=1)
    who = console.at("responder").locator("option:checked").inner_text().split(" · ")[0]
    console.at("send").click()
    expect(console.at("work")).to_contain_text(f"{who} 前往，约 6 分钟")
    console.at("arrived").click()
    expect(card).to_have_attribute("data-step", "arrived")

    console.at("clear").click()
    expect(card.get_by_text("请先选择结果")).to_be_visible()
    console.at("outcome").select_option("helped")
    console.at("clear").click()
    expect(console.dot(hub)).to_have_attribute("data-state", "safe")
    expect(console.at("work")).to_contain_text("已现场帮助")
    console.shoot("press-2-closed")


def test_sound_is_shown_as_off_until_somebody_starts_the_shift(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    expect(console.at("sound-bar")).to_have_attribute("data-armed", "false")
    expect(console.at("sound-bar")).to_contain_text("声音未开")
    hub.press()
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "")
    console.arm()  # what is waiting is heard at once
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "life")


def test_kinds_of_alarm_sound_different(consoles, homes, relay) -> None:
    console, hub = consoles().sign_in(), homes()
    console.arm()
    kinds = {"smoke": "fire", "co": "gas", "fall": "fall", "inactivity": "quiet", "flood": "other", "test": "test"}
    for kind, sound in kinds.items():
        hub.press(kind)
        expect(console.at("sound-bar")).to_have_attribute("data-playing", sound)
        with relay.client() as client:
            clear_all(client)
        expect(console.at("sound-bar")).to_have_attribute("data-playing", "")


def test_two_consoles_show_the_same(consoles, homes) -> None:
    one, other, hub = consoles().sign_in(), consoles(390, 844, "en").sign_in("responder"), homes()
    one.arm()
    other.arm()
    hub.press()
    for console in (one, other):
        expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
        expect(console.at("sound-bar")).to_have_attribute("data-playing", "life")
    other.at("acknowledge").click()
    for console in (one, other):
        expect(console.dot(hub)).to_have_attribute("data-state", "acknowledged")
        expect(console.at("sound-bar")).to_have_attribute("data-playing", "")
        expect(console.at("card")).to_have_attribute("data-step", "acknowledged")
    expect(one.at("acknowledge")).to_be_hidden()
    expect(other.at("work")).to_contain_text("You acknowledged")
    expect(one.at("work")).not_to_contain_text("你已接警")


def test_a_second_press_sounds_again(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    console.arm()
    named = hub.press()
    console.at("acknowledge").click()
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "")
    hub.press(alarm=named)
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "life")
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
    expect(console.at("trigger")).to_contain_text("共 2 次")
    assert console.page.locator("[data-testid^=queue-item-]").count() == 1


def test_a_new_alarm_leads_the_queue_and_leaves_the_card_alone(consoles, homes) -> None:
    console, first, second = consoles().sign_in(), homes(), homes()
    first.press()
    console.at("acknowledge").click()
    console.at("note").fill("女儿在路上")
    second.press("fall")
    expect(console.dot(second)).to_have_attribute("data-state", "alarm")
    top = console.page.locator("[data-testid^=queue-item-]").first
    expect(top).to_contain_text("跌倒")
    expect(top).to_have_class(re.compile("is-new"))
    expect(console.at("card")).to_have_attribute("data-dwelling", first.dwelling_id)
    expect(console.at("note")).to_have_value("女儿在路上")
    expect(console.page).to_have_title("(1) 报警 · 安铃")
    top.click()
    expect(console.at("card")).to_have_attribute("data-dwelling", second.dwelling_id)


def test_a_pre_alarm_is_seen_and_not_heard(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    console.arm()
    named = hub.press("fall", step="pre_alarm")
    expect(console.dot(hub)).to_have_attribute("data-state", "pre_alarm")
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "")
    hub.press("fall", alarm=named, step="cancelled")
    expect(console.dot(hub)).to_have_attribute("data-state", "safe")


def test_all_of_it_works_by_keyboard(consoles, homes) -> None:
    console, hub = consoles(language="en").sign_in(), homes()
    keys = console.page.keyboard
    hub.press()
    console.at("acknowledge").focus()
    keys.press("Enter")
    expect(console.dot(hub)).to_have_attribute("data-state", "acknowledged")
    expect(console.at("send")).to_be_focused()
    keys.press("Enter")
    expect(console.at("card")).to_have_attribute("data-step", "on_the_way")
    console.at("card-close").focus()
    keys.press("Enter")
    expect(console.at("card")).to_have_count(0)
    console.page.locator(".dot[tabindex='0']").focus()
    focused = console.page.locator(".dot:focus")
    seen = [focused.get_attribute("data-dwelling")]
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        keys.press(key)
        seen.append(focused.get_attribute("data-dwelling"))
    after = seen[-1]
    assert after and len(set(seen)) > 1, seen  # not every way leads to a home
    keys.press("Enter")
    expect(console.at("card")).to_have_attribute("data-dwelling", after)


def test_arrow_keys_lead_out_of_the_homes_without_a_place_and_back(consoles, relay) -> None:
    made = []
    with relay.client("supervisor") as client:
        for door in ("901", "902"):
            made.append(client.post("/api/people/dwellings", json={"building": "81", "floor": 9, "door": door}).json())
    console = consoles(language="en").sign_in()
    keys, focused = console.page.keyboard, console.page.locator(".dot:focus")
    tray = console.page.locator("#tray .dot")
    tray.first.focus()
    keys.press("ArrowRight")
    expect(tray.nth(1)).to_be_focused()
    keys.press("ArrowLeft")
    expect(tray.first).to_be_focused()
    keys.press("ArrowUp")
    expect(console.page.locator("#dots .dot:focus")).to_have_count(1)
    ids = []
    while "d-" in (found := focused.get_attribute("data-dwelling") or "") and found not in ids:
        ids.append(found)
        keys.press("ArrowDown")
    expect(tray.first).to_be_focused()
    with relay.client("supervisor") as client:
        for home in made:
            assert client.delete(f"/api/people/dwellings/{home['dwelling_id']}").is_success
