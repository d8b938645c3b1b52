"""Whoever looks at another page than the console still sees that somebody calls, and finds the way there."""

from playwright.sync_api import expect


def test_a_call_is_seen_on_every_other_page_and_leads_to_the_console(consoles, homes, relay) -> None:
    console, hub = consoles().open_as("operator", "/numbers"), homes()
    expect(console.at("strip")).to_have_attribute("data-state", "calm")
    hub.press()
    expect(console.at("strip")).to_have_attribute("data-state", "alarm")
    expect(console.at("strip")).to_contain_text("求助")
    expect(console.page).to_have_title("(1) 报警 · 安铃")
    console.at("strip").click()
    expect(console.dot(hub)).to_have_attribute("data-state", "alarm")


def test_a_page_that_hears_nothing_does_not_call_it_calm_and_says_how_old_it_is(consoles, relay) -> None:
    console = consoles(language="en").open_as("operator", "/hubs")
    console.expected = ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED"]
    expect(console.at("strip")).to_have_attribute("data-state", "calm")
    expect(console.at("hub-table")).to_be_visible()
    console.page.context.set_offline(True)
    expect(console.at("age")).to_contain_text("old", timeout=12_000)
    expect(console.at("strip")).to_have_attribute("data-state", "stale", timeout=12_000)
    expect(console.at("strip")).to_contain_text("there may be alarms")
    console.page.context.set_offline(False)
    expect(console.at("strip")).to_have_attribute("data-state", "calm")
    expect(console.at("age")).to_be_hidden()


def test_a_link_to_a_home_opens_its_card(consoles, relay) -> None:
    home = relay.sample["hubs"][0]["dwelling_id"]
    console = consoles().open_as("operator", f"/?home={home}")
    expect(console.at("card")).to_have_attribute("data-dwelling", home)
