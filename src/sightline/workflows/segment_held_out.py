"""Score networks on the images that they have not learnt from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sightline.data.mask import Mask
from sightline.formats.model_folder import read_arrays
from sightline.segment.instances import separate_objects
from sightline.segment.model import Model
from sightline.segment.predict import segment_image
from sightline.segment.settings import SegmentSettings
from sightline.segment.threads import with_threads
from sightline.trust.mask_agreement import compare_masks
from sightline.workflows.segment_material import load_image, load_objects
from sightline.workflows.segment_members import STOP, held_out_dice
from sightline.workflows.segment_pictures import draw_example


@dataclass(frozen=True)
class HeldOutJob:
    """An image, and the networks that have not learnt from it.

    Parameters
    ----------
    folder
        Of the work.
    file
        Of the image (`load_image`).
    weights
        Files, one a network.
    settings
        As JSON values.
    class_names
        Of classes 1, 2, ...
    statistics
        Of the images that the networks have learnt from.
    min_area
        Of objects, in pixels.
    object_diameter_px
        Of a typical object.
    threads
        To compute with.
    picture
        File to draw the image in; none if empty.
    """

    folder: str
    file: str
    weights: tuple[str, ...]
    settings: dict[str, Any]
    class_names: tuple[str, ...]
    statistics: Mapping[str, list[float]] = field(repr=False)
    min_area: int
    object_diameter_px: float
    threads: int = 1
    picture: str = ""


def score_job(job: HeldOutJob) -> dict[str, Any] | None:
    """Score an image.

    Returns
    -------
    dict or None
        JSON values: ``dice``, ``map`` and ``ap50``, the ``uncertainty`` U and its parts, None where
        nothing is predicted. None if the work is to stop.
    """
    if (Path(job.folder) / STOP).exists():
        return None
    image = load_image(job.file)
    members = tuple(read_arrays(Path(file)) for file in job.weights)
    settings = SegmentSettings.from_dict(job.settings)
    model = Model(
        members, settings, job.class_names, image.image.channels, statistics=job.statistics
    )
    with with_threads(job.threads):
        found = segment_image(model, image.image)
    objects = separate_objects(
        found,
        method=settings.separate,  # pyright: ignore[reportArgumentType] -- checked there
        min_area=job.min_area,
        object_diameter_px=job.object_diameter_px,
    )
    if job.picture:
        draw_example(Path(job.picture), image.image, image.target, found, objects)
    scores = compare_masks(
        Mask(found.classes, objects, job.class_names),
        Mask(image.target, load_objects(job.file), job.class_names),
    )
    return {
        "dice": held_out_dice(found.classes, image.target, model.classes),
        "map": _known(scores.mean_precision),
        "ap50": _known(float(scores.precision[0])),
        "uncertainty": _known(found.score()),
        "between_members": _known(found.score(found.between_members)),
        "between_flips": _known(found.score(found.between_flips)),
        "data": _known(found.score(found.data)),
    }


def mean_of(rows: Sequence[Mapping[str, Any]], what: str) -> float | None:
    """Mean of a score over images that have it; None if none has."""
    values = [row[what] for row in rows if row.get(what) is not None]
    return float(np.mean(values)) if values else None


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
