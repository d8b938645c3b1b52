"""Claims about the way to the router, over a stand-in for the radio whose air is told."""

from __future__ import annotations

import importlib
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch):
    """(device.link.wifi, the stand-in `network`), both fresh."""
    monkeypatch.syspath_prepend(str(HERE / "micropython"))
    for name in ("network", "device.link.wifi"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    radio = importlib.import_module("network")
    yield importlib.import_module("device.link.wifi"), radio
    for name in ("network", "device.link.wifi"):
        sys.modules.pop(name, None)


def _networks(*ssids: str):
    return [{"ssid": ssid, "password": "secret"} for ssid in ssids]


def _until_up(wifi, now_ms: int = 0, end_ms: int = 200_000) -> int | None:
    """Step four times a second; returns when there was a network, None if there never was."""
    while now_ms < end_ms:
        if wifi.step(now_ms):
            return now_ms
        now_ms += 250
    return None


def test_first_network_in_reach_is_taken(parts):
    wifi_file, radio = parts
    wifi = wifi_file.Wifi(_networks("home", "neighbour"))
    radio.air["neighbour"] = "secret"
    assert _until_up(wifi) == 250
    assert radio.WLAN.calls == ["home"] and wifi.reason is None


def test_networks_are_tried_in_order_until_one_answers(parts):
    wifi_file, radio = parts
    wifi = wifi_file.Wifi(_networks("gone", "wrong", "home"))
    radio.air["wrong"] = "another word"
    seen = set()
    now_ms = 0
    while not wifi.step(now_ms):
        seen.add(wifi.reason)
        now_ms += 250
    assert radio.WLAN.calls == ["gone", "wrong", "home"]
    assert {wifi_file.NOT_FOUND, wifi_file.WRONG_PASSWORD} <= seen
    assert now_ms < 2 * wifi_file.TRY_MS, "a try that had failed was waited out"


def test_network_that_works_is_taken_first_the_next_time(parts):
    wifi_file, radio = parts
    wifi = wifi_file.Wifi(_networks("gone", "home"))
    up_ms = _until_up(wifi)
    assert up_ms is not None
    radio.WLAN.calls.clear()
    radio.is_cut = True
    now_ms = up_ms
    while wifi.step(now_ms):
        now_ms += 250
    radio.is_cut = False
    assert _until_up(wifi, now_ms) is not None
    assert radio.WLAN.calls[0] == "home"


def test_short_loss_is_left_to_the_radio(parts):
    wifi_file, radio = parts
    wifi = wifi_file.Wifi(_networks("home"))
    up_ms = _until_up(wifi)
    assert up_ms is not None
    radio.is_cut = True
    assert wifi.step(up_ms + wifi_file.GRACE_MS - 1)
    assert not wifi.step(up_ms + wifi_file.GRACE_MS) and wifi.reason == wifi_file.LOST
    assert not wifi.step(up_ms + wifi_file.GRACE_MS + 3000) and wifi.reason == wifi_file.NOT_FOUND
    radio.is_cut = False
    assert _until_up(wifi, up_ms + wifi_file.GRACE_MS + 4000) is not None


def test_modem_sleep_stays_on_beside_bluetooth(parts):
    wifi_file, radio = parts
    wifi_file.Wifi(_networks("home")).step(0)
    assert radio.WLAN.options["pm"] == radio.WLAN.PM_PERFORMANCE != radio.WLAN.PM_NONE


def test_home_without_networks_says_so(parts):
    wifi_file, _ = parts
    wifi = wifi_file.Wifi([])
    assert _until_up(wifi) is None and wifi.reason == wifi_file.NO_SETTINGS


def test_driver_that_fails_is_a_reason_and_is_tried_again(parts, monkeypatch: pytest.MonkeyPatch):
    wifi_file, radio = parts
    wifi = wifi_file.Wifi(_networks("home"))

    def refuse(self, ssid, password):
        raise OSError("Wifi Internal Error")

    with monkeypatch.context() as broken:
        broken.setattr(radio.WLAN, "connect", refuse)
        assert _until_up(wifi, 0, 20_000) is None and wifi.reason == wifi_file.DRIVER
    assert _until_up(wifi, 20_000) is not None


def test_a_network_that_leads_nowhere_gives_way_to_the_next_one_and_back(parts):
    wifi_file, radio = parts
    wifi = wifi_file.Wifi(_networks("home", "telephone"))
    radio.air["telephone"] = "secret"
    assert not wifi.leave(0), "nothing is tried yet"
    up_ms = _until_up(wifi)
    assert up_ms is not None and wifi.leave(up_ms)
    assert _until_up(wifi, up_ms) is not None and radio.WLAN.calls == ["home", "telephone"]
    assert wifi.leave(up_ms + 1000) and wifi.step(up_ms + 1250)
    del radio.air["telephone"]  # it was carried away: back to the one that is there
    assert wifi.leave(up_ms + 2000)
    assert _until_up(wifi, up_ms + 2000) is not None
    assert radio.WLAN.calls == ["home", "telephone", "home", "telephone", "home"]


def test_the_only_network_is_never_left(parts):
    wifi_file, _ = parts
    wifi = wifi_file.Wifi(_networks("home"))
    up_ms = _until_up(wifi)
    assert up_ms is not None and not wifi.leave(up_ms) and wifi.step(up_ms + 250)
