"""Claims about the table of faults: the quick rows as they are now, and that the README has every row."""

import asyncio
import pathlib

import pytest
from simulator.faults import rows, table
from simulator.faults.stage import Row

WORDS = {
    "none": "none, for comparison",
    "relay": "relay down",
    "broker": "broker down",
    "wifi": "Wi-Fi down",
    "dns": "DNS lying (after",
    "dns_at_start": "DNS lying since",
    "certificate": "certificate wrong",
    "clock": "clock wrong by 26 years",
    "clock_certificate": "clock wrong by 10 years",
    "flash_full": "flash full",
    "flash_refuses": "flash refuses",
    "flash_byte": "flash corrupted in a random byte",
    "replay": "sensor replay",
    "flood": "sensor flood",
    "wifi_sms": "a modem whose data",
    "wifi_modem": "Wi-Fi down for ever, a modem",
    "modem": "modem mute |",
    "wifi_modem_mute": "modem mute and Wi-Fi down",
}


def test_the_quick_faults_are_heard_in_the_home_and_arrive(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rows, "SEEDS", 2)
    quick = ["none", "dns", "clock", "flash_refuses", "flash_byte", "replay", "flood", "broker"]
    found = asyncio.run(table.run(quick))
    assert sorted(found) == sorted(quick)
    for name, row in found.items():
        assert WORDS[name] in row.fault, row
        assert "“heard”" in row.told and "“delivered”" in row.told, row
        assert "NOT" not in row.arrived and "instead of one" not in row.arrived, row
        assert row.siren_ms is not None or "siren already on" in row.told, row
    assert "journal_damaged" in found["flash_byte"].told and " 0 starts raised" in found["flash_byte"].told
    assert "journal_full" in found["flash_refuses"].told
    assert "untrusted" in found["clock"].arrived
    assert "button_unverified" in found["replay"].told


def test_the_readme_has_a_line_for_every_fault():
    text = table.README.read_text("utf-8").partition(table.BEGIN)[2].partition(table.END)[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert set(WORDS) == set(rows.ORDER)
    assert len(lines) == len(rows.ORDER)
    for name, line in zip(rows.ORDER, lines, strict=True):
        assert WORDS[name] in line
        assert "NOT SHOWN" not in line


def test_a_row_that_is_unknown_is_named_and_nothing_is_run(capsys: pytest.CaptureFixture[str]):
    assert table.main(["earthquake"], 1, False) == 2
    assert "earthquake is none of none, relay" in capsys.readouterr().err


def test_a_readme_without_markers_is_refused_and_left_alone(tmp_path: pathlib.Path):
    readme = tmp_path / "README.md"
    readme.write_text("# firmware\n")
    with pytest.raises(ValueError, match="markers"):
        table.write(table.line(Row("x", 1.0, "y", "z", "w")), readme)
    assert readme.read_text() == "# firmware\n"
