"""Recordings as many streams would have brought them, and their moments as the firmware finds and measures them.

A recording is used as it is and, in each round, as a livelier or calmer, quicker or slower person would have moved,
turned in space, shifted, with up to 10 % of its samples lost, clipped at 4 or 8 g, at 25 or 50 Hz, and sometimes broken
off soon after a hit or begun soon before.
"""

import pathlib
import sys
from dataclasses import dataclass, fields

import falls_features
import numpy
from hub.falls.stream import CLIP_MG, HARD_MG, QUIET

WORN = {"torso": ("waist", "chest"), "wrist": ("wrist",), "pocket": ("thigh",)}
NEAR = 30  # a moment of a fall's recording is the fall within so many samples of the hardest one
LIVELY, QUICK = 0.25, 0.13  # how much harder or softer (as a logarithm), quicker or slower the same movement may be
SECOND = 50
CUT, CUT_END, CUT_LEAST, CUT_MOST = 0.3, 0.7, 8, 100  # how many are cut; of them at the end; how far from a moment


@dataclass
class Found:
    """All moments, one entry each. Shape: `what` 1 fall, 0 daily life, -1 neither; `moment` at 25 Hz; names as text."""

    x: numpy.ndarray
    what: numpy.ndarray
    person: numpy.ndarray
    trial: numpy.ndarray
    moment: numpy.ndarray
    round: numpy.ndarray

    def plain(self):
        """Those of the recordings as they are."""
        return Found(**{field.name: getattr(self, field.name)[self.round == 0] for field in fields(self)})


def livelier(chance, samples):
    """The same movement by somebody else: what is not posture is harder or softer, all of it quicker or slower."""
    sums = numpy.pad(samples, ((SECOND // 2, SECOND // 2), (0, 0)), mode="edge").cumsum(0)
    posture = (sums[SECOND:] - sums[:-SECOND]) / SECOND
    samples = posture + numpy.exp(chance.uniform(-LIVELY, LIVELY)) * (samples - posture)
    at = numpy.arange(0, len(samples) - 1, 1 + chance.uniform(-QUICK, QUICK))
    part = (at - at.astype(int))[:, None]
    return samples[at.astype(int)] * (1 - part) + samples[at.astype(int) + 1] * part


def turned(chance, samples):
    """A recording as another sensor would have made it: (samples, rate)."""
    a, b, c, d = (q := chance.normal(size=4)) / numpy.linalg.norm(q)
    turn = numpy.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a - b * b + c * c - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a - b * b - c * c + d * d],
        ]
    )
    samples = (samples @ turn.T)[chance.integers(0, 2) :]
    samples = samples * chance.uniform(0.97, 1.03)
    if chance.random() < 0.25:
        lost = chance.random(len(samples)) < chance.uniform(0, 0.1)
        lost[:1] = False
        samples = samples[numpy.maximum.accumulate(numpy.where(lost, 0, numpy.arange(len(samples))))]
    clip = 4000 if chance.random() < 0.3 else CLIP_MG
    samples = numpy.clip(samples, -clip, clip)
    if chance.random() < 0.3:
        return samples[: len(samples) // 2 * 2].reshape(-1, 2, 3).mean(1), 25
    return samples, 50


def kept(samples, rate):
    """What hub/falls/stream.py keeps of them: x, y, z, length, peak at 25 Hz."""
    samples = numpy.floor(samples)
    peak = falls_features.root((samples**2).sum(1))
    if rate == 50:
        pairs = len(samples) // 2
        peak = peak[: 2 * pairs].reshape(-1, 2).max(1)
        samples = numpy.floor(samples[: 2 * pairs].reshape(-1, 2, 3).mean(1))
    return numpy.column_stack([samples, falls_features.root((samples**2).sum(1)), peak]).astype(numpy.int32)


def moments(length):
    """The hardest samples, as hub/falls/stream.py finds them."""
    found, most, most_at = [], 0, -1
    for k in numpy.flatnonzero(length > HARD_MG):
        if most_at >= 0 and k - most_at > QUIET:
            found.append(int(most_at))
            most, most_at = 0, -1
        if length[k] > most:
            most, most_at = length[k], k
    return [*found, int(most_at)] if most_at >= 0 else found


def broken(chance, rows, is_fall):
    """A stream that ends soon after a hit, or began soon before it."""
    found = moments(rows[:, 3])
    if not found or chance.random() >= CUT:
        return rows
    moment = max(found, key=lambda k: rows[k, 3]) if is_fall else found[chance.integers(len(found))]
    near = chance.integers(CUT_LEAST, CUT_MOST)
    return rows[: moment + near] if chance.random() < CUT_END else rows[max(0, moment - near) :]


def files(folder):
    """The files of a folder, each as a dictionary of arrays."""
    paths = sorted(pathlib.Path(folder).glob("*.npz"))
    if not paths:
        sys.exit(f"train_falls: no .npz files in {folder}. Remedy: name the folder of the recordings.")
    for path in paths:
        archive = numpy.load(path)
        data = {name: archive[name] for name in archive.files}  # an archive unpacks anew whenever it is asked
        data.setdefault("subject", numpy.full(len(data["pos"]), ""))  # nobody is named: they are all one
        yield path.name, data


def gather(folder, worn, rounds, seed):
    """All moments of all recordings with one worn there; None for none."""
    pieces, rows, base = [], [], 0
    for file, data in files(folder):
        for trial in numpy.flatnonzero(numpy.isin(data["pos"], WORN[worn])):
            start = data["start"][trial]
            raw = data["acc_mg"][start : start + data["length"][trial]].astype(float)
            is_fall = bool(data["is_fall"][trial])
            for round_ in range(rounds + 1):
                chance = numpy.random.default_rng([seed, round_, int(trial), *file.encode()])
                samples, rate = (
                    turned(chance, livelier(chance, raw)) if round_ else (numpy.clip(raw, -CLIP_MG, CLIP_MG), 50)
                )
                piece = kept(samples, rate)
                piece = broken(chance, piece, is_fall) if round_ else piece
                hardest = piece[:, 3].argmax() if len(piece) else 0
                for moment in moments(piece[:, 3]):
                    what = (1 if abs(moment - hardest) <= NEAR else -1) if is_fall else 0
                    person = f"{file}/{data['subject'][trial]}"
                    rows.append((base, base + len(piece), moment, what, round_, person, f"{file}/{trial}"))
                pieces.append(piece)
                base += len(piece)
    if not rows:
        return None
    begin, end, moment, what, round_, person, trial = [numpy.array(column) for column in zip(*rows, strict=True)]
    samples = numpy.concatenate(pieces)
    parts = [
        falls_features.measure(samples, begin[k] + moment[k], begin[k], end[k])
        for k in numpy.array_split(numpy.arange(len(moment)), 1 + len(moment) // 5000)
    ]
    return Found(numpy.concatenate(parts).astype(numpy.int32), what, person, trial, moment, round_)


def hours(folder, worn):
    """{file: (falls, hours of daily life)} of those worn there."""
    found = {}
    for file, data in files(folder):
        here = numpy.isin(data["pos"], WORN[worn])
        life = here & (data["is_fall"] == 0)
        found[file] = (int((here & (data["is_fall"] == 1)).sum()), float(data["length"][life].sum() / 50 / 3600))
    return found
