"""How well points without images are linked: detections given the identities of a few references.

    python benchmarks/track_linking.py real_jeff_all.npz
    python benchmarks/track_linking.py points.csv --references 1,3 --frames 100 --seed 1

Runs `sightline track benchmark` on a points file, and beside ours, on the same references (evenly
spaced in time) and volumes (random, none of them a reference):

- nearest: each identity is the detection nearest to where the nearest reference in time has it;
- assignment: the same, but no detection twice, at the least sum of squared distances;
- drift: plain coherent point drift from each reference (Myronenko and Song 2010; beta 2, lambda 1
  in the file's unit, 10 % outliers), the best kept by its mean posterior.

Accuracy is the share of the detections with an identity that a reference has that were given it.
"""

import argparse
import json
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from sightline.formats.point_clouds import read_point_clouds
from sightline.workflows.track_benchmark_links import Link, Unlinked, link_rows, link_volume

BETA, LAMBDA, OUTLIERS, STEPS = 2.0, 1.0, 0.1, 150


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("points")
    parser.add_argument("--references", default="1,3,10")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    clouds = read_point_clouds(said.points)
    numbers = [int(number) for number in said.references.split(",")]
    for name in said.methods.split(","):
        rows = link_rows(
            clouds, numbers, (0,), said.frames, "default", said.seed, lambda _d, _t: None,
            METHODS[name],
        )  # fmt: skip
        for row in rows:
            told = {"method": name, **row}
            print(json.dumps(told) if said.json else _words(told), flush=True)


def nearest(volume: Unlinked) -> NDArray[np.int64]:
    """The detection nearest to each identity's place in the reference nearest in time."""
    there, known, found = _of_nearest(volume)
    found[there] = cdist(known, volume.seen).argmin(axis=1)
    return found


def assignment(volume: Unlinked) -> NDArray[np.int64]:
    """The same with one detection each, at the least sum of squared distances."""
    there, known, found = _of_nearest(volume)
    rows, columns = linear_sum_assignment(cdist(known, volume.seen, "sqeuclidean"))
    found[there[rows]] = columns
    return found


def drift(volume: Unlinked) -> NDArray[np.int64]:
    """Plain coherent point drift from every reference; the best mean posterior is kept."""
    best, found = -np.inf, np.full(len(volume.references[0]), -1)
    for positions in volume.references:
        there = np.flatnonzero(np.isfinite(positions).all(axis=1))
        posterior = plain_drift(positions[there], volume.seen)
        fit = float(posterior.max(axis=1).mean())
        if fit > best:
            best, found = fit, np.full(len(positions), -1)
            rows, columns = linear_sum_assignment(-posterior)
            found[there[rows]] = columns
    return found


def plain_drift(known: NDArray[np.float64], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """(point, detection) posterior where non-rigid drift settles (the paper's Fig. 4)."""
    kernel = np.exp(-cdist(known, known, "sqeuclidean") / (2 * BETA**2))
    moved = known
    width = float(cdist(known, seen, "sqeuclidean").mean() / 3)  # squared
    uniform = OUTLIERS / (1 - OUTLIERS) * len(known) / len(seen)
    for _ in range(STEPS):
        near = np.exp(-cdist(moved, seen, "sqeuclidean") / (2 * width))
        posterior = near / (near.sum(axis=0) + (2 * np.pi * width) ** 1.5 * uniform)
        mass = posterior.sum(axis=1)
        system = mass[:, None] * kernel + LAMBDA * width * np.eye(len(known))
        moved = known + kernel @ np.linalg.solve(system, posterior @ seen - mass[:, None] * known)
        before = width
        apart = cdist(moved, seen, "sqeuclidean")
        width = max(float((posterior * apart).sum() / (3 * mass.sum())), 1e-8)
        if abs(before - width) < 1e-3 * before:
            break
    return posterior


def _of_nearest(
    volume: Unlinked,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Identities of the reference nearest in time, their places, and nothing found yet."""
    positions = volume.references[0]
    there = np.flatnonzero(np.isfinite(positions).all(axis=1))
    return there, positions[there], np.full(len(positions), -1)


METHODS: Final[Mapping[str, Link]] = {
    "nearest": nearest,
    "assignment": assignment,
    "drift": drift,
    "ours": link_volume,
}


def _words(row: dict) -> str:
    return (
        f"{row['method']:12} {row['references']:3} references: {row['accuracy']:.3f} right "
        f"({row['accuracy_of_all']:.3f} of all labelled), {row['identity_switches']} switches, "
        f"{1000 * row['cpu_seconds_per_frame']:.0f} CPU-ms a volume"
    )


if __name__ == "__main__":
    main()
