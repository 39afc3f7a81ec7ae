"""Sorting what an extraction found in a real movie, judged by regions that people drew by hand.

    python benchmarks/neurofinder.py movie.h5 regions.json suite2p/plane0 --offset 272,80

Each folder of candidates is prepared as `sightline sort prepare` does, and sorted with the default
classifier and questions, from a cold start; the hand labels answer. Ten seeds.

What is a cell: pairs of a candidate and a region overlap if the intersection of their pixels over
the union is at least 0.3 (of a footprint, the pixels of at least a fifth of its largest weight). A
candidate is a cell if it is in the one-to-one assignment of overlapping pairs with the largest sum.
So of two candidates on one region one is a cell. ``--criterion distance`` is Neurofinder's own
instead: centres at most 5 pixels apart. How many pairs chance gives is measured by shifting all
regions together, around the edges (200 random shifts of at least 16 pixels).

What is counted: precision, of the accepted candidates; recall, of the candidates that are cells;
and recall of the regions, found or not, whose centre lies in the movie. That one cannot exceed what
the extraction found. A region is active if the highest value of its trace exceeds the median by six
times the noise; traces are those of all regions and a smooth background together, by least squares
on the movie; noise is that of the upper half of the spectrum. Silent regions are cells by their
looks, and no activity can show it.

After sorting, answered candidates have their answers; while there is no classifier, what was not
answered is accepted. The lines "unanswered" leave the answered out.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from sightline.data.evidence import Evidence
from sightline.formats.recordings.open_recording import as_movie, open_recording
from sightline.project.candidates import read_candidates
from sightline.project.evidence import open_evidence
from sightline.project.project import Project
from sightline.review.sort_session import DEFAULT_STRATEGY
from sightline.sort.design import Design, make_design
from sightline.sort.evidence.least_squares import make_trace_model, project_frames, solve_traces
from sightline.sort.features.noise import white_noise
from sightline.sort.learner import Learner
from sightline.sort.overlap import centres, supports
from sightline.sort.settings import DEFAULT
from sightline.trust.accuracy import area_under_curve, measure_accuracy
from sightline.workflows.preparing import prepare

LEAST_OVERLAP = 0.3
FARTHEST_PX = 5.0
_SUPPORT = 0.2
_ACTIVE_SNR = 6.0
_SHIFTS = 200
_LEAST_SHIFT = 16

Bools = NDArray[np.bool_]
Pairs = NDArray[np.intp]
Row = dict[str, float]


@dataclass(frozen=True)
class Regions:
    """Regions drawn by hand, with at least one pixel in the movie.

    Parameters
    ----------
    masks : (region, height, width) bool
    centres : (region, 2) float64
        (y, x) of the whole region, which may lie outside.
    inside : (region,) bool
        Whether the centre lies in the movie.
    """

    masks: Bools
    centres: NDArray[np.float64]
    inside: Bools


@dataclass(frozen=True)
class Judged:
    """Candidates and what the hand labels say of them.

    Parameters
    ----------
    evidence
        Of the candidates.
    design
        Their features.
    pairs : (pair, 2) int
        Candidate and region, each once.
    truth : (candidate,) bool
        Whether it is in a pair.
    """

    evidence: Evidence
    design: Design
    pairs: Pairs
    truth: Bools


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("movie", type=Path)
    parser.add_argument("regions", type=Path, help="Neurofinder's regions.json")
    parser.add_argument("candidates", type=Path, nargs="+", help="outputs of an extraction")
    parser.add_argument("--offset", default="0,0", help="row,column of the movie in the regions")
    parser.add_argument("--criterion", choices=("overlap", "distance"), default="overlap")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.05, 0.1, 0.2])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    row, column = map(int, given.offset.split(","))
    frames = read_frames(given.movie)
    regions = read_regions(given.regions, frames.shape[1:], (row, column))
    active = signal_to_noise(regions, frames) > _ACTIVE_SNR
    results = {}
    for folder in given.candidates:
        judged = prepared(given.movie, folder, regions, given.criterion)
        results[str(folder)] = measure(judged, regions, active, given.shares, given.seeds)
    if given.json:
        print(json.dumps(results, indent=1))
        return
    for name, result in results.items():
        show(name, result)


def read_frames(movie: Path) -> NDArray[Any]:
    """The whole movie (frame, height, width): it is a small one."""
    with as_movie(open_recording(movie)) as recording:
        return recording.read(0, recording.info.frames)


def read_regions(path: Path, shape: tuple[int, int], offset: tuple[int, int]) -> Regions:
    """Regions of Neurofinder's file that touch the image."""
    masks, middles = [], []
    for region in json.loads(path.read_text(encoding="utf-8")):
        pixels = np.array(region["coordinates"]) - offset
        within = pixels[((pixels >= 0) & (pixels < shape)).all(1)]
        if len(within):
            mask = np.zeros(shape, bool)
            mask[tuple(within.T)] = True
            masks.append(mask)
            middles.append(pixels.mean(0))
    middle = np.array(middles)
    return Regions(np.array(masks), middle, ((middle >= 0) & (middle < shape)).all(1))


