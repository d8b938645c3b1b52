"""Pictures of what the detector of falls gets wrong, and its curve: sensitivity against false alarms an hour.

    python firmware/tools/plot_falls.py FOLDER OUT [--worn WHERE] [--folds TABLES]       needs the extra `falls`

Each score is by a table that knows nobody of that fold: trained anew, or TABLES, which `train_falls.py --folds` wrote.
OUT gets curve-WORN.png, and of each file a picture of each kind of fall that was not noticed and of daily life that was
taken for one: the length of the acceleration over time, the moments that were judged, with their scores, and the
verdict that the tables have.
"""

import argparse
import json
import pathlib

import matplotlib
import numpy
import train_falls as train
from falls_recordings import WORN, files, gather, hours
from hub.falls.forest import Forest

matplotlib.use("Agg")
from matplotlib import pyplot


def curve(worn, folder, score, what, trial, moment, verdict, out):
    total_h = sum(h for _, h in hours(folder, worn).values())
    falls = sum(count for count, _ in hours(folder, worn).values())
    life, fall = what == 0, what != 0
    xs, ys = [], []
    for at in numpy.arange(-4, 7, 0.25):
        xs.append(sum(train.alarms(score[life], trial[life], moment[life], at).values()) / total_h)
        ys.append(100 * len(train.alarms(score[fall], trial[fall], moment[fall], at)) / falls)
    figure, axes = pyplot.subplots(figsize=(7, 5))
    axes.plot(xs, ys, "k.-")
    mark = int(numpy.abs(numpy.arange(-4, 7, 0.25) - verdict).argmin())
    axes.plot(xs[mark], ys[mark], "ro", label=f"verdict {verdict:.2f}")
    axes.set(
        xscale="symlog", xlabel="false alarms an hour of scripted daily life", ylabel="falls noticed, %", title=worn
    )
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(out / f"curve-{worn}.png", dpi=110)
    pyplot.close(figure)


def picture(data, number, moments, verdict, title, path):
    """One recording. Shape: `moments` [(number at 25 Hz, score)]."""
    start = data["start"][number]
    samples = data["acc_mg"][start : start + data["length"][number]].astype(float)
    figure, axes = pyplot.subplots(figsize=(10, 4))
    axes.plot(numpy.arange(len(samples)) / 50, numpy.sqrt((samples**2).sum(1)) / 1000, "k", lw=0.8)
    for moment, score in moments:
        axes.axvline(moment / 25, color="r" if score >= verdict else "b", alpha=0.6)
        axes.annotate(f"{score:.1f}", (moment / 25, axes.get_ylim()[1]), fontsize=8)
    axes.set(xlabel="s", ylabel="g", title=title)
    figure.savefig(path, dpi=90)
    pyplot.close(figure)


def wrongs(worn, folder, score, what, trial, moment, verdict, out):
    """Pictures of misses and false alarms of each file; how many were made."""
    made = 0
    fallen = {name for name in train.alarms(score, trial, moment, verdict)}
    for file, data in files(folder):
        here = numpy.flatnonzero(numpy.isin(data["pos"], WORN[worn]))
        for kind, wanted in (("missed", 1), ("false", 0)):
            names = [k for k in here if data["is_fall"][k] == wanted and (f"{file}/{k}" in fallen) != bool(wanted)]
            kinds = {(str(data["pos"][k]), str(data["activity"][k])): k for k in reversed(names)}
            for (where, what_it_was), k in sorted(kinds.items()):
                own = trial == f"{file}/{k}"
                found = list(zip(moment[own], score[own], strict=True))
                title = f"{kind}: {file}, {where}, {what_it_was}; verdict {verdict:.2f}"
                picture(data, k, found, verdict, title, out / f"{kind}-{worn}-{pathlib.Path(file).stem}-{k}.png")
                made += 1
    return made


def trained(worn, folder):
    """The moments of the recordings, their scores and the verdict, by tables that are trained for it."""
    found = gather(folder, worn, train.ROUNDS[worn], train.SEED)
    if found is None or not (found.what == 1).any():
        return None
    score = train.crossed(worn, found)[0][found.round == 0]
    found = found.plain()
    return found, score, train.verdict_of(worn, score, found, sum(h for _, h in hours(folder, worn).values()))


def told(worn, folder, folds):
    """The same by the tables of `folds`, with the firmware's own code."""
    found = gather(folder, worn, 0, train.SEED)
    if found is None or not (found.what == 1).any():
        return None
    fold_of = json.loads((folds / "folds.json").read_text("utf-8"))[worn]
    forests = [Forest((folds / f"{worn}-{k}.bin").read_bytes()) for k in range(train.FOLDS)]
    rows = zip(found.x.tolist(), found.person, strict=True)
    score = numpy.array([forests[fold_of[str(person)]].score(row) / 1000 for row, person in rows])
    return found, score, forests[0].verdict / 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--folds", type=pathlib.Path, help="tables of the folds, instead of training")
    parser.add_argument("--worn", choices=WORN, action="append")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for worn in given.worn or WORN:
        judged = told(worn, given.folder, given.folds) if given.folds else trained(worn, given.folder)
        if judged is None:
            continue
        found, score, verdict = judged
        ours = (score, found.what, found.trial, found.moment)
        curve(worn, given.folder, *ours, verdict, given.out)
        print(f"{worn}: {wrongs(worn, given.folder, *ours, verdict, given.out)} pictures and a curve in {given.out}")


if __name__ == "__main__":
    main()
