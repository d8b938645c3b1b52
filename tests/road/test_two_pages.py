"""A real browser on both pages: pressed in the home, answered on the staff's screen, heard in the home."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from relay_parts import Relay
from simulator.processes import free_port

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)


@pytest.fixture
def home_page(road_relay: Relay, tmp_path: Path) -> Iterator[str]:
    """The address of a home's page: a `python -m simulator home` of its own."""
    first = road_relay.sample["hubs"][0]
    secret = tmp_path / "password"
    secret.write_text(first["password"], "utf-8")
    port = free_port()
    command = [sys.executable, "-m", "simulator", "home", "--dir", str(tmp_path / "home"), "--hub-id", first["hub_id"]]
    command += ["--broker-port", str(road_relay.broker_port), "--password-file", str(secret), "--page-port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("home ready"), line
        yield f"http://127.0.0.1:{port}/"
        process.terminate()
        assert process.wait(15) == 0


def signed_in(page: Page, relay: Relay) -> Page:
    operator = next(one for one in relay.sample["staff"] if one["name"] == "operator")
    page.goto(f"http://127.0.0.1:{relay.port}/")
    page.locator("#name").fill(operator["name"])
    page.locator("#password").fill(operator["password"])
    page.locator("button[type=submit]").click()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
    return page


def said(home: Page, prompt: str):
    return home.locator(f"[data-testid=voice-lines] li[data-prompt={prompt}]")


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium: both pages are NOT tested. Remedy: apt-get install chromium")
def test_a_press_in_the_homes_page_is_answered_from_the_staffs_screen(road_relay: Relay, home_page: str) -> None:
    dwelling_id = road_relay.sample["hubs"][0]["dwelling_id"]
    expect.set_options(timeout=15_000)
    ARTIFACTS.mkdir(exist_ok=True)
    complaints: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        home = browser.new_page(viewport={"width": 1366, "height": 768})
        first = signed_in(browser.new_context(viewport={"width": 1366, "height": 768}).new_page(), road_relay)
        second = signed_in(browser.new_context(viewport={"width": 390, "height": 844}).new_page(), road_relay)
        for page in (home, first, second):
            page.on("pageerror", lambda error: complaints.append(str(error)))
        home.goto(home_page)
        expect(home.get_by_test_id("lamp")).to_have_attribute("data-colour", "#060602")
        dot = first.get_by_test_id(f"dot-{dwelling_id}")
        expect(dot).to_have_attribute("data-state", "safe", timeout=30_000)
        first.get_by_test_id("arm-sound").click()
        expect(first.get_by_test_id("sound-bar")).to_have_attribute("data-armed", "true")

        home.get_by_test_id("press").click()
        expect(dot).to_have_attribute("data-state", "alarm")
        expect(second.get_by_test_id(f"dot-{dwelling_id}")).to_have_attribute("data-state", "alarm")
        expect(first.get_by_test_id("card")).to_have_attribute("data-dwelling", dwelling_id)
        expect(first.get_by_test_id("sound-bar")).to_have_attribute("data-playing", "life")
        expect(said(home, "heard")).to_have_count(1)
        expect(said(home, "delivered")).to_have_count(1)
        first.screenshot(path=ARTIFACTS / "road-1-staff-alarm.png")
        home.screenshot(path=ARTIFACTS / "road-1-home-alarm.png")

        first.get_by_test_id("acknowledge").click()
        expect(said(home, "acknowledged")).to_have_count(1)
        expect(dot).to_have_attribute("data-state", "acknowledged")
        expect(second.get_by_test_id(f"dot-{dwelling_id}")).to_have_attribute("data-state", "acknowledged")
        expect(first.get_by_test_id("sound-bar")).to_have_attribute("data-playing", "")
        expect(home.get_by_test_id("siren")).to_have_attribute("data-on", "false")

        first.get_by_test_id("minutes").fill("6")
        first.get_by_test_id("responder").select_option(index=1)
        first.get_by_test_id("send").click()
        expect(said(home, "on_the_way")).to_contain_text("6")
        first.screenshot(path=ARTIFACTS / "road-2-staff-on-the-way.png")
        home.screenshot(path=ARTIFACTS / "road-2-home-on-the-way.png")
        browser.close()
    assert complaints == []


@pytest.mark.skipif(
    not CHROMIUM, reason="no Chromium: the home's faults are NOT tested. Remedy: apt-get install chromium"
)
def test_the_homes_page_cuts_and_mends(road_relay: Relay, home_page: str) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        home = browser.new_page(viewport={"width": 390, "height": 844})
        home.goto(home_page)
        state = home.get_by_test_id("hub-state")
        expect(state).to_have_text("主机正常工作")
        home.get_by_test_id("language").click()
        expect(state).to_have_text("The hub is working")
        home.get_by_test_id("mains").click()
        expect(said(home, "mains_lost")).to_have_count(1)
        home.get_by_test_id("door").click()
        expect(home.get_by_test_id("door")).to_have_text("Close the door")
        home.get_by_test_id("internet").click()
        home.get_by_test_id("press-bathroom").click()
        expect(home.get_by_test_id("siren")).to_have_attribute("data-on", "true")
        expect(said(home, "not_delivered")).to_have_count(1, timeout=20_000)
        home.get_by_test_id("kill").click()
        expect(state).to_have_text("The hub has no power")
        expect(home.get_by_test_id("lamp")).to_have_attribute("data-colour", "#000000")
        home.get_by_test_id("internet").click()
        home.get_by_test_id("kill").click()
        expect(state).to_have_text("The hub is working")
        expect(said(home, "delivered")).to_have_count(1, timeout=60_000)
        home.screenshot(path=ARTIFACTS / "home-390-en.png", full_page=True)
        browser.close()
