"""A fall is noticed by the firmware's own tables whatever a wearable does to it; daily life stays daily life."""

import importlib.util
import itertools
import random
from pathlib import Path

import pytest
from hub.falls.detector import Falls

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("fall_of_a_person", ROOT / "tests" / "road" / "test_fall.py")
assert spec is not None and spec.loader is not None
person = importlib.util.module_from_spec(spec)
spec.loader.exec_module(person)
RATES, DRIFTS, LOST, CLIPS = (25, 50), (0.95, 1.0, 1.05), (0.0, 0.1), (4000, 8000)


def streamed(samples, rate, drift, lost, clip, chance):
    """How many falls were told. Shape: `samples` at 50 Hz."""
    falls = Falls((ROOT / "firmware/hub/falls/torso.bin").read_bytes(), rate)
    if rate == 25:
        pairs = zip(samples[::2], samples[1::2], strict=False)
        samples = [tuple((a + b) / 2 for a, b in zip(*pair, strict=True)) for pair in pairs]
    told = 0
    for k in range(int(len(samples) / drift) - 1):
        at = k * drift
        one, two, part = samples[int(at)], samples[int(at) + 1], at - int(at)
        sample = [max(-clip, min(clip, a + (b - a) * part)) for a, b in zip(one, two, strict=True)]
        if chance.random() < lost:
            told += falls.lost(1)
        else:
            told += falls.feed(person.packed([tuple(sample)]), 0, 1)
    return told + falls.end()


@pytest.mark.parametrize("rate", RATES)
def test_drift_loss_and_clipping_do_not_hide_a_fall_nor_make_one(rate: int) -> None:
    chance = random.Random(8)
    before = person.standing(3) + person.walking(4) + person.standing(2)
    for drift, lost, clip in itertools.product(DRIFTS, LOST, CLIPS):
        assert streamed(before + person.falling(), rate, drift, lost, clip, chance) == 1, (drift, lost, clip)
        assert streamed(before * 2, rate, drift, lost, clip, chance) == 0, (drift, lost, clip)
