"""The installer's page: the label proves the hub, the dwelling is chosen, and the walk test shows what is proven."""

from collections.abc import Callable
from typing import Any

from browser_parts import Hub, Relay
from fleet_parts import make_hub
from playwright.sync_api import expect

DOOR = {"estate": "清河苑", "building": "91", "unit": "1", "floor": 2, "door": "201", "label": "91号楼201"}


def test_a_scanned_label_leads_to_a_claimed_dwelling(consoles: Callable[..., Any], relay: Relay) -> None:
    with relay.client("supervisor") as client:
        home = client.post("/api/people/dwellings", json=DOOR)
        assert home.status_code in (200, 201), home.text
    made = make_hub(relay)
    console = consoles(width=390, height=844)
    console.open_as("supervisor", "/install#" + made["label_url"].split("#")[1])
    expect(console.at("label-form").get_by_role("textbox")).to_have_value(made["label_url"].split("#")[1])
    assert made["claim_text"].replace("-", "") not in console.page.url, "the secret does not stay in the address"
    console.at("label-form").get_by_role("button").click()
    expect(console.at("label-form")).to_have_count(0)
    console.page.get_by_role("textbox").fill("91号楼")
    console.page.get_by_role("button", name="查找").click()
    console.page.locator("[data-testid^=dwelling-]").first.click()
    expect(console.at("claimed")).to_contain_text(made["hub_id"])
    expect(console.at("walk-begin")).to_have_count(0)  # what is not on the line cannot be walked through
    expect(console.page.locator(".hub-part, [data-testid=no-bluetooth]")).to_be_visible()


def test_a_walk_test_shows_what_is_not_proven_and_names_it(
    consoles: Callable[..., Any], relay: Relay, homes: Callable[[], Hub]
) -> None:
    hub = homes()
    console = consoles(language="en")
    console.expected += ["409"]
    console.open_as("supervisor", "/install")
    console.page.get_by_role("button", name="Find").click()
    expect(console.page.get_by_role("status").filter(has_text="Only some are listed")).to_be_visible()
    with relay.client("supervisor") as client:
        known = client.get("/api/board").json()["dwellings"]
    label = next(one["label"] for one in known if one["dwelling_id"] == hub.dwelling_id)
    console.at("room").get_by_role("textbox").last.fill(label)
    console.page.get_by_role("button", name="Find").click()
    console.at(f"dwelling-{hub.dwelling_id}").click()
    expect(console.at("check-mains")).to_have_attribute("data-look", "open")
    console.at("finish-form").get_by_role("textbox").first.fill("Li")
    console.at("finish-form").get_by_role("textbox").last.fill("Sun")
    console.at("finish-form").get_by_role("button").click()
    expect(console.at("finish-form-said")).to_contain_text("Not proven yet")
    with relay.client("supervisor") as client:
        walks = client.get(f"/api/walk-tests?dwelling_id={hub.dwelling_id}").json()["walks"]
        assert client.post(f"/api/walk-tests/{walks[0]['walk_id']}/stop", json={}).status_code == 200
