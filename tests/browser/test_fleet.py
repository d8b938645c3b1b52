"""New firmware widened stage by stage, a claim given up, and a lost hub put out: on the page of hubs."""

from collections.abc import Callable
from typing import Any

from browser_parts import Hub, Relay
from fleet_parts import add_firmware, make_hub
from playwright.sync_api import expect

BUILD = 41


def _hubs_page(consoles: Callable[..., Any], name: str, **more: Any) -> Any:
    console = consoles(**more).open_as(name, "/hubs")
    expect(console.at("room")).to_have_attribute("data-state", "ready")
    return console


def _submit(console: Any, form: str, reason: str | None = None) -> None:
    if reason is not None:
        console.at(form).get_by_role("textbox").fill(reason)
    console.at(form).get_by_role("button").click()


def test_new_firmware_goes_stage_by_stage_is_stopped_for_a_reason_and_goes_on_for_one(
    consoles: Callable[..., Any], homes: Callable[[], Hub], relay: Relay
) -> None:
    homes()  # one hub at least was heard: it may be chosen
    add_firmware(relay, BUILD)
    desk = _hubs_page(consoles, "supervisor")
    desk.expected.append("409")
    stage = desk.at(f"update-stage-{BUILD}")
    expect(stage).to_contain_text("还没有开始")
    _submit(desk, f"wider-{BUILD}")
    expect(stage).to_contain_text("已推到 1%")
    expect(desk.at(f"update-counts-{BUILD}")).to_contain_text("选中 1 台")
    _submit(desk, f"wider-{BUILD}")
    expect(desk.at(f"wider-{BUILD}-said")).to_contain_text("还有主机未升级成功")
    desk.at(f"update-hubs-{BUILD}").locator("summary").click()
    expect(desk.at(f"update-hubs-{BUILD}").get_by_role("table")).to_contain_text("等待推送")
    _submit(desk, f"stop-{BUILD}", "警铃声音变小")
    expect(stage).to_contain_text("已停在 1%")
    expect(desk.at(f"update-{BUILD}")).to_contain_text("理由：警铃声音变小")
    _submit(desk, f"go-on-{BUILD}")
    expect(stage).to_contain_text("已停在 1%")  # without a reason nothing is sent
    _submit(desk, f"go-on-{BUILD}", "已查明，不是升级造成的")
    expect(stage).to_contain_text("已推到 1%")
    with relay.client("supervisor") as client:
        (found,) = [one for one in client.get("/api/updates").json() if one["build"] == BUILD]
        deeds = [row["what"] for row in client.get("/api/audit").json() if row["fields"].get("build") == str(BUILD)]
    assert (found["percent"], found["is_stopped"]) == (1, False)
    assert deeds == ["updates_widen", "updates_stop", "updates_widen"]


def test_a_lost_hub_is_put_out_by_its_name_and_a_claim_is_given_up(consoles: Callable[..., Any], relay: Relay) -> None:
    lost = relay.sample["hubs"].pop(0)  # for good: no other test gets it
    made = make_hub(relay)
    with relay.client("supervisor") as client:
        home = client.post("/api/people/dwellings", json={"building": "92", "floor": 2, "door": "201"}).json()
        client.post(
            f"/api/claims/{made['hub_id']}/take",
            json={"secret": made["claim_text"], "dwelling_id": home["dwelling_id"]},
        )
    desk = _hubs_page(consoles, "supervisor", language="en")
    expect(desk.at("claims")).to_contain_text(made["hub_id"])
    desk.at(f"release-{made['hub_id']}").click()
    desk.at(f"release-{made['hub_id']}").click()
    expect(desk.at("fleet-said")).to_contain_text(f"given up: {made['hub_id']}")
    expect(desk.at("claims")).not_to_contain_text(made["hub_id"])

    desk.at(f"devices-{lost['hub_id']}").locator("> summary").click()
    desk.at(f"revoke-{lost['hub_id']}").locator("> summary").click()
    form = desk.at(f"revoke-form-{lost['hub_id']}")
    form.get_by_role("textbox").first.fill("stolen")
    form.get_by_role("textbox").last.fill("another")
    form.get_by_role("button").click()
    expect(form).to_contain_text("That is not its name")
    form.get_by_role("textbox").last.fill(lost["hub_id"])
    form.get_by_role("button").click()
    expect(desk.at(f"hub-{lost['hub_id']}")).to_have_count(0)
    with relay.client("supervisor") as client:
        faults = client.get("/api/board").json()["technical"]
        (fault,) = [one for one in faults if one["kind"] == "hub_revoked" and one["hub_id"] == lost["hub_id"]]
        assert fault["detail"].startswith("stolen")
        client.post(f"/api/technical/{fault['id']}/close", json={})


def test_an_operator_sees_the_hubs_and_none_of_these_orders(consoles: Callable[..., Any], relay: Relay) -> None:
    desk = _hubs_page(consoles, "operator")
    for hidden in ("updates", "claims"):
        expect(desk.at(hidden)).to_have_count(0)
    expect(desk.page.locator("[data-testid^=revoke-]")).to_have_count(0)
