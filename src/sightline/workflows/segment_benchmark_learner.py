"""What the benchmark of segmentation measures: our ensemble, trained and continued as by a user."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sightline.compute.jobs import Progress
from sightline.data.image import Image
from sightline.data.mask import Mask
from sightline.data.segmentation import Segmentation
from sightline.formats.images.write_image import write_image
from sightline.segment.installed import need_torch
from sightline.segment.rescale import PixelSize, rescaled_image, rescaled_segmentation, zoom_to
from sightline.segment.settings import changed
from sightline.segment.settings import preset as settings_of
from sightline.workflows.segment_benchmark_images import KnownImage
from sightline.workflows.segment_train import train

Phase = Callable[[str], Progress]


@dataclass(frozen=True)
class Learner:
    """Functions that train and ask a model, whatever it is.

    Parameters
    ----------
    fit
        Images, minutes (None: the preset's steps), seed and phases to a model.
    adapt
        Model, images of another laboratory, minutes and seed to a model.
    segment
        Model and image to what it says of each pixel.
    foreign
        Model and images to ``foreign``, ``foreign_score`` and ``foreign_why``: whether they are
        together unlike those of the training.
    workers
        Processes that train at a time, whose memory counts.
    """

    fit: Callable[[Sequence[KnownImage], float | None, int, Phase], Any]
    adapt: Callable[[Any, Sequence[KnownImage], float | None, int], Any]
    segment: Callable[[Any, Image], Segmentation]
    foreign: Callable[[Any, Sequence[Image]], dict[str, Any]]
    workers: int = 1


@dataclass(frozen=True)
class _Trained:
    """A model in memory, and the folder it was written to."""

    model: Any
    folder: Path


@contextmanager
def our_learner(preset: str, changes: Mapping[str, str], consensus: str) -> Iterator[Learner]:
    """The ensemble of a preset, with settings changed by name, as `sightline segment train` has it.

    Images and masks are handed over in folders of their own, which are gone in the end.

    Raises
    ------
    SettingError
        If the preset or a setting is unknown, or torch is not installed.
    """
    need_torch()
    workers = min(changed(settings_of(preset), changes).members, os.cpu_count() or 1)
    with tempfile.TemporaryDirectory(prefix="sightline-benchmark-") as name:
        work = Path(name)

        def fit(
            images: Sequence[KnownImage], minutes: float | None, seed: int, phase: Phase
        ) -> _Trained:
            chosen = {"preset": preset, "changes": changes}
            return _train(work, images, minutes, seed, phase, consensus, chosen)

        def adapt(
            model: _Trained, images: Sequence[KnownImage], minutes: float | None, seed: int
        ) -> _Trained:
            chosen = {"start": model.folder}
            return _train(work, images, minutes, seed, _unseen, consensus, chosen)

        yield Learner(fit, adapt, _segment, _foreign, workers)


def _train(
    work: Path,
    images: Sequence[KnownImage],
    minutes: float | None,
    seed: int,
    phase: Phase,
    consensus: str,
    chosen: dict[str, Any],
) -> _Trained:
    from sightline.workflows.segment_models import load_model  # noqa: PLC0415 -- torch is an extra

    folder = Path(tempfile.mkdtemp(dir=work))
    kind = write_laboratory(images, folder / "images-and-masks")
    names = images[0].truth.class_names
    train(
        folder / "images-and-masks", folder / "model", class_names=names, mask_kind=kind,
        consensus=consensus, seed=seed, minutes=minutes, phase=phase, **chosen,
    )  # fmt: skip
    return _Trained(load_model(folder / "model"), folder / "model")


def write_laboratory(images: Sequence[KnownImage], folder: Path) -> str:
    """Write images and annotators' masks as a folder that is found and read again as it was.

    Parameters
    ----------
    images
        Of any names; they are called by their numbers.
    folder
        To make.

    Returns
    -------
    str
        What the numbers in the masks are: ``classes`` or ``objects``.
    """
    masks = [mask for one in images for mask in one.masks.values()]
    objects = all(mask.objects is not None and len(mask.class_names) == 1 for mask in masks)
    annotators = sorted({who for one in images for who in one.masks})
    (folder / "images").mkdir(parents=True)
    for number, one in enumerate(images):
        write_image(one.image, folder / "images" / f"{number:05d}.tif")
        for who, mask in one.masks.items():
            own = folder / "experts" / f"annotator-{annotators.index(who)}"
            own.mkdir(parents=True, exist_ok=True)
            np.save(own / f"{number:05d}.npy", _numbers(mask, objects))
    return "objects" if objects else "classes"


def _numbers(mask: Mask, objects: bool) -> np.ndarray:
    """(y, x) numbers of objects or classes, negative where the mask says nothing."""
    if objects and mask.objects is not None:
        return np.where(mask.classes < 0, -1, mask.objects).astype(np.int32)
    return mask.classes


def _segment(trained: _Trained, image: Image) -> Segmentation:
    from sightline.segment.predict import segment_image  # noqa: PLC0415

    model = trained.model
    seen = _at_size(image, model.pixel_size_um)
    found = segment_image(model, seen)
    return found if seen is image else rescaled_segmentation(found, image.shape)


def _foreign(trained: _Trained, images: Sequence[Image]) -> dict[str, Any]:
    from sightline.segment.foreign import foreignness, image_statistics, together  # noqa: PLC0415

    model = trained.model
    rows = together(image_statistics(_at_size(image, model.pixel_size_um)) for image in images)
    found = foreignness({name: float(np.mean(row)) for name, row in rows.items()}, model.statistics)
    return {"foreign": bool(found.flag), "foreign_score": float(found.score),
            "foreign_why": found.why}  # fmt: skip


def _at_size(image: Image, size: PixelSize) -> Image:
    factors = zoom_to(image, size)
    return image if factors is None else rescaled_image(image, factors, size)


def _unseen(_name: str) -> Progress:
    return lambda _done, _total: None
