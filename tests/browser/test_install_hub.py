"""The installer's page installs a real hub: real Chromium, its Web Bluetooth bridged to the firmware's BLE bytes."""

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from browser_parts import ARTIFACTS, ROOT, Relay, free_port
from chromium_parts import CHROMIUM_ARGS
from playwright.async_api import async_playwright, expect

sys.path.append(str(ROOT / "tests" / "provisioning"))

from install_parts import WIFI, bench_hub, find
from simulator.home import BATHROOM, BED, KEY
from simulator.phone import Phone
from web_bluetooth import FLAGS, REMEMBER, WebBluetooth

OF_THE_PROGRAM = {
    "relay_away", "relay_plain", "not_signed_in", "walk_over", "no_port", "no_serial", "cable_pulled", "cable_silent"
}  # fmt: skip
# RFC 3610, packet vectors 1 to 3: nonce, head, text, what is sealed (tag of 8 bytes)
VECTORS = (
    ("00000003020100a0a1a2a3a4a5", 8, 31, "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"),
    ("00000004030201a0a1a2a3a4a5", 8, 32, "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"),
    ("00000005040302a0a1a2a3a4a5", 8, 33, "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5"),
)  # fmt: skip


def in_thread(story: Any) -> None:
    """Run it beside the browser that other tests of this process hold."""
    fault: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(story)
        except BaseException as caught:
            fault.append(caught)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if fault:
        raise fault[0]


class Scene:
    """A relay with a dwelling to protect, a hub from its bench in a home, an installer's browser on the same air."""

    def __init__(self, relay: Relay, folder: Path) -> None:
        self.relay = relay
        self.folder = folder
        command = [sys.executable, "-m", "relay", "hub-make", "--data", str(relay.folder), "--url", relay.url]
        made = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=60)
        self.made: dict[str, Any] = json.loads(made.stdout)
        door = {"estate": "清河苑", "building": "79", "unit": "1", "floor": 2, "door": str(free_port())}
        with relay.client("supervisor") as client:
            home = client.post("/api/people/dwellings", json=door | {"label": f"79号楼{door['door']}"})
            assert home.status_code in (200, 201), home.text
            self.session = client.cookies["anling_session"]
        self.label = f"79号楼{door['door']}"
        names = ("hub_id", "password", "psk_hex", "claim")
        self.identity = {name: self.made[name] for name in names} | {"relay": relay.url}

    async def page(self, browser: Any, language: str = "en") -> Any:
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        cookies = {"anling_language": language, "anling_session": self.session}
        await context.add_cookies([{"name": k, "value": v, "url": self.relay.url} for k, v in cookies.items()])
        await context.add_init_script(REMEMBER)
        return await context.new_page()

    async def claim(self, page: Any) -> None:
        await page.goto(self.relay.url + "/install#" + self.made["label_url"].split("#")[1])
        await page.get_by_test_id("label-form").get_by_role("button").click()
        await expect(page.get_by_test_id("label-form")).to_have_count(0)
        await page.get_by_role("textbox").fill(self.label)
        await page.get_by_role("button", name="Find").click()
        await page.locator("[data-testid^=dwelling-]").first.click()
        await expect(page.get_by_test_id("hub-connect")).to_be_visible()


