"""What tests/bench/powercut.py runs under MicroPython: power cuts, bad bytes, and wear beside LittleFS. Lines: [metric,
value, unit]."""

import json

import cuts
import damage
import vfs
import wear
from claims import Random
from desk import Desk, Flash, plain_press
from device.flash.journal import BLOCK, Journal
from hub import events

RECORDS = 120
DATA = b"x" * 84  # with its head 96 bytes


def say(metric, value, unit):
    print(json.dumps([metric, value, unit]))


class Counting(Flash):
    """Flash that counts the bytes programmed."""

    programmed = 0

    def writeblocks(self, block, buffer, offset=None):
        self.programmed += len(buffer)
        super().writeblocks(block, buffer, offset)


def power_cuts():
    total = lost = 0
    for scene in cuts.SCENES:
        for is_button_silent in (False, True):
            points, bad = cuts.walk(scene, is_button_silent)
            total, lost = total + points, lost + bad
        operations = cuts.run(scene, None, False)[1]
        say(scene + "_operations", operations, "operations")
    say("cut_points", total, "cuts")
    say("cut_points_bad", lost, "cuts")
    total = lost = 0
    for scene in cuts.SCENES:
        points, bad = cuts.walk(scene, second_cuts=range(8))
        total, lost = total + points, lost + bad
    say("double_cuts", total, "cuts")
    say("double_cuts_bad", lost, "cuts")
    lazy = [cuts.walk(scene, True, cuts.LazyDesk) for scene in cuts.SCENES]
    say("control_published_before_flush_bad", sum([bad for _, bad in lazy]), "cuts")
    early = [cuts.walk(scene, True, is_careful=False) for scene in cuts.SCENES]
    say("control_receipt_before_commit_bad", sum([bad for _, bad in early]), "cuts")


def bad_bytes(seeds):
    flash, places, wanted = damage.home()
    for name, choice in (("anywhere", range(len(flash.data))), ("in_used_flash", damage.used(flash))):
        missing = hits = told = 0
        for seed in range(seeds):
            random = Random(seed * 7919 + 1)
            random.below(2)
            at = choice[random.below(len(choice))]
            gone, damaged, epoch = damage.flip(flash, at, random.below(8), wanted)
            missing += len(gone) + (epoch != "00000001")
            hits += any([start <= at < end for start, end in places])
            told += damaged > 0
        say("bad_byte_%s_seeds" % name, seeds, "seeds")
        say("bad_byte_%s_alarms_lost" % name, missing, "alarms")
        say("bad_byte_%s_alarm_records_hit" % name, hits, "seeds")
        say("bad_byte_%s_told" % name, told, "seeds")
    flash, places, wanted = damage.home(damage.OnceDesk)
    lost = [damage.flip(flash, at, 2, wanted)[0] for start, end in places for at in range(start, end, 16)]
    say("control_written_once_bytes", len(lost), "bytes")
    say("control_written_once_alarms_lost", sum([len(gone) for gone in lost]), "alarms")


def bad_blocks():
    flash, _, wanted = damage.home()
    blocks = missing = 0
    for block in range(len(flash.data) // BLOCK):
        for fill in (0xFF, 0x00, 0x5A):
            copy = flash.copy()
            copy.data[block * BLOCK : (block + 1) * BLOCK] = bytes([fill]) * BLOCK
            missing += len(damage.judge(copy, wanted)[0])
            blocks += 1
    say("bad_blocks", blocks, "blocks")
    say("bad_blocks_alarms_lost", missing, "alarms")


def beside_littlefs():
    for name, is_twice in (("records", False), ("records_of_alarms", True)):
        flash = Counting(32, None, False)
        flash.data[:] = bytes(len(flash.data))  # used before: each block has to be erased
        journal = Journal(flash, lambda: [])
        journal.open()
        for _ in range(RECORDS):
            journal.append(2, DATA, is_twice)
        say("journal_%d_%s_erases" % (RECORDS, name), flash.erases, "erases")
        say("journal_%d_%s_programmed" % (RECORDS, name), flash.programmed, "bytes")
    flash = Counting(32, None, False)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/lfs")
    flash.erases = flash.programmed = 0
    with open("/lfs/journal", "ab") as file:
        for _ in range(RECORDS):
            file.write(DATA + b"h" * 12)
            file.flush()
    vfs.umount("/lfs")
    say("littlefs_%d_records_erases" % RECORDS, flash.erases, "erases")
    say("littlefs_%d_records_programmed" % RECORDS, flash.programmed, "bytes")


def reserve():
    """How often an open alarm can be raised and received, with mains coming and going, before flash must be erased."""
    desk = Desk(Flash(32))
    while desk.journal.prepare():
        pass
    desk.give(events.LinkUp(), 0)
    rounds = 0
    while not desk.journal.erased_late:
        desk.hear("a4c138000001", plain_press(1 + rounds % 250, 1 + rounds % 4), rounds * 60000)
        desk.give(events.MainsLost() if rounds % 2 else events.MainsRestored())
        for message in list(desk.kernel.outbox.messages):
            desk.receipt(message.seq)
        desk.published = []
        rounds += 1
    say("presses_in_one_alarm_before_an_erase", rounds, "presses")


power_cuts()
bad_bytes(1000)
bad_blocks()
beside_littlefs()
reserve()
found = wear.blocks_per_day(20)
say("busy_home_erases_a_day", found["erases"], "erases")
say("busy_home_cycles_of_each_block_a_year", found["erases"] * 365 / 32, "cycles")
say("busy_home_erases_in_alarms", found["late"], "erases")
