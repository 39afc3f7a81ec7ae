"""Segment one image, in whatever process, and keep all that is said of it."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.image import Image
from sightline.data.segmentation import Segmentation
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.read_image import read_image_as
from sightline.formats.prediction_folder import PredictedImage, PredictionWriter
from sightline.segment.foreign import foreignness, image_statistics
from sightline.segment.instances import separate_objects
from sightline.segment.measure import measure_objects
from sightline.segment.model import Model
from sightline.segment.predict import Predictor
from sightline.segment.rescale import in_words, rescaled_image, rescaled_segmentation, zoom_to
from sightline.segment.threads import with_threads
from sightline.trust.dice_forecast import DiceForecast
from sightline.workflows.segment_models import load_model
from sightline.workflows.segment_pictures import draw_example


@dataclass(frozen=True)
class How:
    """How all images of a batch are segmented.

    Parameters
    ----------
    model, digest
        Folder, and what tells whether it is the same.
    separate, min_area, max_hole
        As for `separate_objects`; areas in pixels of the training.
    flips
        Orientations that are averaged.
    least_uncertainty
        From which on an image is to be looked at; None: none is.
    read_as
        How images are read.
    threads
        To compute with.
    """

    model: str
    digest: str
    separate: str
    min_area: int
    max_hole: int
    flips: int
    least_uncertainty: float | None
    read_as: ReadAs
    threads: int = 1


@dataclass(frozen=True)
class PredictJob:
    """One image to segment.

    Parameters
    ----------
    name, file
        Of the image.
    recipe
        Digest of the image, the model and the settings.
    how
        See `How`.
    writer
        Of the folder of predictions.
    """

    name: str
    file: str
    recipe: str
    how: How
    writer: PredictionWriter = field(repr=False)


def predict_job(job: PredictJob) -> dict[str, Any]:
    """Segment an image and write its files; gives its row as JSON values."""
    predictor = _predictor(job.how.model, job.how.digest, job.how.flips)
    model, writer = predictor.model, job.writer
    image = read_image_as(job.file, job.name, job.how.read_as)
    factors = zoom_to(image, model.pixel_size_um)
    seen = image if factors is None else rescaled_image(image, factors, model.pixel_size_um)
    middles: list[NDArray[np.float32]] = []
    with (
        with_threads(job.how.threads),
        writer.bands(job.name, image.shape, image.pixel_size_um) as write,
    ):
        if factors is None:
            bands = predictor.bands(image)
        else:
            whole = rescaled_segmentation(predictor.image(seen), image.shape)
            bands = iter([(slice(0, image.shape[0]), whole)])
        for rows, band in bands:
            write(rows, band)
            if band.middle is not None:
                middles.append(band.middle)
    found = writer.mapped(job.name)
    found = replace(found, middle=np.concatenate(middles) if middles else None)
    classes = found.classes
    zoom = 1.0 if factors is None else float(np.sqrt(factors[0] * factors[1]))
    objects = separate_objects(
        classes if found.middle is None else found,
        method=job.how.separate,  # pyright: ignore[reportArgumentType] -- checked there
        min_area=round(job.how.min_area / zoom**2),
        max_hole=round(job.how.max_hole / zoom**2),
        object_diameter_px=float(model.history.get("object_diameter_px", 0.0)) / zoom,
    )
    classes = filled(classes, objects)
    statistics = image_statistics(seen)
    row = _row(job, image, found, objects, model, seen.notes, statistics)
    table = measure_objects(objects, image, found, class_names=model.class_names)
    draw_example(writer.picture(job.name), image, None, found, objects)
    writer.finish_image(row, classes, objects, table.columns, statistics=statistics)
    return row.to_dict()


def filled(classes: NDArray[np.int16], objects: NDArray[np.int32]) -> NDArray[np.int16]:
    """Classes (y, x), with an object's class where a hole of it was filled."""
    own = np.zeros(int(objects.max(initial=0)) + 1, classes.dtype)
    own[objects[classes > 0]] = classes[classes > 0]
    own[0] = 0
    return np.where(classes > 0, classes, own[objects])


def _row(
    job: PredictJob,
    image: Image,
    found: Segmentation,
    objects: NDArray[np.int32],
    model: Model,
    notes: tuple[str, ...],
    statistics: dict[str, float],
) -> PredictedImage:
    uncertainty = found.score()
    kept = model.history.get("forecast")
    forecast = None if kept is None else DiceForecast.from_dict(kept)
    foreign = foreignness(statistics, model.statistics)
    least = job.how.least_uncertainty
    if image.pixel_size_um is None and model.pixel_size_um is not None:
        said = f"its pixel size is not known; taken to be {in_words(model.pixel_size_um)}"
        notes = (*notes, said)
    return PredictedImage(
        job.name,
        image.source,
        image.shape,
        image.pixel_size_um,
        uncertainty,
        found.score(found.between_members),
        found.score(found.between_flips),
        found.score(found.data),
        int(objects.max(initial=0)),
        float((found.classes > 0).mean()),
        float("nan") if forecast is None else forecast.expected(uncertainty),
        foreign.flag,
        foreign.score,
        foreign.why,
        least is not None and uncertainty >= least,
        notes,
        job.recipe,
    )


@lru_cache(maxsize=1)
def _predictor(path: str, digest: str, flips: int) -> Predictor:  # noqa: ARG001 -- a key
    """A model's networks, built once a process."""
    model = load_model(path)
    settings = replace(model.settings, flips_at_prediction=flips)
    return Predictor.of(replace(model, settings=settings))
