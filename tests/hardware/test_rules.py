"""hub.toml against its rules: the file as it is keeps them all, and each rule bites on a file that does not."""

from __future__ import annotations

import hashlib
import pathlib
import re
import struct

import pytest

from hardware import build, partitions
from hardware.make import analogue, fit, label, netlist, parts, pins, power
from hardware.make.source import FILE, Source, SourceFault, load

TEXT = FILE.read_text("utf-8")


def line_of(name: str) -> str:
    """The first line of hub.toml that gives this pin, whatever it is now."""
    found = re.search(rf"^{name} = \d+\n", TEXT, re.MULTILINE)
    assert found, name
    return found[0]


SIREN, BUTTON, LAMP = (line_of(name) for name in ("SIREN_PIN", "BUTTON_ADC_PIN", "LAMP_PIN"))


@pytest.fixture(scope="module")
def source() -> Source:
    return load()


def changed(tmp_path: pathlib.Path, old: str, new: str) -> Source:
    """hub.toml with one place changed."""
    assert old in TEXT, f"hub.toml no longer has {old}"
    path = tmp_path / "hub.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    return load(path)


def test_the_hub_keeps_every_rule(source: Source) -> None:
    assert build.faults(source) == []


def test_everything_committed_is_what_hub_toml_makes(source: Source) -> None:
    assert build.stale(source) == [], "Remedy: make hardware, look at it, commit it"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "strapping"),
        (45, "strapping"),
        (20, "USB"),
        (30, "flash"),
        (35, "octal PSRAM"),
        (22, "no such pin"),
        (int(LAMP.split()[2]), "used twice"),
        (43, "boot loader"),
        (44, "boot loader"),
    ],
)
def test_an_illegal_pin_is_refused(tmp_path: pathlib.Path, number: int, words: str) -> None:
    source = changed(tmp_path, SIREN, f"SIREN_PIN = {number}\n")
    assert any(
        words in fault and f"GPIO{number}" in fault for fault in pins.faults(source, source.variants["reference"])
    )


def test_analogue_inputs_stay_off_adc2(tmp_path: pathlib.Path) -> None:
    source = changed(tmp_path, BUTTON, "BUTTON_ADC_PIN = 11\n")
    assert any("ADC1" in fault for fault in pins.faults(source, source.variants["reference"]))


def test_a_pin_that_the_board_maker_uses_is_refused(tmp_path: pathlib.Path) -> None:
    source = changed(tmp_path, "SIREN_PIN = 15\n", "SIREN_PIN = 41\n")
    assert any("board's maker" in fault for fault in pins.faults(source, source.variants["pilot"]))


def test_a_legal_change_of_one_pin_moves_board_table_diagram_and_netlist(
    tmp_path: pathlib.Path, source: Source
) -> None:
    other = changed(tmp_path, SIREN, "SIREN_PIN = 21\n")
    assert build.faults(other) == []
    before, after = build.texts(source), build.texts(other)
    moved = {path for path in before if before[path] != after[path]}
    folder = "hardware/boards/reference/"
    assert {folder + name for name in ("board.py", "pins.md", "wiring.yml", "netlist.txt")} <= moved
    assert "firmware/device/board.py" in moved  # the simulator's is like the reference
    assert not [path for path in moved if "pilot" in path or path.endswith("bom.csv")]
    assert "SIREN_PIN = 21" in after[folder + "board.py"] and "GPIO21" in after[folder + "wiring.yml"]
    assert build.stamp(source, source.variants["reference"]) != build.stamp(other, other.variants["reference"])


def test_every_pin_that_the_firmware_names_is_known(source: Source, tmp_path: pathlib.Path) -> None:
    assert "SIREN_PIN" in pins.named_by_firmware() and pins.firmware_faults(source) == []
    (tmp_path / "device").mkdir()
    (tmp_path / "device" / "x.py").write_text("board.MOON_PIN")
    assert pins.named_by_firmware(tmp_path) == {"MOON_PIN"}


