"""What the benchmark of segmentation compares with: the same images, each timed."""

from collections.abc import Callable, Sequence
from math import nan
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.errors import SettingError, SightlineError
from sightline.segment.difference_of_gaussians import commonest_class, tune
from sightline.segment.filter_features import PER_SIGMA, SIGMAS_PX, filter_features
from sightline.segment.otsu import mark_above_otsu
from sightline.workflows.segment_benchmark_images import Known, KnownImage
from sightline.workflows.segment_benchmark_scores import MEASURES, Judge, Row, means

Phase = Callable[[str], Progress]
Marked = dict[str, NDArray[np.integer]]
PEERS: Final = ("gaussians", "forest", "otsu")
_PIXELS: Final = 80_000  # that the forest learns from
_TREES: Final = 100
_WINDOW: Final = 1024  # rows and columns of an image that pixels are drawn from
_ROWS: Final = 256  # that it is asked of at once
_AROUND: Final = 48  # rows that the widest filter sees, beyond these


def peer_rows(
    known: Known, names: Sequence[str], judge: Judge, seed: int, phase: Phase
) -> list[Row]:
    """One row a peer: what it scored, or why it could not be had.

    Returns
    -------
    list of dict
        ``name``, means of ``dice``, ``map``, ``ap50``, ``train_seconds``,
        ``predict_seconds_per_image``, ``settings`` in words, ``why`` it has no scores, or None, and
        ``by_image``: name to Dice.
    """
    makers = {"gaussians": _gaussians, "forest": _forest, "otsu": _otsu}
    rows = []
    for name in names:
        if name not in makers:
            raise SettingError(f"--peers: {name!r} is unknown; choose some of {', '.join(PEERS)}.")
        progress = phase(_TITLES[name])
        begun = perf_counter()
        try:
            settings, mark = makers[name](known, seed)
        except SightlineError as fault:
            rows.append(failed_peer(_TITLES[name], str(fault)))
            continue
        trained = perf_counter()
        marked = {}
        for done, one in enumerate(known.test):
            marked[one.name] = mark(one)
            progress(done + 1, len(known.test))
        seconds = trained - begun, (perf_counter() - trained) / len(known.test)
        rows.append(peer_row(_TITLES[name], settings, marked, known.test, judge, seconds))
    return rows


_TITLES: Final = {
    "gaussians": "difference of Gaussians", "forest": "random forest", "otsu": "Otsu",
}  # fmt: skip


def peer_row(
    name: str,
    settings: str,
    marked: Marked,
    images: Sequence[KnownImage],
    judge: Judge,
    seconds: tuple[float, float],
) -> Row:
    """The row of a peer that marked classes (y, x) in some of the images."""
    found = {one.name: judge.predicted(marked[one.name], one)
             for one in images if one.name in marked}  # fmt: skip
    return {
        "name": name, **means(found.values()),
        "train_seconds": seconds[0], "predict_seconds_per_image": seconds[1],
        "settings": settings, "why": None,
        "by_image": {image: row["dice"] for image, row in found.items()},
    }  # fmt: skip


def failed_peer(name: str, why: str) -> Row:
    """The row of a peer that could not be had."""
    keys = (*MEASURES, "train_seconds", "predict_seconds_per_image")
    return {"name": name} | dict.fromkeys(keys, nan) | {"settings": "", "why": why, "by_image": {}}


def _gaussians(known: Known, _seed: int) -> tuple[str, Callable[[KnownImage], Any]]:
    images = [one.image.pixels for one in known.train]
    found = tune(images, [one.truth.classes for one in known.train])
    size = next((one.image.pixel_size_um for one in known.train if one.image.pixel_size_um), None)

    def mark(one: KnownImage) -> NDArray[np.int16]:
        own = one.image.pixel_size_um
        return found.mark(one.image.pixels, size[0] / own[0] if size and own else 1.0)

    bright = "brighter" if found.sign > 0 else "darker"
    said = (f"{found.narrow_px:g} and {found.wide_px:g} px, {found.threshold:.3g} robust s.d. "
            f"{bright}, channel {found.channel}")  # fmt: skip
    return said, mark


def _otsu(known: Known, _seed: int) -> tuple[str, Callable[[KnownImage], Any]]:
    label = commonest_class([one.truth.classes for one in known.train])
    return "", lambda one: mark_above_otsu(one.image.pixels, label)


def _forest(known: Known, seed: int) -> tuple[str, Callable[[KnownImage], Any]]:
    """A random forest on filter responses, as ilastik's pixel classification is."""
    try:
        from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415
    except ImportError:
        raise SettingError(
            "The random forest needs scikit-learn; install it with `pip install scikit-learn`, or "
            "leave it out with --peers gaussians,otsu."
        ) from None
    random = np.random.default_rng(seed)
    samples = [_sampled(one, _PIXELS // len(known.train), random) for one in known.train]
    forest = RandomForestClassifier(_TREES, random_state=seed, n_jobs=1)
    forest.fit(np.concatenate([x for x, _ in samples]), np.concatenate([y for _, y in samples]))
    features = samples[0][0].shape[1]

    def mark(one: KnownImage) -> NDArray[np.int16]:
        height, width = one.image.shape
        found = np.zeros((height, width), np.int16)
        if PER_SIGMA * len(SIGMAS_PX) * one.image.channels != features:
            return found
        for top in range(0, height, _ROWS):
            above = min(top, _AROUND)
            seen = filter_features(one.image.pixels[:, top - above : top + _ROWS + _AROUND])
            rows = seen[above : above + _ROWS].reshape(-1, features)
            found[top : top + _ROWS] = forest.predict(rows).reshape(-1, width)
        return found

    said = f"{_TREES} trees, {features} features at {SIGMAS_PX} px, {_PIXELS} pixels"
    return said, mark


def _sampled(
    one: KnownImage, number: int, random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
    """Features and classes of random pixels of an image."""
    corner = [int(random.integers(max(size - _WINDOW, 0) + 1)) for size in one.image.shape]
    inside = tuple(slice(start, start + _WINDOW) for start in corner)
    truth = one.truth.classes[inside].ravel()
    places = np.flatnonzero(truth >= 0)
    chosen = random.choice(places, min(number, len(places)), replace=False)
    features = filter_features(one.image.pixels[(slice(None), *inside)])
    return features.reshape(-1, features.shape[-1])[chosen], truth[chosen]
