"""From a signed package to a chip, against somebody else's mock of the ROM, over a pty; what goes wrong on the way."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from littlefs import LittleFS
from protocol import package

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import update_parts

from provisioning import flash, image

HERE = Path(__file__).resolve().parent
PROGRAM = b"\xe9".ljust(12, b"\x01") + image.CHIP_ID  # as every program for an ESP32-S3 begins


def micropython(banner=b"MicroPython v1.29.0 on 2026-04-02; Generic ESP32S3 module"):
    return PROGRAM.ljust(0x10000, b"\xff") + (PROGRAM + banner + b"\x00program" * 600)[:4800]


MICROPYTHON = micropython()
MADE = {"hub_id": "h-test", "password": "p" * 43, "psk_hex": "5a" * 32, "claim": "0f" * 16, "label_url": "https://x/"}


@pytest.fixture(scope="module")
def parts():
    packed = update_parts.package(b"\xd2\xcd\x31" + bytes(5000), 7, variant="reference")
    identity = image.identity_of(MADE, "https://relay.example")
    return image.parts(packed, MICROPYTHON, "reference", identity, ())


@pytest.fixture
def chip(tmp_path):
    """Starts a chip: its pty. All are ended with the test."""
    running = []

    def start(kind="esp32s3", megabytes=8, cut_after=0):
        port_file = tmp_path / f"port-{len(running)}"
        store = tmp_path / "flash"
        arguments = [kind, str(megabytes), str(store), str(port_file), str(cut_after)]
        running.append(
            subprocess.Popen([sys.executable, str(HERE / "mock_chip.py"), *arguments], stdout=subprocess.DEVNULL)
        )
        for _ in range(600):
            if port_file.exists() and port_file.read_text().strip():
                return port_file.read_text().strip(), store
            time.sleep(0.05)
        raise AssertionError("the chip did not start")

    yield start
    for one in running:
        one.kill()
        one.wait()


def test_a_chip_gets_every_part_and_a_second_time_none(chip, parts):
    port, store = chip()
    said = []
    assert flash.flash(port, parts, said.append) == [one.name for one in parts if set(one.data) != {0xFF}]
    on_chip = store.read_bytes()
    for part in parts:
        assert on_chip[part.at : part.at + len(part.data)] == part.data, part.name
    assert flash.flash(port, parts, said.append) == []


def test_a_cable_that_is_pulled_half_way_is_said_and_the_second_try_goes_on(chip, parts):
    port, _ = chip(cut_after=4)
    said = []
    with pytest.raises(flash.CannotFlash, match="cable was pulled"):
        flash.flash(port, parts, said.append)
    done = [line.split(":")[0] for line in said if "written" in line]
    assert done
    port, store = chip()
    again = flash.flash(port, parts, said.append)
    assert again and not set(done) & set(again), "it began anew"
    assert all(store.read_bytes()[one.at : one.at + len(one.data)] == one.data for one in parts)


def test_a_wrong_chip_a_small_flash_and_nobody_there_have_sentences(chip, parts):
    for kind, megabytes, words in (("esp32c3", 8, "ESP32-C3; a hub needs"), ("esp32s3", 4, "has 4 MB; a hub needs 8")):
        port, _ = chip(kind, megabytes)
        with pytest.raises(flash.CannotFlash, match=words):
            flash.flash(port, parts, print)
    with pytest.raises(flash.CannotFlash, match="No chip answers at /dev/nobody"):
        flash.flash("/dev/nobody", parts, print)


def made(build, banner=b"MicroPython v1.29.0 on 2026-04-02"):
    packed = update_parts.package(b"\xd2\xcd\x31" + bytes(5000), build, variant="reference")
    return image.parts(packed, micropython(banner), "reference", image.identity_of(MADE, ""), ())


def test_a_chip_that_holds_a_newer_build_is_not_taken_back_by_mistake(chip, parts):
    port, store = chip()
    flash.flash(port, made(9, b"MicroPython v1.31.2 on 2026-09-01"), lambda _: None)
    before = store.read_bytes()
    with pytest.raises(flash.CannotFlash, match=r"holds build 9; this image has 7.*--older"):
        flash.flash(port, parts, lambda _: None)
    assert store.read_bytes() == before, "nothing was touched"
    said = []
    written = flash.flash(port, parts, said.append, older=True)
    assert "MicroPython on the chip: 1.31; 1.29 is written" in said and {"firmware", "MicroPython"} <= set(written)
    said.clear()
    flash.flash(port, parts, said.append)
    assert "MicroPython on the chip: 1.29, as in the image" in said


def test_an_image_whose_micropython_does_not_run_its_firmware_never_reaches_a_chip(parts):
    old = [one if one.name != "MicroPython" else image.Part(one.name, one.at, b"MicroPython v1.28.0") for one in parts]
    with pytest.raises(flash.CannotFlash, match=r"MicroPython 1\.28; build 7 needs 1\.29"):
        flash.flash("/dev/nobody", old, print)
    with pytest.raises(flash.CannotFlash, match="has no firmware"):
        flash.flash("/dev/nobody", [one for one in parts if one.name != "firmware"], print)


def test_the_same_input_makes_the_same_image_and_the_secrets_are_there_twice(parts):
    packed = update_parts.package(b"\xd2\xcd\x31" + bytes(5000), 7, variant="reference")
    identity = image.identity_of(MADE, "https://relay.example")
    again = image.parts(packed, MICROPYTHON, "reference", identity, ())
    assert [one.data for one in again] == [one.data for one in parts]
    by_name = {one.name: one for one in parts}
    disk = LittleFS(block_size=4096, block_count=len(by_name["file system"].data) // 4096, mount=False)
    disk.context.buffer = bytearray(by_name["file system"].data)
    disk.mount()
    with disk.open("/identity.json") as file:
        assert json.loads(file.read()) == identity and "label_url" not in identity
    assert json.dumps(identity, sort_keys=True).encode()[:100] in by_name["identity"].data
    assert package.read(by_name["firmware"].data).build == 7


def test_what_cannot_become_an_image_is_said():
    packed = update_parts.package(bytes(100), 7, variant="reference")
    for call, words in (
        (lambda: image.parts(packed, MICROPYTHON, "pilot", None), "for the board reference"),
        (lambda: image.parts(packed, b"PK" + MICROPYTHON, "reference", None), "no program for an ESP32-S3"),
        (lambda: image.parts(packed, b"\xe9" * 0x20000, "reference", None), "no program for an ESP32-S3"),
        (lambda: image.parts(packed, micropython(b"an Arduino sketch"), "reference", None), "no MicroPython"),
        (lambda: image.parts(packed, micropython(b"MicroPython v1.28.0"), "reference", None), "is MicroPython 1.28"),
        (lambda: image.parts(packed, MICROPYTHON[:100], "reference", None), "first flash"),
        (lambda: image.identity_of({"hub_id": "h-1"}, ""), "no password, psk_hex, claim"),
        (lambda: image.board_of("x"), "no board x"),
        (lambda: image.read(HERE), "no whole image"),
    ):
        with pytest.raises(image.CannotBuild, match=words):
            call()