def test_every_board_has_every_name_that_any_driver_uses(source: Source) -> None:
    used: set[str] = set()
    for path in (FILE.parent.parent / "firmware").rglob("*.py"):
        used |= set(re.findall(r"\bboard\.([A-Z][A-Z0-9_]+)\b", path.read_text("utf-8")))
    for variant in source.variants.values():
        names: dict[str, object] = {"__file__": "device/board.py"}
        exec(build.texts(source)[variant.file], names)
        assert used <= set(names), f"{variant.name}: {used - set(names)}"
        points = names["BATTERY_TABLE"]
        assert points == tuple(sorted(points)) and points[0][1] == 0 and points[-1][1] == 100  # type: ignore[index,arg-type]


def test_a_promise_that_the_cells_cannot_keep_is_refused(tmp_path: pathlib.Path) -> None:
    source = changed(tmp_path, "mcu = { ma = 120,", "mcu = { ma = 320,")
    assert any("h are promised" in fault for fault in power.faults(source, source.variants["reference"]))


def test_runtime_is_cells_less_the_alarm_over_the_load(source: Source) -> None:
    variant = source.variants["reference"]
    assert power.part_mw(source, "mcu") == 440  # 120 mA at 3.3 V through 90 %
    assert power.usable_mwh(source, variant) == 20984  # 2 x 3.35 Ah x 3.6 V x 87 %
    left = power.usable_mwh(source, variant) - power.alarm_mwh(source, variant)
    assert power.runtime_min(source, variant) == left * 60 // power.load_mw(source, variant)
    assert 0 < power.alarm_mwh(source, variant) < 2000


def test_a_part_without_alternative_or_flag_is_refused(tmp_path: pathlib.Path) -> None:
    source = changed(tmp_path, 'other = "any MAX98357A module"\n', 'other = ""\n')
    assert parts.faults(source.variants["reference"]) == ["reference: U7 has no alternative and no flag"]


def test_totals_count_both_cells(source: Source) -> None:
    variant = source.variants["reference"]
    assert next(part for part in variant.parts if part.ref == "BT1").count == 2
    assert parts.totals(variant)[0] == pytest.approx(sum(part.price[0] * part.count for part in variant.parts))
    last = parts.bom(source, variant).splitlines()[-1]
    assert last.startswith("total") and str(parts.totals(variant)[2]) in last


def test_a_siren_that_does_not_wake_is_refused(tmp_path: pathlib.Path) -> None:
    source = changed(tmp_path, "metres = 3.0\ndoors = 0", "metres = 3.0\ndoors = 1")
    assert any("dB(A)" in fault for fault in analogue.sound_faults(source))


def test_loudness_follows_distance_and_doors(source: Source) -> None:
    sound = source.data["sound"]
    near, far = ({"metres": metres, "doors": 0} for metres in (1.0, 2.0))
    assert analogue.loudness(sound, near) - analogue.loudness(sound, far) == pytest.approx(6.02, abs=0.01)
    assert (
        analogue.loudness(sound, near) - analogue.loudness(sound, {"metres": 1.0, "doors": 1}) == sound["loss_door_db"]
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("press_ohm = 2200", "press_ohm = 8200"),  # a press would look like rest
        ("end_ohm = 10000 ", "end_ohm = 47000 "),  # rest would look like a cut
        ("comparator_mv = 1031", "comparator_mv = 1700"),  # the hardware path would close at rest
        ("buttons = 2", "buttons = 9"),  # so many at once would look like a short
    ],
)
def test_a_line_that_could_be_misread_is_refused(tmp_path: pathlib.Path, old: str, new: str) -> None:
    assert analogue.line_faults(changed(tmp_path, old, new))


