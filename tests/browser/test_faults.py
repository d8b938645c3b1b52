"""What the screen says and does when something between it and the relay is broken."""

import time

import httpx
from playwright.sync_api import Route, expect


def test_an_acknowledgement_that_did_not_arrive_is_tried_again(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    console.expected = ["net::ERR_FAILED"]
    console.arm()
    tries: list[str] = []

    def fail_twice(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) <= 2:
            route.abort()
        else:
            route.continue_()

    console.page.route("**/acknowledge", fail_twice)
    hub.press()
    console.at("acknowledge").click()
    expect(console.at("notice")).to_contain_text("还没有送达")
    expect(console.at("sound-bar")).to_have_attribute("data-playing", "life")  # nobody has it yet
    expect(console.dot(hub)).to_have_attribute("data-state", "acknowledged")
    expect(console.at("notice")).to_have_count(0)
    assert len(tries) == 3


def test_an_acknowledgement_survives_a_reload(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    console.expected = ["net::ERR_FAILED"]
    console.page.route("**/acknowledge", lambda route: route.abort())
    hub.press()
    console.at("acknowledge").click()
    expect(console.at("notice")).to_be_visible()
    console.page.unroute("**/acknowledge")
    console.page.reload()
    expect(console.dot(hub)).to_have_attribute("data-state", "acknowledged")


def test_a_waiting_acknowledgement_is_not_given_to_a_later_press(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    console.expected = ["net::ERR_FAILED"]
    console.page.route("**/acknowledge", lambda route: route.abort())
    named = hub.press()
    console.at("acknowledge").click()
    expect(console.at("notice")).to_be_visible()
    hub.press(alarm=named)
    expect(console.at("notice")).to_contain_text("请重新接警")
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")
    console.page.unroute("**/acknowledge")
    console.at("acknowledge").click()
    expect(console.dot(hub)).to_have_attribute("data-state", "acknowledged")


def test_a_refusal_is_a_sentence_in_the_language_shown(consoles, homes) -> None:
    console, hub = consoles().sign_in(), homes()
    console.expected = ["409"]
    hub.press()
    expect(console.at("acknowledge")).to_be_visible()
    console.page.route(
        "**/acknowledge",
        lambda route: route.fulfill(status=409, json={"detail": "This alarm is closed already. Load the board again."}),
    )
    console.at("acknowledge").click()
    expect(console.at("notice")).to_contain_text("这次报警已经结案。请重新载入画面。")
    console.page.locator("#language").click()
    expect(console.at("notice")).to_contain_text("did not succeed")


def test_a_silent_relay_is_said_by_console_and_district_and_its_news_is_caught_up(consoles, homes, relay) -> None:
    console, officer, hub = consoles().sign_in(), consoles().open_as("district", "/district"), homes()
    officer.expected += ["ERR_", "Failed to load"]
    expect(officer.at("room")).to_have_attribute("data-state", "ready")
    relay.hold()
    try:
        # a tick every 5 s: at most 10 s after the last one each page must have said so
        expect(console.at("connection")).to_have_attribute("data-state", "stale", timeout=11_000)
        expect(console.at("connection")).to_contain_text("秒没有新消息")
        expect(console.page.locator("#queue-empty")).to_contain_text("可能有报警")  # calm would be a lie
        expect(officer.at("line")).to_be_visible(timeout=11_000)
    finally:
        relay.go_on()
    hub.press()
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm", timeout=15_000)
    expect(console.at("connection")).to_have_attribute("data-state", "live")
    expect(officer.at("line")).to_be_hidden(timeout=20_000)
    expect(officer.at(f"alarm-dot-{hub.dwelling_id}")).to_have_attribute("data-state", "alarm")


def test_a_wrong_clock_is_said(consoles) -> None:
    behind = "const right = Date.now; Date.now = () => right() - 300000;"
    console = consoles(script=behind).sign_in()
    expect(console.page.locator("#clock-differs")).to_contain_text("本机时钟慢 5 分 0 秒")


def test_signing_out_elsewhere_is_said(consoles, relay) -> None:
    console = consoles().sign_in()
    console.expected = ["401"]
    other = console.page.context.new_page()
    other.goto(relay.url + "/")
    other.locator(".sign-out button").click()
    expect(other.locator("#password")).to_be_visible()
    expect(console.at("connection")).to_have_attribute("data-state", "signed-out", timeout=20_000)
    expect(console.at("notice").get_by_role("link")).to_have_attribute("href", "/sign-in?next=/")


def test_a_wrong_password_is_said_in_chinese(consoles, relay) -> None:
    console = consoles()
    console.expected = ["401"]
    console.page.goto(relay.url + "/sign-in")
    console.page.locator("#name").fill("operator")
    console.page.locator("#password").fill("wrong")
    console.page.locator("button[type=submit]").click()
    expect(console.at("sign-in-error")).to_have_text("用户名或密码不对。")


def test_an_address_that_is_not_there_leads_back(consoles, relay) -> None:
    console = consoles(language="en")
    console.expected = ["404"]
    answer = console.page.goto(relay.url + "/nowhere")
    assert answer and answer.status == 404
    expect(console.page.get_by_role("heading", name="There is no such page")).to_be_visible()
    expect(console.page.get_by_role("link", name="Open the board")).to_have_attribute("href", "/")


def test_thirty_seconds_without_network_are_said_and_caught_up(consoles, homes, relay) -> None:
    console, before, during = consoles().sign_in(), homes(), homes()
    console.expected = ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED"]
    before.press()
    expect(console.dot(before)).to_have_attribute("data-state", "alarm")
    console.page.evaluate("window.notReloaded = true")
    console.page.context.set_offline(True)
    cut_at = time.monotonic()
    with relay.client() as client:
        (alarm,) = [a for a in client.get("/api/board").json()["alarms"] if a["dwelling_id"] == before.dwelling_id]
        assert client.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge", json={}).status_code == 200
        during.press("smoke")
        phone = client.get(f"/api/dwellings/{during.dwelling_id}/card").json()["contacts"][0]["phone"]
    with relay.client("supervisor") as client:
        token = client.post("/api/tokens", json={"name": "telephone", "role": "call_gateway"}).json()["secret"]
    rings = {"phone": phone}
    assert httpx.post(
        relay.url + "/api/hooks/call", json=rings, headers={"Authorization": f"Bearer {token}"}
    ).is_success
    expect(console.at("connection")).to_have_attribute("data-state", "stale", timeout=11_000)
    expect(console.at("connection")).to_contain_text("秒没有新消息")
    console.page.wait_for_timeout(max(0, 30_000 - int((time.monotonic() - cut_at) * 1000)))
    console.page.context.set_offline(False)
    expect(console.dot(during)).to_have_attribute("data-state", "alarm", timeout=15_000)
    expect(console.dot(before)).to_have_attribute("data-state", "acknowledged")
    expect(console.at("connection")).to_have_attribute("data-state", "live")
    expect(console.at("call")).to_contain_text(phone)  # who rang meanwhile, too
    assert console.page.evaluate("window.notReloaded"), "the page was loaded anew"
