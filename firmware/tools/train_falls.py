"""Makes the tables of hub/falls from recordings: the firmware's numbers of a moment, and by scikit-learn a boosted
forest with a small net (train_net.py).

    python firmware/tools/train_falls.py FOLDER                 trains and writes hub/falls/*.bin
    python firmware/tools/train_falls.py FOLDER --cross         leave-subjects-out: the figures, nothing written
        --folds OUT     besides: tables that each know nobody of their fold, for `make bench-falls TABLES=OUT`
Needs numpy and scikit-learn (`pip install -e '.[falls]'`). FOLDER holds .npz files as tests/bench/falls.py reads them.
No name of a person, file or dataset reaches a feature; where it was worn chooses the table. Each recording is used as
it is and some rounds otherwise (falls_recordings.py). The same seed makes the same
tables.
"""

import argparse
import json
import pathlib
import struct
import sys

import numpy
from sklearn.ensemble import HistGradientBoostingClassifier

FIRMWARE = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(FIRMWARE))
sys.path.insert(0, str(FIRMWARE / "tools"))

import falls_recordings as recordings
import train_net
from hub.falls.forest import LEAF

SEED, FOLDS = 7, 5
ROUNDS = {"torso": 3, "wrist": 8, "pocket": 4}
REST_S = 30
# An operating point: false alarms an hour of scripted daily life, leave-subjects-out, for which the verdict is chosen.
MAY_ALARM = {"torso": 0.5, "wrist": 1.75, "pocket": 1.0}
FOREST = {
    "max_iter": 220,
    "learning_rate": 0.06,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 30,
    "l2_regularization": 5,
    "max_features": 0.1,
}
NET_SHARE = {"torso": 0.3, "wrist": 0.7, "pocket": 0.7}  # of the score; the rest is the forest's
LOOK_AFTER = 50
HOPELESS = -6


