"""What tests/bench/update.py and tests/device/test_update.py run under MicroPython, in a folder with the packages:
power cuts, hostile packages, speed. Lines: [metric, value, unit]. Arguments: the folder, and which of the cuts."""

import gc
import json
import sys
import time

import loader
import update_cuts as cuts
from protocol import package, signature, vocabulary

FOLDER, STEP = sys.argv[1], int(sys.argv[2])


def read(name):
    with open(FOLDER + "/" + name, "rb") as file:
        return file.read()


def say(metric, value, unit):
    print(json.dumps([metric, value, unit]))


def power_cuts(packages):
    total = dead = ill = again = 0
    for name, scene in (("update", cuts.first), ("boot_block_full", cuts.nearly_full)):
        found = cuts.walk(scene, packages, step=STEP)
        say(name + "_operations", found[0], "operations")
        total, dead, ill, again = total + found[1], dead + found[2], ill + found[3], max(again, found[4])
    found = cuts.walk(cuts.first, packages, cuts.BAD, step=STEP, deaf_most=loader.STARTS_MAX)
    say("rolled_back_operations", found[0], "operations")
    total, dead, ill = total + found[1], dead + found[2], ill + found[3]
    say("cut_points", total, "cuts")
    say("cut_points_dead", dead, "cuts")
    say("cut_points_not_well_in_the_end", ill, "cuts")
    say("fetched_twice_at_most", again, "bytes")
    found = cuts.walk(cuts.first, packages, make=cuts.InPlace, step=max(STEP, 5))
    say("control_one_slot_cuts", found[1], "cuts")
    say("control_one_slot_dead", found[2], "cuts")


def after(packages, steps):
    """A hub that has lived through these builds, one after the other."""
    chip = cuts.first(packages)
    for build in steps:
        cuts.live(chip, build)
    return chip


def refusals(packages):
    """What is said to each package that should not be taken. Nothing of it may be on flash."""
    good = packages[cuts.NEW]
    letter = good[: package.LETTER_SIZE]
    forged = letter[:-1] + bytes([letter[-1] ^ 1])
    stranger = read("stranger")
    other_board = read("other_board")
    newer = read("needs_newer")
    rows = [
        ("forged", cuts.first(packages), forged, cuts.NEW, package.FORGED),
        ("head_changed", cuts.first(packages), bytes([65, 76, 85, 80, 1, 0, 1, 29, 9]) + letter[9:], cuts.NEW, None),
        ("stranger", cuts.first(packages), stranger[: package.LETTER_SIZE], cuts.NEW, package.FORGED),
        ("truncated", cuts.first(packages), letter[:200], cuts.NEW, package.BROKEN),
        ("nothing", cuts.first(packages), b"\x00" * package.LETTER_SIZE, cuts.NEW, package.BROKEN),
        ("replayed", after(packages, [cuts.NEW]), letter, cuts.NEW, package.OLD_BUILD),
        (
            "downgraded",
            after(packages, [cuts.NEW]),
            packages[cuts.OLD][: package.LETTER_SIZE],
            cuts.OLD,
            package.OLD_BUILD,
        ),
        (
            "tried_before",
            after(packages, [cuts.BAD]),
            packages[cuts.BAD][: package.LETTER_SIZE],
            cuts.BAD,
            package.FAILED_BEFORE,
        ),
        ("other_board", cuts.first(packages), other_board[: package.LETTER_SIZE], cuts.NEW, package.OTHER_BOARD),
        ("needs_newer", cuts.first(packages), newer[: package.LETTER_SIZE], cuts.NEW, package.OLD_MICROPYTHON),
    ]
    for name, chip, offered, build, wanted in rows:
        boot = chip.start()
        before = bytes(chip.slots.data)
        said = chip.fetch(boot, offered, build)
        is_right = said == (vocabulary.REFUSED, wanted or package.FORGED)
        is_untouched = bytes(chip.slots.data) == before and chip.start().trial == loader.NONE
        print(json.dumps(["refused", name, said[1], is_right and is_untouched]))
    damaged = dict(packages)
    image = bytearray(good)
    image[-100] ^= 4
    damaged[cuts.NEW] = bytes(image)
    chip = cuts.first(damaged)
    said = chip.fetch(chip.start())
    is_right = said == (vocabulary.REFUSED, package.DAMAGED) and chip.start().trial == loader.NONE
    print(json.dumps(["refused", "image_damaged", said[1], is_right]))
    chip.packages = packages
    print(json.dumps(["refused", "then_the_right_one", None, cuts.live(chip) == (cuts.NEW, 0)]))


def speed(packages, key):
    import hashlib

    data = packages[cuts.NEW]
    digest = hashlib.sha256(data[: package.HEAD_SIZE]).digest()
    proof = data[package.HEAD_SIZE : package.LETTER_SIZE]
    worst = 0
    gc.collect()
    gc.disable()  # its pauses are those of this heap, not of a hub's
    began = last = time.ticks_us()
    for _ in range(20):
        for answer in signature.steps(digest, proof, key):
            now = time.ticks_us()
            worst, last = max(worst, time.ticks_diff(now, last)), now
    assert answer
    say("signature_whole", time.ticks_diff(time.ticks_us(), began) / 20000, "ms")
    say("signature_longest_step", worst / 1000, "ms")
    began = time.ticks_us()
    hashlib.sha256(data[package.LETTER_SIZE :]).digest()
    say("digest_of_the_image", time.ticks_diff(time.ticks_us(), began) / 1000, "ms")
    say("image", len(data) - package.LETTER_SIZE, "bytes")


key = read("key")
cuts.use_keys((key,))
packages = {cuts.OLD: read("old"), cuts.NEW: read("new"), cuts.BAD: read("bad")}
if STEP:
    power_cuts(packages)
refusals(packages)
speed(packages, key)