def signal_to_noise(regions: Regions, frames: NDArray[Any]) -> NDArray[np.float64]:
    """Peak above the median over the noise, of each region's least-squares trace."""
    footprints = sparse.csr_array(_flat(regions.masks).astype(np.float32))
    model = make_trace_model(footprints, frames.shape[1:])
    traces = solve_traces(model, project_frames(model, frames)).astype(np.float64)
    return (traces.max(1) - np.median(traces, 1)) / white_noise(traces)


def prepared(movie: Path, candidates: Path, regions: Regions, criterion: str) -> Judged:
    """Make a project of the candidates and judge them."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "real.sightline"
        prepare(movie, output, candidates=candidates, workers=1)
        project = Project.open(output)
        with open_evidence(project) as reader:
            evidence = reader.evidence
        design = make_design(read_candidates(project).tables, DEFAULT)
    pairs = judge(evidence, regions, criterion)
    truth = np.zeros(len(design), bool)
    truth[pairs[:, 0]] = True
    return Judged(evidence, design, pairs, truth)


def judge(evidence: Evidence, regions: Regions, criterion: str) -> Pairs:
    """Pairs (pair, 2) of a candidate and a region."""
    kept = supports(evidence.footprints, _SUPPORT)
    if criterion == "overlap":
        return match_by_overlap(kept, regions.masks)
    return match_by_distance(centres(kept, evidence.image_shape), regions.centres)


def match_by_overlap(support: sparse.csr_array, masks: Bools) -> Pairs:
    """The assignment with the largest sum of intersections over unions, none below 0.3."""
    shared = (support > 0).astype(np.float32) @ _flat(masks).T.astype(np.float32)
    either = np.diff(support.indptr)[:, None] + _flat(masks).sum(1) - shared
    overlap = shared / np.maximum(either, 1)
    return _assigned(np.where(overlap >= LEAST_OVERLAP, overlap, 0))


def match_by_distance(candidate: NDArray[np.float64], region: NDArray[np.float64]) -> Pairs:
    """As many pairs as can be whose centres are at most 5 pixels apart, the nearest of those."""
    apart = np.linalg.norm(candidate[:, None] - region[None], axis=2)
    apart = np.where(np.isfinite(apart), apart, np.inf)
    return _assigned(np.where(apart <= FARTHEST_PX, 1000 - apart, 0))


def chance(judged: Judged, regions: Regions) -> dict[str, Row]:
    """Pairs by each criterion, and what random shifts of all regions together give."""
    support = supports(judged.evidence.footprints, _SUPPORT)
    middle = centres(support, judged.evidence.image_shape)
    shape = np.array(judged.evidence.image_shape)
    rng = np.random.default_rng(0)
    found: dict[str, list[int]] = {"overlap": [], "distance": []}
    for shift in rng.integers(_LEAST_SHIFT, shape - _LEAST_SHIFT + 1, (_SHIFTS, 2)):
        moved = np.roll(regions.masks, tuple(shift), (1, 2))
        found["overlap"].append(len(match_by_overlap(support, moved)))
        around = (regions.centres[regions.inside] + shift) % shape
        found["distance"].append(len(match_by_distance(middle, around)))
    real = {
        "overlap": len(match_by_overlap(support, regions.masks)),
        "distance": len(match_by_distance(middle, regions.centres[regions.inside])),
    }
    return {
        name: {"pairs": real[name], "by_chance": float(np.mean(given)), "sd": float(np.std(given))}
        for name, given in found.items()
    }


def measure(
    judged: Judged, regions: Regions, active: Bools, shares: Sequence[float], seeds: int
) -> dict[str, Any]:
    """All figures of one extraction."""
    everyone = np.ones(len(judged.truth), bool)
    as_given = {"all accepted": everyone}
    if judged.evidence.proposal is not None:
        as_given["the extractor's own"] = judged.evidence.proposal == 1
    rows = {
        name: [score(judged, regions, active, accepted, everyone)]
        for name, accepted in as_given.items()
    }
    for seed in range(seeds):
        for share, learner in sort(judged, shares, seed):
            labels, _ = learner.labels()
            sorted_ = np.where(learner.decided, learner.answers == 1, labels != 0)
            for name, accepted in {"": sorted_, **as_given}.items():
                row = score(judged, regions, active, accepted, ~learner.decided)
                if not name and learner.probability is not None:
                    p, cell = learner.probability[~learner.decided], judged.truth[~learner.decided]
                    row["auc"] = area_under_curve(p, cell)
                label = f"{share:.0%} unanswered" + (f", {name}" if name else "")
                rows.setdefault(label, []).append(row)
            row = score(judged, regions, active, sorted_, everyone)
            rows.setdefault(f"{share:.0%} answered", []).append(row)
    return {
        "candidates": len(everyone),
        "cells": int(judged.truth.sum()),
        "regions": int(regions.inside.sum()),
        "active_regions": int((regions.inside & active).sum()),
        "chance": chance(judged, regions),
        "rows": {name: _mean_and_sd(found) for name, found in sorted(rows.items(), key=_order)},
    }


def _order(row: tuple[str, Any]) -> tuple[int, int, bool]:
    """As given first; then by share, all candidates before those unanswered."""
    share, _, rest = row[0].partition("% ")
    return ("unanswered" in rest, int(share) if rest else 0, "," in rest)


def sort(judged: Judged, shares: Sequence[float], seed: int) -> Iterator[tuple[float, Learner]]:
    """Ask and answer; yield the share and the learner whenever one of the shares is reached."""
    learner = Learner(judged.design, DEFAULT, DEFAULT_STRATEGY, seed=seed)
    wanted = {max(1, round(share * len(judged.truth))): share for share in shares}
    for count in range(1, max(wanted) + 1):
        learner.refit()
        item = int(learner.ask().items[0])
        learner.answer(item, int(judged.truth[item]))
        if count in wanted:
            learner.refit()
            yield wanted[count], learner


def score(judged: Judged, regions: Regions, active: Bools, accepted: Bools, some: Bools) -> Row:
    """Precision and recalls of some candidates; regions count only for all of them."""
    accuracy = measure_accuracy(accepted[some], judged.truth[some])
    row = {
        "accepted": int(accepted[some].sum()),
        "precision": accuracy.precision,
        "recall": accuracy.recall,
        "f1": accuracy.f1,
    }
    if some.all():
        found = np.zeros(len(active), bool)
        found[judged.pairs[accepted[judged.pairs[:, 0]], 1]] = True
        for name, which in (("all", True), ("active", active), ("silent", ~active)):
            row[f"recall_{name}_regions"] = float(found[regions.inside & which].mean())
        both = row["precision"] + row["recall_all_regions"]
        row["f1_all_regions"] = 2 * row["precision"] * row["recall_all_regions"] / both
    return row


def show(name: str, result: dict[str, Any]) -> None:
    print(
        f"\n{name}: {result['candidates']} candidates, {result['cells']} of them cells; "
        f"{result['regions']} regions, {result['active_regions']} of them active"
    )
    for criterion, row in result["chance"].items():
        print(
            f"  pairs by {criterion}: {row['pairs']}; "
            f"by chance {row['by_chance']:.1f} (sd {row['sd']:.1f})"
        )
    names = (
        "accepted", "precision", "recall", "f1", "recall_all_regions", "recall_active_regions",
        "recall_silent_regions", "f1_all_regions", "auc",
    )  # fmt: skip
    heads = ("accepted", "precision", "recall", "F1", "rec.all", "rec.act", "rec.sil", "F1.all",
             "AUC")  # fmt: skip
    print((" " * 39 + "".join(f"{head:<13}" for head in heads)).rstrip())
    for label, row in result["rows"].items():
        cells = "".join(f"{_shown(row.get(key)):<13}" for key in names)
        print(f"  {label:<37}{cells}".rstrip())


def _shown(value: tuple[float, float] | None) -> str:
    if value is None:
        return "-"
    mean, sd = value
    digits = 1 if mean > 1 else 3
    return f"{mean:.{digits}f}" + (f" ±{sd:.{digits}f}" if sd > 0 else "")


def _mean_and_sd(rows: list[Row]) -> dict[str, tuple[float, float]]:
    """Over seeds; the sd is 0 where there is one only."""
    gathered: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.items():
            gathered.setdefault(name, []).append(value)
    return {
        name: (float(np.mean(x)), float(np.std(x, ddof=1)) if x[1:] else 0.0)
        for name, x in gathered.items()
    }


def _flat(masks: Bools) -> Bools:
    return masks.reshape(len(masks), -1)


def _assigned(gain: NDArray[np.float64]) -> Pairs:
    rows, columns = linear_sum_assignment(gain, maximize=True)
    pairs = np.stack([rows, columns], 1)
    return pairs[gain[rows, columns] > 0]


if __name__ == "__main__":
    main()
