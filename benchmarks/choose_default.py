"""Choose the default classifier by leaving one recording out.

For each recording, the settings of the grid that are best on the OTHER recordings are taken, and
their figure on the left-out recording is the one reported. Best: mean balanced accuracy after 1 %
and 5 % answered with DCAL 0.5, over annotators. The paper's preset is run beside.

    python benchmarks/choose_default.py m1.mat m2.mat m3.mat
"""

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sightline.compute.jobs import run_jobs
from sightline.formats.open_features import read_labelled
from sightline.query.choose import Strategy
from sightline.sort.closed_loop import majority_of_others, run_closed_loop
from sightline.sort.design import make_design
from sightline.sort.learner import Learner
from sightline.sort.settings import ACTSORT, ClassifierSettings

GRID = [
    ClassifierSettings(l2=l2, oddness_scale=scale)
    for l2, scale in itertools.product((3.0, 10.0, 20.0, 30.0, 100.0), (0.0, 3.0))
]


def mean_curve(job: dict[str, str]) -> list[list[float]]:
    """Balanced accuracy and AUC at 1 % and 5 %, averaged over annotators."""
    recording = read_labelled(job["file"])
    settings = ([*GRID, ACTSORT])[int(job["settings"])]
    design = make_design([recording.features], settings)
    curves = []
    for annotator, answers in recording.labels.items():
        learner = Learner(design, settings, Strategy("dcal"), seed=int(job["seed"]))
        truth = majority_of_others(recording.labels, annotator)
        points = run_closed_loop(learner, answers, truth)
        curves.append([(points[k].balanced_accuracy, points[k].auc) for k in (0, -1)])
    return np.mean(curves, 0).tolist()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("files", nargs="+", help="labelled recordings, at least three")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--kept", type=Path, help="file to resume from")
    given = parser.parse_args(arguments)
    jobs = {
        f"{Path(file).stem} settings {number} seed {seed}": {
            "file": file, "settings": str(number), "seed": str(seed),
        }
        for file in given.files
        for number in range(len(GRID) + 1)
        for seed in range(given.seeds)
    }  # fmt: skip
    done = run_jobs(mean_curve, jobs, kept=given.kept)
    shape = (len(given.files), len(GRID) + 1, given.seeds, 2, 2)
    result = np.array([done[name] for name in jobs]).reshape(shape).mean(2)
    score = result[..., 0].mean(-1)
    print("mean BA of 1 % and 5 %, each recording:")
    for number, settings in enumerate([*GRID, ACTSORT]):
        name = f"l1={settings.l1:g} l2={settings.l2:g} odd={settings.oddness_scale:g}"
        print(f"  {name:34s}", " ".join(f"{value:.4f}" for value in score[:, number]))
    for left_out, file in enumerate(given.files):
        others = [k for k in range(len(given.files)) if k != left_out]
        best = int(np.argmax(score[others, : len(GRID)].mean(0)))
        (ba1, auc1), (ba5, auc5) = result[left_out, best]
        (pa1, pu1), (pa5, pu5) = result[left_out, -1]
        print(
            f"{Path(file).stem}: chosen on the others {GRID[best]}\n  left out: 1 % BA {ba1:.3f} "
            f"AUC {auc1:.3f}, 5 % BA {ba5:.3f} AUC {auc5:.3f}; actsort 1 % {pa1:.3f}/{pu1:.3f}, "
            f"5 % {pa5:.3f}/{pu5:.3f}"
        )
    best = int(np.argmax(score[:, : len(GRID)].mean(0)))
    print("best on all:", GRID[best])


if __name__ == "__main__":
    main()