def test_the_line_in_parts_is_the_line_in_numbers(source: Source) -> None:
    """The resistors that are bought are those that the levels are calculated from."""
    line, what = source.data["line"], {ref: part["what"] for ref, part in source.data["part"].items()}
    for ref, ohm in (
        ("R1", line["pull_up_ohm"]),
        ("R3", line["end_ohm"]),
        ("R4", line["press_ohm"]),
        ("R5", line["press_ohm"]),
    ):
        assert what[ref].startswith(f"{ohm / 1000:g}k "), ref
    assert line["comparator_mv"] == pytest.approx(line["supply_mv"] * 10 / 32, abs=1)


def test_cells_that_are_too_long_are_refused(tmp_path: pathlib.Path) -> None:
    source = changed(tmp_path, "length_mm = 69.0", "length_mm = 99.0")
    assert any("cells" in fault for fault in fit.faults(source, source.variants["reference"]))


def test_parts_that_meet_in_the_case_are_refused(tmp_path: pathlib.Path) -> None:
    source = changed(
        tmp_path, 'part = "U2", on = "back", at = [112.0, 12.0]', 'part = "U2", on = "back", at = [70.0, 12.0]'
    )
    assert any("PCB1 and U2" in fault for fault in fit.faults(source, source.variants["reference"]))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"R8.B", "R15.A"]', '"R15.A"]', "R8.B is open"),
        ('PATH_REF = ["U8.INP1", ', 'PATH_REF = ["U8.INP1", "R17.B", ', "two nets"),
        ('LAMP_5V = ["U6.Y1", "R11.A"]', 'LAMP_5V = ["R11.A"]', "one end only"),
    ],
)
def test_a_broken_net_is_refused(tmp_path: pathlib.Path, old: str, new: str, words: str) -> None:
    source = changed(tmp_path, old, new)
    assert any(words in fault for fault in netlist.faults(source, source.variants["reference"]))


def test_the_partition_table_is_one_that_the_boot_loader_takes(source: Source) -> None:
    """Ref: ESP-IDF, partition tables: entries of 32 bytes with magic 0x50AA, then 0xEBEB and the MD5 of all before."""
    table = partitions.binary(source)
    wanted = source.data["flash"]["partition"]
    assert len(table) == 0xC00 and table[-1] == 0xFF
    for k, one in enumerate(wanted):
        magic, kind, subtype, at, size = struct.unpack_from("<HBBII", table, 32 * k)
        assert (magic, [kind, subtype], at, size) == (0x50AA, one["kind"], one["at"], one["size"])
        assert table[32 * k + 12 : 32 * k + 28].rstrip(b"\0").decode() == one["label"]
    end = 32 * len(wanted)
    assert table[end : end + 16] == b"\xeb\xeb" + b"\xff" * 14
    assert table[end + 16 : end + 32] == hashlib.md5(table[:end]).digest()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("at = 0x7E0000, size = 0x20000", "at = 0x7D8000, size = 0x20000", "overlap"),
        ("at = 0x7E0000, size = 0x20000", "at = 0x7E0000, size = 0x30000", "end of the flash"),
        ("at = 0x7E0000, size = 0x20000", "at = 0x7E0000, size = 0x8000", "journal"),
        ('label = "settings"', 'label = "setting"', "settings"),
        ("at = 0x10000,", "at = 0x11000,", "64 KiB"),
    ],
)
def test_a_flash_that_would_not_start_or_keep_is_refused(
    tmp_path: pathlib.Path, old: str, new: str, words: str
) -> None:
    assert any(words in fault for fault in partitions.faults(changed(tmp_path, old, new)))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[chip]", "[chip", "is not TOML"),
        (SIREN, 'SIREN_PIN = "four"\n', "Remedy: a GPIO number"),
        (SIREN, SIREN + "MOON_PIN = 1\n", "MOON_PIN"),
        ('mcu = "U1"', 'mcu = "U1"\nlike = "two-bearer"', "like itself"),
        ("price = [95, 80, 70]", "price = [95, 80]", "three numbers"),
        ('"U7.BCLK"', '"U7.CLK"', "U7.CLK"),
        ('"JP1", "L1", "D1"', '"JP1", "L9", "D1"', "L9"),
    ],
)
def test_a_fault_in_the_file_is_told_in_a_sentence(tmp_path: pathlib.Path, old: str, new: str, words: str) -> None:
    with pytest.raises(SourceFault, match=re.escape(words)):
        changed(tmp_path, old, new)


