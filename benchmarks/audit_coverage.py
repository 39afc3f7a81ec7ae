"""Whether an audit's bounds hold the truth, and how much narrower they are than a plain sample's.

Usage: python benchmarks/audit_coverage.py FILE... [--audits 500] [--size 200] [--json OUT]

FILE is a recording of the ActSort benchmark (MATLAB v7.3: ``metrics`` and ``*_choices``). For each
annotator in turn, sorting sessions are simulated: questions where the learner is least sure, every
tenth one drawn at random (a probe), until 3 % of the candidates are answered; the learner decides
the rest. Then audits are drawn, and answered from the real labels of the same annotator, or of the
majority of the others. The truth is the auditor's label where the machine decided, and the
annotator's where he did. A plain sample draws as many of all candidates, with Wilson's and with
Clopper and Pearson's bounds.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from sklearn.linear_model import LogisticRegression

from sightline.consensus import majority
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

    rows = []
    for path in given.files:
        features, labels, annotators = read(path)
        for index, annotator in enumerate(annotators):
            rng = np.random.default_rng([given.seed, index])
            others = majority(np.delete(labels, index, axis=1))
            auditors = {"same annotator": labels[:, index], "majority of others": others}
            sessions = [sort_cells(features, labels[:, index], rng) for _ in range(SESSIONS)]
            for auditor, verdicts in auditors.items():
                outcome = simulate(sessions, labels[:, index], verdicts, given, rng)
                rows.append(
                    {"recording": path.stem, "annotator": annotator, "auditor": auditor, **outcome}
                )
        report([row for row in rows if row["recording"] == path.stem], path.stem)
    report(rows, "all")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))


def read(path):
    with h5py.File(path) as file:
        metrics = np.asarray(file["metrics"], dtype=float)
        names = sorted(name for name in file if name.endswith("_choices"))
        choices = [np.asarray(file[name]).ravel() > 0 for name in names]
    if metrics.shape[1] != 76:
        metrics = metrics.T
    spread = metrics.std(axis=0, ddof=1)
    scaled = (metrics - metrics.mean(axis=0)) / np.where(spread > 0, spread, 1)
    labels = np.stack(choices, axis=1).astype(np.int8)
    return scaled.clip(-3, 3), labels, [name.removesuffix("_choices") for name in names]


def sort_cells(features, verdicts, rng, share=0.03, probe_every=10, refit_every=5):
    """Simulate one annotator's session; the threshold is the mean probability."""
    answered = [
        *rng.choice(np.flatnonzero(verdicts == 1), 3, replace=False),
        *rng.choice(np.flatnonzero(verdicts == 0), 3, replace=False),
    ]
    probed = []
    open_ = np.ones(len(verdicts), dtype=bool)
    open_[answered] = False
    probability = predict(features, verdicts, answered)
    for question in range(int(share * len(verdicts)) - len(answered)):
        if question % refit_every == 0:
            probability = predict(features, verdicts, answered)
        if question % probe_every == probe_every - 1:
            item = rng.choice(np.flatnonzero(open_))
            probed.append(item)
        else:
            item = np.where(open_, np.abs(probability - 0.5), 1).argmin()
        answered.append(item)
        open_[item] = False
    probability = predict(features, verdicts, answered)
    threshold = probability.mean()

    # Five refits, each without a fifth of the probes, predict the probes as if never asked.
    fold = np.arange(len(probed)) % 5
    probed = np.array(probed)
    probe_probability = np.empty(len(probed))
    for left_out in range(5):
        unseen = probed[fold == left_out]
        without = predict(features, verdicts, np.setdiff1d(answered, unseen))
        probe_probability[fold == left_out] = without[unseen]
    cell = np.where(open_, probability > threshold, verdicts == 1)
    return Session(
        cell, probability, ~open_, probed, probe_probability > threshold, probe_probability
    )


def predict(features, verdicts, answered):
    model = LogisticRegression(C=0.1, tol=1e-3, max_iter=500)
    return model.fit(features[answered], verdicts[answered]).predict_proba(features)[:, 1]


def simulate(sessions, own, verdicts, given, rng):
    held = {method: np.zeros(4) for method in METHODS}
    width = {method: np.zeros(4) for method in METHODS}
    for number in range(given.audits):
        session = sessions[number % len(sessions)]
        truth = np.where(session.human, own, verdicts) == 1
        expected = quantities(session.cell, truth)
        for method, bounds in all_bounds(session, truth, verdicts, given.size, rng).items():
            held[method] += [
                bound.low <= value <= bound.high
                for bound, value in zip(bounds, expected, strict=True)
            ]
            width[method] += [bound.width for bound in bounds]
    return {
        "coverage": {method: (held[method] / given.audits).tolist() for method in METHODS},
        "width": {method: (width[method] / given.audits).tolist() for method in METHODS},
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