class Judge:
    """A forest with a net: the score is the mean of theirs, by NET_SHARE."""

    def __init__(self, worn, x, what):
        self._share = NET_SHARE[worn]
        x, what = x[what >= 0], what[what >= 0]
        self._forest = HistGradientBoostingClassifier(early_stopping=False, random_state=SEED, **FOREST).fit(x, what)
        self._net = train_net.Net(x, what, SEED)

    def score(self, x):
        return (1 - self._share) * self._forest.decision_function(x) + self._share * self._net.score(x)

    def packed(self, verdict):
        """The bytes as hub/falls/forest.py reads them. scikit-learn has no public way to a tree's nodes."""
        share = 1000 * (1 - self._share)
        trees = [trees[0].nodes for trees in self._forest._predictors]
        begin = float(numpy.ravel(self._forest._baseline_prediction)[0])
        hopeless = round(500 * (1 - self._share) * HOPELESS)
        begin = share * begin + 1000 * self._share * self._net.bias
        out = struct.pack("<hhhh", len(trees) + 1, round(1000 * verdict) // 2, LOOK_AFTER, hopeless)
        out += struct.pack("<hh", 1, 0) + struct.pack("<BhB", LEAF, round(begin), 0)
        for tree in trees:
            nodes = _nodes(tree, 0, share)
            out += struct.pack("<hh", len(nodes), 0) + b"".join(nodes)
        return out + self._net.packed(self._share)


def _nodes(tree, number, share):
    node = tree[number]
    if node["is_leaf"]:
        return [struct.pack("<BhB", LEAF, round(share * float(node["value"])), 0)]
    mine, others = _nodes(tree, node["left"], share), _nodes(tree, node["right"], share)
    threshold = int(numpy.clip(numpy.floor(node["num_threshold"]), -32768, 32767))
    return [struct.pack("<BhB", int(node["feature_idx"]), threshold, 1 + len(mine)), *mine, *others]


def folds_of(people):
    """{person: fold}, each file's people spread over the folds."""
    chance = numpy.random.default_rng(SEED)
    found = {}
    for file in sorted({name.split("/")[0] for name in people}):
        own = chance.permutation(sorted(name for name in people if name.startswith(file + "/")))
        found.update({str(name): k % FOLDS for k, name in enumerate(own)})
    return found


def can_be_crossed(found):
    """Do falls and daily life remain, whichever fold is left out?"""
    fold_of = folds_of(set(found.person))
    fold = numpy.array([fold_of[name] for name in found.person])
    return all(set(found.what[(fold != k) & (found.what >= 0)]) == {0, 1} for k in range(FOLDS))


def crossed(worn, found):
    """Scores of the recordings as they are, each by a forest that knows nobody of its fold, and those forests."""
    fold_of = folds_of(set(found.person))
    fold = numpy.array([fold_of[name] for name in found.person])
    score = numpy.full(len(found.x), -99.0)
    models = []
    for k in range(FOLDS):
        models.append(Judge(worn, found.x[fold != k], found.what[fold != k]))
        test = (fold == k) & (found.round == 0)
        if test.any():
            score[test] = models[-1].score(found.x[test])
    return score, models


def alarms(score, trial, moment, verdict):
    """Of each recording, how many alarms: one rests REST_S before the next."""
    count, until = {}, {}
    heard = numpy.flatnonzero(score >= verdict)
    for k in heard[numpy.lexsort((moment[heard], trial[heard]))]:
        if moment[k] >= until.get(trial[k], 0):
            count[trial[k]] = count.get(trial[k], 0) + 1
            until[trial[k]] = moment[k] + 25 * REST_S
    return count


def verdict_of(worn, score, found, hours):
    """The lowest verdict that keeps the false alarms of daily life under MAY_ALARM. Shape: logits."""
    life = found.what == 0
    for verdict in numpy.arange(-3, 8, 0.05):
        if sum(alarms(score[life], found.trial[life], found.moment[life], verdict).values()) <= MAY_ALARM[worn] * hours:
            return float(verdict)
    return 8.0


def report(worn, folder, score, found, verdict):
    for file, (falls, life_h) in recordings.hours(folder, worn).items():
        own = numpy.char.startswith(found.trial, file + "/")
        heard, false = [
            alarms(score[own & kind], found.trial[own & kind], found.moment[own & kind], verdict)
            for kind in (found.what != 0, found.what == 0)
        ]
        line = {"worn": worn, "file": file, "verdict": round(verdict, 2), "falls": falls, "noticed": len(heard)}
        line |= {"sensitivity_pct": round(100 * len(heard) / falls, 2) if falls else None}
        false = sum(false.values())
        print(json.dumps(line | {"false_alarms": false, "an_hour": round(false / life_h, 2) if life_h else None}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cross", action="store_true", help="only the figures")
    parser.add_argument("--folds", type=pathlib.Path, help="write the tables of each fold here, and who is in it")
    parser.add_argument("--rounds", type=int, help="instead of ROUNDS")
    parser.add_argument("--worn", choices=recordings.WORN, action="append")
    given = parser.parse_args()
    for worn in given.worn or recordings.WORN:
        found = recordings.gather(given.folder, worn, ROUNDS[worn] if given.rounds is None else given.rounds, SEED)
        if found is None or not (found.what == 1).any():
            continue  # nobody fell with one there
        if not can_be_crossed(found):
            print(f"train_falls: {worn}: too few people to leave some of them out, so no tables.", file=sys.stderr)
            continue
        score, models = crossed(worn, found)
        plain, score = found.plain(), score[found.round == 0]
        verdict = verdict_of(worn, score, plain, sum(h for _, h in recordings.hours(given.folder, worn).values()))
        report(worn, given.folder, score, plain, verdict)
        if given.folds:
            given.folds.mkdir(parents=True, exist_ok=True)
            known = given.folds / "folds.json"
            who = json.loads(known.read_text("utf-8")) if known.exists() else {}
            who[worn] = folds_of(set(found.person))
            for k, model in enumerate(models):
                (given.folds / f"{worn}-{k}.bin").write_bytes(model.packed(verdict))
            (given.folds / "folds.json").write_text(json.dumps(who), "utf-8")
        if not given.cross:
            table = Judge(worn, found.x, found.what).packed(verdict)
            (FIRMWARE / "hub" / "falls" / f"{worn}.bin").write_bytes(table)
            print(json.dumps({"worn": worn, "table_bytes": len(table)}), flush=True)


if __name__ == "__main__":
    main()
