"""An update on a hub's flash, by the real loader and images under MicroPython: hostile packages, and the power going.

Every third cut here, with the kernel alone as an image; all of them, with whole images, by `make bench BENCH=update`.
"""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import update_parts


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    update_parts.write_all(folder, small=True)
    return [json.loads(line) for line in update_parts.run(folder, 3) if line.startswith("[")]


def figure(lines, name):
    return next(line[1] for line in lines if line[0] == name)


def test_the_power_goes_and_the_hub_can_always_call_and_goes_on_where_it_stopped(lines):
    assert figure(lines, "cut_points") >= 100
    assert figure(lines, "cut_points_dead") == 0
    assert figure(lines, "cut_points_not_well_in_the_end") == 0
    assert figure(lines, "fetched_twice_at_most") <= 4096


def test_an_updater_with_one_slot_is_seen_to_die(lines):
    assert figure(lines, "control_one_slot_dead") > 0


def test_each_hostile_package_is_refused_with_its_word_and_leaves_no_trace(lines):
    refused = {line[1]: line[3] for line in lines if line[0] == "refused"}
    assert set(refused) >= {"forged", "truncated", "replayed", "downgraded", "stranger", "image_damaged"}
    assert all(refused.values()), refused