def test_trigger_devices_are_of_kinds_that_the_hub_knows(source: Source) -> None:
    from protocol import vocabulary

    for one in source.data["trigger"]:
        assert one["kind"] in vocabulary.DEVICE_KINDS or one["kind"].startswith("none:"), one["name"]
        assert one["unverified"], f"{one['name']}: nobody has tried one yet"


@pytest.mark.parametrize("hub_id", ["", "hub-201", "<script>", "HUB", "x" * 41])
def test_a_label_bears_a_hubs_name_and_nothing_else(source: Source, hub_id: str) -> None:
    variant = source.variants["reference"]
    if hub_id in ("", "hub-201"):
        assert (hub_id or "____") in label.svg(source, variant, hub_id)
    else:
        with pytest.raises(SourceFault, match="no hub's name"):
            label.svg(source, variant, hub_id)


def test_every_folder_keeps_to_twelve_files() -> None:
    for folder in {path.parent for path in (FILE.parent / "make").rglob("*.py")} | set(
        (FILE.parent / "boards").glob("*/")
    ):
        files = [path for path in folder.iterdir() if path.is_file()]
        assert len(files) <= 12, folder


def test_the_readme_says_what_is_calculated(source: Source) -> None:
    readme = (FILE.parent / "README.md").read_text("utf-8")
    for variant in build.real(source):
        row = next(line for line in readme.splitlines() if line.startswith(f"| [{variant.name}]"))
        assert " / ".join(f"{total:.0f}" for total in parts.totals(variant)) in row, row
        hours = power.runtime_min(source, variant) / 60
        assert f"| {hours:.{0 if hours > 100 else 1}f} h | {variant.promise_h} h |" in row, row
    for path in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (FILE.parent / path).exists(), path


def test_an_esp32_without_power_neither_sounds_nor_silences_the_siren(source: Source) -> None:
    """Its pins clamp to a dead supply: whatever the hardware path needs is 100 kOhm or a diode away from them."""
    variant = source.variants["reference"]
    path = ("LINE", "PATH_LINE", "PATH_REF", "PATH_CLOSED", "OSC_TONE", "OSC_THR", "OSC_DIS", "GATE")
    for net in path:
        assert not [pin for ref, pin in variant.nets[net] if ref == variant.mcu], net
    what = {part.ref: part.what for part in variant.parts}
    assert what["R2"].startswith("100k") and what["R20"].startswith("100k")


def test_no_line_of_a_label_runs_over_its_edge(source: Source) -> None:
    for variant in build.real(source):
        picture = label.svg(source, variant, "h" * 40)
        wide = float(re.findall(r'viewBox="0 0 (\d+) ', picture)[0])
        lines = re.findall(r'x="(\d+)" y="[\d.]+" font-size="([\d.]+)" font-weight="(\w+)">([^<]*)<', picture)
        assert len(lines) == 9
        for x, size, weight, words in lines:
            em = sum(1.0 if ord(c) > 0x2E80 else 0.6 for c in words) * (1.12 if weight == "bold" else 1)
            assert int(x) + em * float(size) < wide - 1, words


def test_the_simulated_board_is_wired_to_the_pins_of_its_board_file(source: Source) -> None:
    from simulator import board_link

    for name in ("MAINS_PIN", "BUTTON_ADC_PIN", "CANCEL_PIN", "BATTERY_ADC_PIN"):
        assert getattr(board_link, name) == source.variants["simulator"].pins[name], name
