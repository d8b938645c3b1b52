"""What training measures with numpy is what the firmware measures, number by number."""

import math
import random
import sys
from pathlib import Path

import pytest
from hub.falls.features import COUNT, Moments
from hub.falls.stream import Stream

numpy = pytest.importorskip("numpy", reason="pip install -e '.[falls]'")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "firmware" / "tools"))
import falls_features  # noqa: E402


def recording(chance, length):
    """Rest, walking and hits, from every direction, in every order."""
    found = []
    while len(found) < length:
        kind = chance.randrange(4)
        way = [chance.gauss(0, 1) for _ in range(3)]
        size = math.sqrt(sum(one * one for one in way)) / 1000
        way = [one / size for one in way]
        for k in range(chance.randrange(4, 70)):
            shake = (2, 60, 600, 3000)[kind] * (1 if kind < 3 else max(0, 1 - k / 8))
            found.append([int(one + chance.gauss(0, shake)) for one in way])
    return found[:length]


def packed(samples):
    return b"".join(value.to_bytes(2, "little", signed=True) for one in samples for value in one)


def test_training_and_firmware_measure_the_same_numbers():
    chance = random.Random(4)
    compared = 0
    for length, rate in [(40, 25), (90, 25), (200, 50), (500, 25), (1000, 50), (30, 25), (400, 25)] * 3:
        stream = Stream(rate)
        measure = Moments()
        samples = [[max(-8000, min(8000, v)) for v in one] for one in recording(chance, length)]
        data, rows, found, places = packed(samples), [], [], []
        for start in range(0, length, 25):
            stream.feed(data, start, min(25, length - start))
            for k in range(len(rows), stream.count):
                i = k & 255
                rows.append((stream.x[i], stream.y[i], stream.z[i], stream.m[i], stream.p[i]))
            if start + 25 >= length:
                stream.end()
            while (moment := stream.due()) is not None:
                found.append(list(measure.measure(stream, moment)))
                places.append(moment)
        if not places:
            continue
        moment = numpy.array(places)
        ours = falls_features.measure(numpy.array(rows), moment, moment * 0, moment * 0 + len(rows))
        assert ours.shape == (len(places), COUNT)
        for k, (a, b) in enumerate(zip(found, ours.tolist(), strict=True)):
            differing = [(n, x, y) for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
            assert not differing, (length, rate, places[k], differing)
            compared += 1
    assert compared > 40
