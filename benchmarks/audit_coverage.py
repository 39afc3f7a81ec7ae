"""Whether an audit's bounds hold the truth, and how much narrower they are than a plain sample's.

Usage: python benchmarks/audit_coverage.py FILE... [--audits 500] [--size 200] [--json OUT]

FILE is a recording that several annotators labelled. For each
annotator in turn, sorting sessions with the default settings are simulated from a cold start, every
tenth question a random probe, until 3 % of the candidates are answered; the learner decides the
rest. Then audits are drawn, and answered from the real labels of the same annotator, or of the
majority of the others. The truth is the auditor's label where the machine decided, and the
annotator's where he did. A plain sample draws as many of all candidates, with Wilson's and with
Clopper and Pearson's bounds.
"""

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sightline.compute.jobs import run_jobs
from sightline.formats.open_features import read_labelled
from sightline.query.choose import Strategy
from sightline.sort.closed_loop import majority_of_others
from sightline.sort.design import make_design
from sightline.sort.learner import Learner
from sightline.sort.settings import DEFAULT
from sightline.trust import (
    Estimate,
    Probes,
    clopper_pearson,
    draw_audit,
    estimate_quality,
    wilson,
)

QUANTITIES = ("precision", "recall", "false_positive_rate", "cells")
METHODS = ("audit", "audit and probes", "probes alone", "plain, Wilson", "plain, Clopper-Pearson")
SESSIONS = 10


@dataclass(frozen=True)
class Session:
    """What a sorting session leaves behind."""

    cell: np.ndarray
    probability: np.ndarray
    human: np.ndarray
    probed: np.ndarray
    probe_cell: np.ndarray
    probe_probability: np.ndarray


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--audits", type=int, default=500, help="for each annotator and auditor")
    arguments.add_argument("--size", type=int, default=200, help="answers of an audit")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    jobs = {
        f"{path.stem}/{annotator}": {
            "file": str(path),
            "annotator": annotator,
            "seed": [given.seed, index],
            "audits": given.audits,
            "size": given.size,
        }
        for path in given.files
        for index, annotator in enumerate(read_labelled(path).labels)
    }
    rows = [row for found in run_jobs(audit_annotator, jobs).values() for row in found]
    for path in given.files:
        report([row for row in rows if row["recording"] == path.stem], path.stem)
    report(rows, "all")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))


def audit_annotator(job):
    """All audits of one annotator's sessions, by himself and by the majority of the others."""
    recording = read_labelled(job["file"])
    own, rng = recording.labels[job["annotator"]], np.random.default_rng(job["seed"])
    design = make_design([recording.features], DEFAULT)
    sessions = [sort_cells(design, own, seed) for seed in range(SESSIONS)]
    others = majority_of_others(recording.labels, job["annotator"])
    auditors = {"same annotator": own, "majority of others": others}
    return [
        {
            "recording": recording.features.recording,
            "annotator": job["annotator"],
            "auditor": auditor,
            **simulate(sessions, own, verdicts, job["audits"], job["size"], rng),
        }
        for auditor, verdicts in auditors.items()
    ]


def sort_cells(design, verdicts, seed, share=0.03, probe_every=10):
    """One annotator's session with the default settings, from a cold start."""
    learner = Learner(design, DEFAULT, Strategy("dcal", 0.5, probe_every), seed=seed)
    probed = []
    for _ in range(int(share * len(verdicts))):
        learner.refit()
        choice = learner.ask()
        item = int(choice.items[0])
        probed += [item] * bool(choice.probes[0])
        learner.answer(item, int(verdicts[item]))
    learner.refit()
    labels, _ = learner.labels()
    human = learner.decided
    # A learner that never saw the probes predicts them as if they had not been asked.
    without = replace(learner)
    without.answers[:] = learner.answers
    without.answers[probed] = -1
    without.refit()
    without_labels, _ = without.labels()
    return Session(
        np.where(human, verdicts == 1, labels == 1),
        learner.probability,
        human,
        np.array(probed),
        without_labels[probed] == 1,
        without.probability[probed].astype(float),
    )


def simulate(sessions, own, verdicts, audits, size, rng):
    held = {method: np.zeros(4) for method in METHODS}
    width = {method: np.zeros(4) for method in METHODS}
    for number in range(audits):
        session = sessions[number % len(sessions)]
        truth = np.where(session.human, own, verdicts) == 1
        expected = quantities(session.cell, truth)
        for method, bounds in all_bounds(session, truth, verdicts, size, rng).items():
            held[method] += [
                bound.low <= value <= bound.high
                for bound, value in zip(bounds, expected, strict=True)
            ]
            width[method] += [bound.width for bound in bounds]
    return {
        "coverage": {method: (held[method] / audits).tolist() for method in METHODS},
        "width": {method: (width[method] / audits).tolist() for method in METHODS},
    }


def quantities(cell, truth):
    right = (cell & truth).sum()
    return (
        right / cell.sum(),
        right / truth.sum(),
        (cell & ~truth).sum() / (~truth).sum(),
        truth.sum(),
    )


def all_bounds(session, truth, verdicts, size, rng):
    audit = draw_audit(session.cell, session.probability, session.human, size, rng)
    answers = truth[audit.drawn].astype(np.int8)
    # The auditor answers the probes too, so that all answers are one person's.
    probes = Probes(session.probe_cell, session.probe_probability, verdicts[session.probed])
    bounds = {
        "audit": in_order(estimate_quality(audit, answers, rng)),
        "audit and probes": in_order(estimate_quality(audit, answers, rng, probes)),
        "probes alone": in_order(estimate_quality(audit, answers[:0], rng, probes)),
    }
    plain = rng.choice(len(truth), size, replace=False)
    for method, interval in (
        ("plain, Wilson", wilson),
        ("plain, Clopper-Pearson", clopper_pearson),
    ):
        bounds[method] = of_plain_sample(session.cell[plain], truth[plain], len(truth), interval)
    return bounds


def in_order(quality):
    return [getattr(quality, name) for name in QUANTITIES]


def of_plain_sample(cell, truth, items, interval):
    right, missed, false = (cell & truth).sum(), (~cell & truth).sum(), (cell & ~truth).sum()
    share = interval(int(truth.sum()), len(truth))
    return [
        interval(int(right), int(right + false)),
        interval(int(right), int(right + missed)),
        interval(int(false), int((~truth).sum())),
        Estimate(share.value * items, share.low * items, share.high * items),
    ]


def report(rows, name):
    for auditor in ("same annotator", "majority of others"):
        of_auditor = [row for row in rows if row["auditor"] == auditor]
        print(f"\n{name}, audited by the {auditor}")
        print(f"{'':26}" + "".join(f"{quantity:>28}" for quantity in QUANTITIES))
        plain = np.array([row["width"]["plain, Wilson"] for row in of_auditor])
        for method in METHODS:
            coverage = np.array([row["coverage"][method] for row in of_auditor])
            ratio = (np.array([row["width"][method] for row in of_auditor]) / plain).mean(axis=0)
            cells = [
                f"{mean:.3f} (least {least:.3f}) x{times:.2f}"
                for mean, least, times in zip(
                    coverage.mean(axis=0), coverage.min(axis=0), ratio, strict=True
                )
            ]
            print(f"{method:26}" + "".join(f"{each:>28}" for each in cells), flush=True)


if __name__ == "__main__":
    main()
