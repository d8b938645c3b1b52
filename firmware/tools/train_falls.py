"""Makes the tables of hub/falls from recordings: features by the firmware's own code, a boosted forest by scikit-learn.

    python firmware/tools/train_falls.py FOLDER            trains and writes hub/falls/*.bin
    python firmware/tools/train_falls.py FOLDER --cross    leave-subjects-out: the figures, nothing written

Needs numpy and scikit-learn (`pip install -e '.[falls]'`). FOLDER holds .npz files as tests/bench/falls.py reads them.
No name of a person, file or dataset reaches a feature; where it was worn chooses the table. Each recording is used as
it is and ROUNDS times turned in space, shifted, stretched by up to 5 %, at 25 or 50 Hz, clipped at 4 or 8 g. The same
seed makes the same tables.
"""

import argparse
import json
import multiprocessing
import pathlib
import struct
import sys

import numpy
from sklearn.ensemble import GradientBoostingClassifier

FIRMWARE = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(FIRMWARE))

from hub.falls.features import Moments
from hub.falls.forest import LEAF
from hub.falls.stream import Stream

WORN = {"torso": ("waist", "chest"), "wrist": ("wrist",), "pocket": ("thigh",)}
SEED, ROUNDS, FOLDS = 7, 7, 5
NEAR = 30  # a moment of a fall's recording is the fall within so many samples of the hardest one
REST_S = 30
# An operating point: false alarms an hour of scripted daily life, leave-subjects-out, for which the verdict is chosen.
MAY_ALARM = {"torso": 0.4, "wrist": 3.0, "pocket": 2.0}
FORESTS = {
    "torso": {"n_estimators": 300, "max_depth": 5, "learning_rate": 0.05, "subsample": 0.3, "max_features": 6},
    "pocket": {"n_estimators": 200, "max_depth": 4, "learning_rate": 0.08, "subsample": 0.5, "max_features": 6},
    "wrist": {"n_estimators": 400, "max_depth": 5, "learning_rate": 0.04, "subsample": 0.3, "max_features": 6},
}
LOOK_AFTER = 50


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
    at = numpy.arange(0, len(samples) - 1, 1 + chance.uniform(-0.05, 0.05))
    part = (at - at.astype(int))[:, None]
    samples = samples[at.astype(int)] * (1 - part) + samples[at.astype(int) + 1] * part
    samples = samples * chance.uniform(0.97, 1.03)
    clip = 4000 if chance.random() < 0.3 else 8000
    samples = numpy.clip(samples, -clip, clip)
    if chance.random() < 0.3:
        return samples[: len(samples) // 2 * 2].reshape(-1, 2, 3).mean(1), 25
    return samples, 50


def moments(samples, rate):
    """[(number of the sample at 25 Hz, its features)] as the firmware finds them."""
    stream = Stream(rate)
    measure = Moments(stream)
    data = samples.astype("<i2").tobytes()
    found = []
    for start in range(0, len(samples), 25):
        stream.feed(data, start, min(25, len(samples) - start))
        while (moment := stream.due()) is not None:
            found.append((moment, list(measure.measure(moment))))
    return found


def of_file(task):
    """The moments of one file in one round: rows of (features, what, group, trial, moment)."""
    path, round_, positions = task
    chance = numpy.random.default_rng([SEED, round_, *path.name.encode()])
    archive = numpy.load(path)
    data = {name: archive[name] for name in archive.files}  # an archive unpacks anew whenever it is asked
    rows = []
    for trial in numpy.flatnonzero(numpy.isin(data["pos"], positions)):
        start = data["start"][trial]
        samples = data["acc_mg"][start : start + data["length"][trial]].astype(float)
        samples, rate = turned(chance, samples) if round_ else (numpy.clip(samples, -8000, 8000), 50)
        step = rate // 25
        slow = samples[: len(samples) // step * step].reshape(-1, step, 3).mean(1)
        hardest = (slow**2).sum(1).argmax() if len(slow) else 0
        for moment, values in moments(samples, rate):
            what = (1 if abs(moment - hardest) <= NEAR else -1) if data["is_fall"][trial] else 0
            rows.append((values, what, f"{path.name}/{data['subject'][trial]}", trial, moment))
    return rows


def gather(folder, worn, rounds):
    """Arrays of all rows: X, what (1 fall, 0 daily life, -1 neither), group, file/trial, moment, round."""
    files = sorted(pathlib.Path(folder).glob("*.npz"))
    if not files:
        sys.exit(f"train_falls: no .npz files in {folder}. Remedy: name the folder of the recordings.")
    tasks = [(path, round_, WORN[worn]) for round_ in range(rounds + 1) for path in files]
    with multiprocessing.Pool() as pool:
        parts = pool.map(of_file, tasks, 1)
    rows = [(row, task) for task, part in zip(tasks, parts, strict=True) for row in part]
    return (
        numpy.array([row[0] for row, _ in rows], dtype=numpy.int32),
        numpy.array([row[1] for row, _ in rows]),
        numpy.array([row[2] for row, _ in rows]),
        numpy.array([f"{task[0].name}/{row[3]}" for row, task in rows]),
        numpy.array([row[4] for row, _ in rows]),
        numpy.array([task[1] for _, task in rows]),
    )


def fit(worn, x, what):
    model = GradientBoostingClassifier(min_samples_leaf=10, random_state=SEED, **FORESTS[worn])
    return model.fit(x[what >= 0], what[what >= 0])


def crossed(worn, x, what, group, round_):
    """Scores of the recordings as they are, each by a forest that knows nobody of its fold."""
    names = numpy.unique(group)
    chance = numpy.random.default_rng(SEED)
    fold_of = {}
    for file in sorted({name.split("/")[0] for name in names}):
        own = chance.permutation([name for name in names if name.startswith(file + "/")])
        fold_of.update({name: k % FOLDS for k, name in enumerate(own)})
    fold = numpy.array([fold_of[name] for name in group])
    score = numpy.full(len(x), -99.0)
    for k in range(FOLDS):
        test = (fold == k) & (round_ == 0)
        score[test] = fit(worn, x[fold != k], what[fold != k]).decision_function(x[test])
    return score


def hours(folder, worn):
    """{file: (falls, hours of daily life)} of those worn there."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("*.npz")):
        data = numpy.load(path)
        here = numpy.isin(data["pos"], WORN[worn])
        life = here & (data["is_fall"] == 0)
        found[path.name] = (int((here & (data["is_fall"] == 1)).sum()), data["length"][life].sum() / 50 / 3600)
    return found


def alarms(score, trial, moment, verdict):
    """Of each recording, how many alarms: one rests REST_S before the next."""
    count, until = {}, {}
    for k in numpy.lexsort((moment, trial)):
        if score[k] >= verdict and moment[k] >= until.get(trial[k], 0):
            count[trial[k]] = count.get(trial[k], 0) + 1
            until[trial[k]] = moment[k] + 25 * REST_S
    return count


def verdict_of(worn, folder, score, what, trial, moment):
    """The lowest verdict that keeps the false alarms of all daily life under MAY_ALARM."""
    total = sum(h for _, h in hours(folder, worn).values())
    life = what == 0
    for verdict in numpy.arange(-3, 8, 0.05):
        if sum(alarms(score[life], trial[life], moment[life], verdict).values()) <= MAY_ALARM[worn] * total:
            return float(verdict)
    return 8.0


def report(worn, folder, score, what, trial, moment, verdict):
    for file, (falls, life_h) in hours(folder, worn).items():
        own = numpy.char.startswith(trial, file + "/")
        heard = len(alarms(score[own & (what != 0)], trial[own & (what != 0)], moment[own & (what != 0)], verdict))
        false = sum(
            alarms(score[own & (what == 0)], trial[own & (what == 0)], moment[own & (what == 0)], verdict).values()
        )
        line = {"worn": worn, "file": file, "verdict": round(verdict, 2), "falls": falls, "noticed": heard}
        line |= {"sensitivity_pct": round(100 * heard / falls, 2) if falls else None}
        print(json.dumps(line | {"false_alarms": false, "an_hour": round(false / life_h, 2) if life_h else None}))


def packed(model, verdict):
    """The bytes of a forest as hub/falls/forest.py reads them."""
    first = float(model.init_.class_prior_[1])
    begin = round(1000 * float(numpy.log(first / (1 - first))))
    out = struct.pack("<hhhh", len(model.estimators_) + 1, round(1000 * verdict) // 2, LOOK_AFTER, -4000)
    out += struct.pack("<hh", 1, 0) + struct.pack("<BhB", LEAF, begin, 0)
    for (estimator,) in model.estimators_:
        nodes = _nodes(estimator.tree_, 0, model.learning_rate)
        out += struct.pack("<hh", len(nodes), 0) + b"".join(nodes)
    return out


def _nodes(tree, node, rate):
    left, right = tree.children_left[node], tree.children_right[node]
    if left < 0:
        return [struct.pack("<BhB", LEAF, round(1000 * rate * float(tree.value[node][0][0])), 0)]
    mine, others = _nodes(tree, left, rate), _nodes(tree, right, rate)
    threshold = int(numpy.clip(numpy.floor(tree.threshold[node]), -32768, 32767))
    return [struct.pack("<BhB", int(tree.feature[node]), threshold, 1 + len(mine)), *mine, *others]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cross", action="store_true", help="only the figures")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--worn", choices=WORN, action="append")
    given = parser.parse_args()
    for worn in given.worn or WORN:
        x, what, group, trial, moment, round_ = gather(given.folder, worn, given.rounds)
        score = crossed(worn, x, what, group, round_)
        plain = round_ == 0
        ours = (score[plain], what[plain], trial[plain], moment[plain])
        verdict = verdict_of(worn, given.folder, *ours)
        report(worn, given.folder, *ours, verdict)
        if not given.cross:
            table = packed(fit(worn, x, what), verdict)
            (FIRMWARE / "hub" / "falls" / f"{worn}.bin").write_bytes(table)
            print(json.dumps({"worn": worn, "table_bytes": len(table)}))


if __name__ == "__main__":
    main()
