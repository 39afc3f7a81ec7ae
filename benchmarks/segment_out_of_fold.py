"""How U goes with quality: rank correlation of U, and of its parts, with Dice out of fold.

    python benchmarks/segment_out_of_fold.py FOLDER [--folds 4] [--minutes 10] [--json OUT]

Each image is predicted by ensembles that have not learnt from it: all images of a folder of images
and experts' masks are dealt out to folds, and for each fold an ensemble is trained on the others.
U is that of the whole ensemble. Models differ between folds, so that the correlation within folds
is told too.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from sightline.data.json_values import without_nan
from sightline.formats.masks.find_annotated import find_annotated
from sightline.workflows.segment_benchmark import benchmark
from sightline.workflows.segment_benchmark_ours import PARTS, rank_correlation

KEYS = ("uncertainty", *(f"uncertainty_{part}" for part in PARTS))


def main() -> None:
    """Train, predict, correlate."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder")
    options.add_argument("--folds", type=int, default=4)
    options.add_argument("--minutes", type=float, help="of each fold's training")
    options.add_argument("--preset", default="default")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--json", default="")
    told = options.parse_args()
    rows = out_of_fold(told.folder, told.folds, told.minutes, told.preset, told.seed)
    found = without_nan({"correlation": correlations(rows), "images": rows})
    for name, value in found["correlation"].items():
        print(f"{name:32s} {value}")
    if told.json:
        Path(told.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def out_of_fold(
    folder: str, folds: int, minutes: float | None, preset: str, seed: int
) -> list[dict[str, Any]]:
    """One row an image, as the benchmark has it, and its fold."""
    annotated = find_annotated(folder)
    names = [one.name for one in annotated.images if one.masks]
    order = np.random.default_rng(seed).permutation(len(names))
    rows = []
    for fold in range(folds):
        chosen = sorted(names[place] for place in order[fold::folds])
        print(f"fold {fold + 1} of {folds}: {', '.join(chosen)}", file=sys.stderr, flush=True)
        told = benchmark(
            folder, "", ",".join(chosen), preset=preset, minutes=minutes, peers=(), seed=seed + fold
        )
        rows += [row | {"fold": fold} for row in told["images"]]
    return rows


def correlations(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Over all images, and the mean of those within folds."""

    def of(some: list[dict[str, Any]], key: str) -> float:
        known = [row for row in some if row["dice"] is not None and row[key] is not None]
        return rank_correlation([row["dice"] for row in known], [row[key] for row in known])

    folds = sorted({row["fold"] for row in rows})
    found: dict[str, Any] = {"images": len(rows)}
    for key in KEYS:
        found[key] = of(rows, key)
        inside = [of([row for row in rows if row["fold"] == fold], key) for fold in folds]
        found[f"{key}_within_folds"] = (
            float(np.nanmean(inside)) if np.isfinite(inside).any() else None
        )
    return found


if __name__ == "__main__":
    main()
