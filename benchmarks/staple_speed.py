"""STAPLE of real masks: the same answer as SimpleITK's, and how much sooner, in one run.

    python benchmarks/staple_speed.py FOLDER [--images 10] [--repeats 3]

FOLDER holds images and experts' masks. Both are given masks that are in memory, and are timed in
turn, image by image; the ratio is of the medians. SimpleITK uses one thread, as we do.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import SimpleITK

from sightline.consensus.mask_consensus import fuse_masks
from sightline.data.mask import Mask
from sightline.workflows.segment_inputs import read_inputs


def binary(masks: dict[str, Mask]) -> Any:
    given = [
        SimpleITK.GetImageFromArray(mask.foreground.astype(np.uint8)) for mask in masks.values()
    ]
    return SimpleITK.GetArrayFromImage(SimpleITK.STAPLE(given, 1.0)) > 0.5


def several(masks: dict[str, Mask]) -> Any:
    given = [SimpleITK.GetImageFromArray(mask.classes.astype(np.uint8)) for mask in masks.values()]
    return SimpleITK.GetArrayFromImage(SimpleITK.MultiLabelSTAPLE(given, 0)) > 0


def ours(masks: dict[str, Mask]) -> Any:
    return fuse_masks(masks).mask.foreground


def seconds(function: Callable[[dict[str, Mask]], Any], masks: dict[str, Mask]) -> float:
    start = time.perf_counter()
    function(masks)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--images", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    said = parser.parse_args()
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    inputs = read_inputs(said.folder)
    names = [one.name for one in inputs.annotated.images if len(one.masks) > 1][: said.images]
    took: dict[str, list[float]] = {"ours": [], "SimpleITK": [], "SimpleITK, several labels": []}
    ways = dict(zip(took, (ours, binary, several), strict=True))
    same = dict.fromkeys(took, 0)
    for name in names:
        masks = inputs.masks(name)
        answer = ours(masks)
        for way, function in ways.items():
            same[way] += bool(np.array_equal(function(masks), answer))
            took[way] += [seconds(function, masks) for _ in range(said.repeats)]
    for way, times in took.items():
        low, middle, high = 1000 * np.quantile(times, [0.25, 0.5, 0.75])
        ratio = middle / 1000 / np.median(took["ours"])
        print(
            f"{way:26} {middle:7.1f} ms an image (quartiles {low:.1f} to {high:.1f}), "
            f"{ratio:5.1f} times ours; same mask in {same[way]} of {len(names)}"
        )


if __name__ == "__main__":
    main()
