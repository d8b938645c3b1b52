"""The pages of the day: people and their import, staff, settings, numbers, audit, hubs; and what a family sees."""

from typing import Any

import pytest
from playwright.sync_api import expect

HEAD = "小区,楼号,单元,楼层,门号,姓名,性别,出生年\n"
GOOD = HEAD + "清河苑,77,1,2,201,郑福生,男,1941\n"
BAD = HEAD + "清河苑,78,1,2,202,李桂兰,女,1938\n清河苑,78,1,三,301,王秀英,女,今年\n"


def _desk(consoles, name: str, path: str, **more) -> Any:
    console = consoles(**more).open_as(name, path)
    expect(console.at("room")).to_have_attribute("data-state", "ready")
    return console


def _homes_of(relay, building: str) -> list[dict]:
    with relay.client("supervisor") as client:
        return [one for one in client.get("/api/people?count=1000").json() if one["building"] == building]


def _choose(console: Any, name: str, text: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    console.at("import-file").set_input_files(files=[file])


def test_a_bad_line_of_an_import_is_named_and_nothing_of_the_file_is_taken(consoles, relay) -> None:
    desk = _desk(consoles, "supervisor", "/people")
    desk.at("import").click()
    _choose(desk, "bad.csv", BAD)
    row = desk.at("import-bad").locator("tbody tr").first
    expect(row.locator("th")).to_have_text("3")
    assert desk.at("import-take").count() == 0
    assert not _homes_of(relay, "78")


def test_a_good_file_is_tried_first_and_taken_in_only_when_told(consoles, relay) -> None:
    desk = _desk(consoles, "supervisor", "/people")
    desk.at("import").click()
    _choose(desk, "good.csv", GOOD)
    expect(desk.at("import-take")).to_be_visible()
    assert not _homes_of(relay, "77")
    desk.at("import-take").click()
    expect(desk.at("import-done")).to_be_visible()
    (home,) = _homes_of(relay, "77")
    assert home["residents"][0]["name"] == "郑福生"


def test_a_home_is_changed_and_what_is_not_shown_stays(consoles, relay) -> None:
    desk = _desk(consoles, "supervisor", "/people")
    before = _first_home(relay)
    desk.at(f"edit-{before['dwelling_id']}").click()
    form = desk.at("home-form")
    expect(form).to_be_visible()
    form.locator("[name=access_note]").fill("门铃坏了，请敲门")
    desk.at("add-keyholders").click()
    last = form.locator("[name='keyholders.name']").last
    last.fill("社区王师傅")
    form.locator("[name='keyholders.phone']").last.fill("13800007777")
    form.locator("button[type=submit]").click()
    expect(desk.at("homes")).to_be_visible()
    after = _first_home(relay)
    assert after["access_note"] == "门铃坏了，请敲门"
    assert after["keyholders"][-1]["name"] == "社区王师傅"
    for kept in ("residents", "contacts", "latitude", "longitude", "x", "y", "door", "label"):
        assert after[kept] == before[kept], kept


def _first_home(relay) -> dict:
    """The first one that somebody lives in: others' tests leave empty ones, and those stand first."""
    with relay.client("supervisor") as client:
        homes = client.get("/api/people?count=1000").json()
    return next(one for one in homes if one["residents"] and one["contacts"])


def test_a_search_finds_a_home_by_the_initials_of_a_name(consoles, relay) -> None:
    home = _first_home(relay)
    desk = _desk(consoles, "operator", "/people")
    desk.at("people-search").fill(home["residents"][0]["initials"])
    desk.at("people-find").click()
    expect(desk.at("found")).to_contain_text(home["residents"][0]["name"])


def test_a_colleague_is_added_and_the_password_is_shown_once(consoles, relay) -> None:
    desk = _desk(consoles, "supervisor", "/staff")
    desk.at("staff-add").click()
    form = desk.at("staff-form")
    form.locator("[name=name]").fill("newcomer")
    form.locator("[name=display_name]").fill("赵敏")
    form.locator("[name=role]").select_option("responder")
    form.locator("button[type=submit]").click()
    password = desk.at("shown-once").locator(".secret").inner_text()
    relay.sample["staff"].append({"name": "newcomer", "password": password, "role": "responder"})
    with relay.client("newcomer") as client:
        assert client.get("/api/me").json()["role"] == "responder"
    desk.page.reload()
    expect(desk.at("staff")).to_contain_text("赵敏")
    assert desk.at("shown-once").count() == 0


def test_what_the_relay_refuses_is_said_beside_the_button(consoles, relay) -> None:
    with relay.client("supervisor") as client:
        client.post("/api/tokens", json={"name": "stale", "role": "auditor"})
        token_id = client.get("/api/tokens").json()[-1]["token_id"]
        desk = _desk(consoles, "supervisor", "/staff")
        desk.expected.append("404")
        assert client.delete(f"/api/tokens/{token_id}").is_success
    button = desk.at(f"token-end-{token_id}")
    button.click()
    button.click()
    expect(desk.at("tokens")).to_contain_text("没有")


def test_the_plan_is_changed_and_a_step_for_nobody_is_refused_before_it_is_sent(consoles, relay) -> None:
    desk = _desk(consoles, "supervisor", "/settings")
    plan, form = desk.at("plan"), desk.at("plan-form")
    count = plan.locator("li").count()
    desk.at("plan-add").click()
    plan.locator("li").last.locator("input[value=duty_phone]").uncheck()
    form.locator("button[type=submit]").click()
    expect(desk.at("plan-form-said")).to_contain_text(f"第 {count + 1} 步")
    plan.locator("li").last.locator("input[value=supervisor]").check()
    form.locator("button[type=submit]").click()
    expect(desk.at("plan-form-said")).not_to_contain_text("没有选")
    with relay.client("supervisor") as client:
        steps = client.get("/api/plan").json()["steps"]
    assert len(steps) == count + 1 and steps[-1]["to"] == ["supervisor"]


def test_the_duty_telephone_is_changed_without_moving_the_community(consoles, relay) -> None:
    with relay.client("supervisor") as client:
        before = client.get("/api/community").json()
    desk = _desk(consoles, "supervisor", "/settings")
    form = desk.at("community-form")
    form.locator("[name=duty_phone]").fill("13800008888")
    with desk.page.expect_response("**/api/community"):
        form.locator("button[type=submit]").click()
    expect(form.locator("[name=duty_phone]")).to_have_value("13800008888")
    with relay.client("supervisor") as client:
        assert client.get("/api/community").json() == before | {"duty_phone": "13800008888"}
        client.put("/api/community", json={name: before[name] for name in FIELDS})


FIELDS = ("name", "name_en", "duty_phone", "latitude", "longitude")


def test_the_chain_of_the_record_is_checked_and_looks_are_listed(consoles, relay) -> None:
    home = _first_home(relay)
    with relay.client("operator") as client:
        assert client.get(f"/api/dwellings/{home['dwelling_id']}/card").is_success
    desk = _desk(consoles, "auditor", "/audit")
    desk.at("only-card").click()
    expect(desk.at("audit")).to_contain_text("查看资料")
    desk.at("verify").click()
    expect(desk.at("chain")).to_contain_text("没有改动")


def test_the_record_says_in_words_who_did_what_to_which_home_and_why(consoles, relay) -> None:
    home = _first_home(relay)
    with relay.client("operator") as client:
        place = {"x": home["x"], "y": home["y"]}
        assert client.put(f"/api/dwellings/{home['dwelling_id']}/place", json=place).is_success
        look = f"/api/dwellings/{home['dwelling_id']}/card/health"
        assert client.post(look, json={"reason": "家属要求核对"}).is_success
    for language, words in (("zh", ("陈静", "移动了住户的位置")), ("en", ("Chen Jing", "Moved a home on the picture"))):
        desk = _desk(consoles, "auditor", "/audit", language=language)
        moved = desk.at("audit").locator("tbody tr").filter(has_text=words[1]).first
        for text in (*words, home["label"] if language == "zh" else home["label_en"]):
            expect(moved).to_contain_text(text)
        expect(desk.at("audit")).not_to_contain_text("/api/")
    desk.at("only-card").click()
    looked = desk.at("audit").locator("tbody tr").first
    expect(looked).to_contain_text("家属要求核对")
    expect(looked).to_contain_text("Health notes opened")


def test_hubs_that_cannot_carry_a_call_come_first(consoles, homes) -> None:
    hub = homes()
    desk = _desk(consoles, "operator", "/hubs")
    rows = desk.at("hub-table").locator("> tbody > tr")
    expect(rows.first).to_have_attribute("data-state", "bad")
    well = desk.at(f"hub-{hub.hub_id}")
    expect(well).to_contain_text("正常")
    desk.at("filter-ill").click()
    expect(well).to_have_count(0)


def test_numbers_are_plotted_and_said_in_a_table_by_each_way_of_grouping(consoles) -> None:
    desk = _desk(consoles, "supervisor", "/numbers")
    for by in ("day", "shift", "community"):
        desk.at(f"by-{by}").click()
        expect(desk.at(f"by-{by}")).to_have_attribute("aria-pressed", "true")
        expect(desk.at("plot-answering")).to_be_visible()
        assert desk.at("csv").get_attribute("href").endswith(f"by={by}")


@pytest.fixture
def link(relay):
    """A family's link and its home."""
    home = _first_home(relay)
    with relay.client("operator") as client:
        body = {"contact_id": home["contacts"][0]["contact_id"]}
        made = client.post(f"/api/dwellings/{home['dwelling_id']}/family-links", json=body).json()
    return "/family/" + made["url"].rsplit("/", 1)[1], home


def test_a_family_sees_its_home_and_no_other_without_signing_in(consoles, homes, link) -> None:
    address, home = link
    other = homes()
    other.press()
    family = _desk(consoles, None, address)
    expect(family.page.locator(".family-names")).to_contain_text(home["residents"][0]["name"])
    expect(family.at("family-now")).to_contain_text("没有")
    assert "求助" not in family.page.locator("main").inner_text(), "another home calls, and that is not theirs to see"
    assert family.page.evaluate("document.cookie.includes('session')") is False
    assert family.page.locator("meta[name=csrf-token]").count() == 0


def test_a_link_that_opens_nothing_says_what_to_do(consoles) -> None:
    family = consoles()
    family.expected.append("404")
    family.open_as(None, "/family/AAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    expect(family.at("room")).to_have_attribute("data-state", "failed")
    expect(family.at("room")).to_contain_text("社区")
