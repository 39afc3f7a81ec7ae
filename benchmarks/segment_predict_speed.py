"""Predicting an image: ours against the same networks called as torch has them, in one run.

    python benchmarks/segment_predict_speed.py [--size 1024] [--repeats 3]

Four networks of the default preset, four orientations, one thread, an image of noise. Each way runs
in processes of its own, in turn, because how memory is reused is a process's own; the ratio is of
the medians.
"""

import argparse
import multiprocessing
import time
from collections.abc import Callable

import numpy as np
import torch

from sightline.data.image import Image
from sightline.segment.model import Model
from sightline.segment.networks import make_network, weights_of
from sightline.segment.predict import Predictor
from sightline.segment.settings import preset
from sightline.segment.threads import with_threads


def model() -> Model:
    settings = preset("default")
    networks = (make_network(settings, 1, 2, seed) for seed in range(settings.members))
    return Model(tuple(weights_of(each) for each in networks), settings, ("cell",), 1)


def plain(size: int) -> float:
    """Networks alone: no normalising, no parts of the uncertainty."""
    torch.set_num_threads(1)
    trained = model()
    networks = [make_network(trained.settings, 1, 2, seed).eval() for seed in range(4)]
    inputs = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 1, size, size))).float()
    begun = time.perf_counter()
    with torch.inference_mode():
        for network in networks:
            for axes in ((), (2,), (3,), (2, 3)):
                network(inputs.flip(axes))
    return time.perf_counter() - begun


def ours(size: int) -> float:
    """All that `segment predict` computes of an image."""
    image = Image("noise", np.random.default_rng(0).normal(size=(1, size, size)).astype(np.float32))
    with with_threads(1):
        predictor = Predictor.of(model())
        begun = time.perf_counter()
        predictor.image(image)
        return time.perf_counter() - begun


def alone(way: Callable[[int], float], size: int) -> float:
    with multiprocessing.get_context("spawn").Pool(1) as process:
        return process.apply(way, (size,))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--repeats", type=int, default=3)
    said = parser.parse_args()
    pairs = [(alone(plain, said.size), alone(ours, said.size)) for _ in range(said.repeats)]
    as_torch, as_ours = np.median(pairs, axis=0)
    print(f"torch's networks alone {as_torch:.1f} s, ours with all the rest {as_ours:.1f} s an "
          f"image of {said.size} x {said.size}: {as_ours / as_torch:.2f} of the time")  # fmt: skip


if __name__ == "__main__":
    main()