def test_the_page_installs_a_hub_and_goes_on_where_the_connection_broke(
    relay: Relay, chromium: str, tmp_path: Path
) -> None:
    scene = Scene(relay, tmp_path)

    async def story() -> None:
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=chromium, args=[*CHROMIUM_ARGS, *FLAGS])
            home_of = bench_hub(tmp_path / "home", scene.identity, broker_port=relay.broker_port)
            async with home_of as home, Phone(home.air.link) as phone:
                page = await scene.page(browser)
                air = WebBluetooth(page, phone)
                await air.start()
                await scene.claim(page)
                at = page.get_by_test_id
                await home.cancel()
                await home.wait_for("voice", lambda d: d["prompt"] == "install_open")
                await air.see(await find(phone))
                await at("hub-connect").click()
                await at("heard-yes").click()
                assert home.find("voice", lambda d: d["prompt"] == "identify")
                form = at("wifi-form")
                await expect(form).to_be_visible(timeout=30_000)
                ARTIFACTS.mkdir(exist_ok=True)
                await page.screenshot(path=ARTIFACTS / "install-wifi.png")
                await form.get_by_role("textbox").first.fill(WIFI["ssid"])
                await form.get_by_label("password").fill("a wrong one")
                await form.get_by_role("button").click()
                await expect(at("wifi-form-said")).to_contain_text("The Wi-Fi password is wrong", timeout=30_000)
                await form.get_by_label("password").fill(WIFI["password"])
                await form.get_by_role("button").click()
                await expect(at("enrol-form")).to_be_visible(timeout=30_000)
                air.drop_after = air.written + 3  # the installer walks away in the middle of an order
                await at("enrol-form").get_by_role("button").click()
                await expect(at("hub-said")).to_contain_text("goes on where it stopped", timeout=30_000)
                await air.see(await find(phone))
                await at("hub-connect").click()
                await at("heard-yes").click()
                await at("wifi-keep").click()
                await at("enrol-form").get_by_role("button").click()
                await add_sensors(page, home)
                ARTIFACTS.mkdir(exist_ok=True)
                await page.screenshot(path=ARTIFACTS / "install-sensors.png")
                await at("sensors-done").click()
                await expect(at("walk-begin")).to_be_visible(timeout=60_000)
                await at("walk-begin").click()
                await expect(at("check-device:" + BED)).to_be_visible()
                await air.stop()
                air_bytes = b"".join(home.gatt.peripheral.heard)
                for secret in (scene.made["password"], KEY, scene.made["claim"], scene.made["psk_hex"]):
                    assert secret.encode() not in air_bytes
                assert WIFI["password"].encode() in air_bytes, "the control: Improv is in clear"
                since = len(home.events)
                home.press(BED)
                await home.wait_for("siren", lambda d: d["on"], 5, since=since)
            await browser.close()

    async def add_sensors(page: Any, home: Any) -> None:
        at = page.get_by_test_id
        await expect(at("heard")).to_be_visible(timeout=40_000)
        for device, room, label in ((BED, "卧室", "床头"), (BATHROOM, "卫生间", "拉绳")):
            home.press(device, events=2)
            await at(f"heard-{device}").click()
            form = at("sensor-form")
            await form.get_by_label("room").fill(room)
            await form.get_by_label("called").fill(label)
            if device == BED:
                await form.get_by_role("button", name="Add").click()  # the key is asked for
                await form.get_by_label("key").fill("00" * 16)
                await form.get_by_role("button", name="Add").click()
                await expect(at("sensor-form-said")).to_contain_text("does not open")
                await form.get_by_label("key").fill(f"https://maker.example/?mac={BED}&key={KEY}")
            await form.get_by_role("button", name="Add").click()
            await expect(at("enrolled")).to_contain_text(label)

    in_thread(story())


def test_ccm_in_the_browser_agrees_with_the_standard_and_takes_nothing_that_was_changed(
    consoles: Any, relay: Relay
) -> None:
    console = consoles()
    console.open_as(None, "/sign-in")
    told = console.page.evaluate(
        """async (vectors) => {
          const { ccmKey, seal, unseal } = await import("/static/install/ccm.js");
          const bytes = (hex) => new Uint8Array(hex.match(/../g).map((two) => parseInt(two, 16)));
          const hex = (data) => [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");
          const key = await ccmKey(bytes("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"));
          const rows = [];
          for (const [nonce, headLength, length] of vectors) {
            const packet = Uint8Array.from({ length }, (_, n) => n);
            const head = packet.subarray(0, headLength), text = packet.subarray(headLength);
            const sealed = await seal(key, bytes(nonce), text, head, 8);
            const back = await unseal(key, bytes(nonce), sealed, head, 8);
            let refused = 0;
            for (let at = 0; at < sealed.length; at++) {
              const changed = sealed.slice();
              changed[at] ^= 1;
              refused += await unseal(key, bytes(nonce), changed, head, 8) === null;
            }
            const other = await unseal(key, bytes(nonce), sealed, head.slice(1), 8);
            rows.push([hex(sealed), hex(back) === hex(text), refused === sealed.length && other === null]);
          }
          return rows;
        }""",
        [list(one) for one in VECTORS],
    )
    assert told == [[sealed, True, True] for *_, sealed in VECTORS]


def test_a_browser_without_bluetooth_is_told_what_to_do_instead(consoles: Any, relay: Relay, tmp_path: Path) -> None:
    scene = Scene(relay, tmp_path)
    console = consoles(language="en", script="Object.defineProperty(navigator, 'bluetooth', { value: undefined });")
    console.open_as("supervisor", "/install#" + scene.made["label_url"].split("#")[1])
    console.at("label-form").get_by_role("button").click()
    console.page.get_by_role("textbox", name="Building").fill(scene.label)
    console.page.get_by_role("button", name="Find").click()
    console.page.locator("[data-testid^=dwelling-]").first.click()
    said = console.at("no-bluetooth")
    assert "Android" in said.inner_text() and "anling-install" in said.inner_text()


def test_every_word_of_a_hub_has_its_sentence_on_the_page() -> None:
    from provisioning import sentences
    from relay.console import words

    known = words.catalogue()["words"]
    alike = (ROOT / "relay" / "console" / "static" / "install" / "trouble.js").read_text("utf-8")
    for word in sentences.SENTENCES.keys() - OF_THE_PROGRAM:
        assert f"trouble_{word}" in known or f'"{word}"' in alike, word
