"""Whether a target's promise comes true: expected against actual precision and recall.

Each annotator answers 3 % of the candidates, chosen by DCAL 0.5; the labels that each target then
gives to all candidates are held against what the same annotator says of all of them.

    python benchmarks/target_honesty.py FILE... [--l2 10 30]
"""

import argparse
from dataclasses import replace

import numpy as np

from sightline.compute.jobs import run_jobs
from sightline.formats.open_features import read_labelled
from sightline.query.choose import Strategy
from sightline.sort.closed_loop import majority_of_others, run_closed_loop
from sightline.sort.design import make_design
from sightline.sort.learner import Learner
from sightline.sort.settings import DEFAULT
from sightline.sort.target import decide, parse_target
from sightline.trust.accuracy import measure_accuracy

TARGETS = ("balanced", "false-cells=5%", "cells-kept=95%")


def promises(job):
    """Expected and actual precision and recall of each target, mean over annotators."""
    recording = read_labelled(job["file"])
    settings = replace(DEFAULT, l2=job["l2"])
    design = make_design([recording.features], settings)
    rows = []
    for annotator, answers in recording.labels.items():
        learner = Learner(design, settings, Strategy("dcal"), seed=1)
        truth = majority_of_others(recording.labels, annotator)
        run_closed_loop(learner, answers, truth, stop=0.03)
        belief, row = learner.belief(), []
        for target in TARGETS:
            expected = decide(belief, parse_target(target))
            actual = measure_accuracy(belief > expected.threshold, answers == 1)
            row.append([expected.precision, actual.precision, expected.recall, actual.recall])
        rows.append(row)
    return np.mean(rows, 0).tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--l2", type=float, nargs="+", default=[DEFAULT.l2])
    given = parser.parse_args()
    jobs = {
        f"{file} l2={l2:g}": {"file": file, "l2": l2} for file in given.files for l2 in given.l2
    }
    for name, rows in run_jobs(promises, jobs).items():
        print(name)
        for target, row in zip(TARGETS, rows, strict=True):
            said, was, kept, held = row
            print(
                f"  {target:16s} precision {said:.3f} expected, {was:.3f} actual; "
                f"recall {kept:.3f} expected, {held:.3f} actual"
            )


if __name__ == "__main__":
    main()
