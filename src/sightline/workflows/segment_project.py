"""Make the project in which a segmentation is kept, or take up the one that is there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sightline.consensus.mask_consensus import FusedMasks
from sightline.data.mask import Mask
from sightline.errors import InputError
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.read_image import read_image_as
from sightline.formats.predicted_image import PredictedImage
from sightline.formats.prediction_folder import PredictionFolder, read_prediction_folder
from sightline.project.predictions import MachineScores, NewPrediction, store_predictions
from sightline.project.project import SUFFIX, Project
from sightline.project.segmenting import (
    SegmentedImage,
    Segmenting,
    has_segmenting,
    image_digest,
    read_segmenting,
    store_segmenting,
    with_images,
)
from sightline.project.source import remember_sources, sources_of
from sightline.review.said_masks import (
    NOTHING_SAID,
    consensus_of,
    record_masks,
    reliability_of,
    said_masks,
)
from sightline.workflows.segment_inputs import SegmentInputs


def make_segment_project(path: str | Path, inputs: SegmentInputs) -> Project:
    """Make a project of annotated images, or bring the one that is there up to them.

    Masks that people drew become decisions; those already in the journal are not said again, one
    that changed supersedes what was said before, and none is taken back because its file is gone.

    Parameters
    ----------
    path
        The project folder, NAME.sightline.
    inputs
        Of `read_inputs`, which has checked all of it.

    Raises
    ------
    InputError
        If the project has other classes, or other images of these names; then nothing is changed.
    ProjectError
        If it cannot be read or written.
    """
    place = Path(path)
    found = tuple(_image(inputs, name) for name in inputs.names)
    new = Segmenting(inputs.annotated.folder.resolve().name, (), inputs.class_names)
    project, segmenting = _taken_up(place, new, found, inputs.annotators)
    files = {one.name: one.image for one in inputs.annotated.images}
    _remember(project, files)
    with project.journal() as journal:
        record_masks(project, journal, segmenting.recording, _all_masks(inputs))
    return project


def take_predictions(
    path: str | Path,
    predictions: str | Path | PredictionFolder,
    read_as: ReadAs | None = None,
) -> Project:
    """Keep the masks of a folder of predictions in a project, which is made if it is not there.

    They are what questions are asked of. Images that the project has not are added.

    Parameters
    ----------
    path
        The project folder, NAME.sightline.
    predictions
        What `sightline segment predict` wrote.
    read_as
        How the images were read. They are read again, because others of the same names are known
        by their pixels; where they are gone, by their size alone.

    Raises
    ------
    InputError
        If the project has other classes, or other images of these names; then nothing is changed.
    ProjectError
        If it cannot be read or written.
    """
    folder = predictions
    if not isinstance(folder, PredictionFolder):
        folder = read_prediction_folder(folder)
    said = read_as or ReadAs()
    images = tuple(
        SegmentedImage(row.name, row.shape, row.pixel_size_um, _digest(row, said))
        for row in folder.rows
    )
    new = Segmenting(folder.path.resolve().name, (), folder.class_names)
    project, _ = _taken_up(Path(path), new, images, ())
    _remember(project, {row.name: Path(row.source) for row in folder.rows if row.source})
    store_predictions(project, _predicted(folder))
    return project


def check_project(path: str | Path, class_names: Sequence[str]) -> None:
    """Pass if a project is not there yet, or is one of segmentation with these classes.

    Raises
    ------
    InputError, ProjectError
        If it cannot take what is to be made.
    """
    place = Path(path)
    if place.suffix != SUFFIX:
        raise InputError(place, "another ending", SUFFIX, f"Call it {place.name}{SUFFIX}.")
    if place.exists():
        _there(place, Segmenting("", (), tuple(class_names)))


def check_images_of_project(path: str | Path, inputs: SegmentInputs) -> None:
    """Pass if a project has these classes, and no other images by the names of these.

    Raises
    ------
    InputError, ProjectError
        If it is not so, or the project cannot be read.
    """
    check_project(path, inputs.class_names)
    segmenting = read_segmenting(Project.open(Path(path)))
    known = set(segmenting.names)
    with_images(segmenting, [_image(inputs, name) for name in inputs.names if name in known])


def consensus_of_project(
    path: str | Path, method: str = "staple", *, least: int = 2
) -> dict[str, FusedMasks]:
    """Fuse what people outlined in each image of a project, with corrections by hand in place.

    Parameters
    ----------
    path
        The project folder.
    method, least
        As for `fuse_masks`. Of an image that somebody corrected the method is ``by hand`` whatever
        it is for the others, and ``annotators`` is who corrected it.

    Returns
    -------
    dict
        Of images that people outlined, in the order of the project.

    Raises
    ------
    ProjectError
        If it cannot be read.
    SettingError
        If the method is not known.
    """
    project = Project.open(Path(path))
    segmenting = read_segmenting(project)
    with project.journal() as journal:
        said = said_masks(journal.state(), segmenting.recording)
    reliability = reliability_of(project, segmenting, said, method)
    fused = {
        image.name: consensus_of(
            project,
            image,
            said.get(image.name, NOTHING_SAID),
            method,
            least=least,
            reliability=reliability,
        )
        for image in segmenting.images
    }
    return {name: one for name, one in fused.items() if one is not None}


def _image(inputs: SegmentInputs, name: str) -> SegmentedImage:
    image = inputs.image(name)
    return SegmentedImage(name, image.shape, image.pixel_size_um, image_digest(image))


def _taken_up(
    place: Path, new: Segmenting, images: Iterable[SegmentedImage], annotators: Iterable[str]
) -> tuple[Project, Segmenting]:
    """The project that is there, or a new one, with these images in it."""
    project, before = _there(place, new) if place.exists() else (None, new)
    segmenting = with_images(before, images, annotators)
    if project is None:
        project = Project.create(place, "segment")
    store_segmenting(project, segmenting)
    return project, segmenting


def _there(place: Path, new: Segmenting) -> tuple[Project, Segmenting]:
    """A project that is there, and what it is about, if it has the same classes."""
    project = Project.open(place)
    if project.kind == "segment" and not has_segmenting(project):
        return project, new  # it was stopped while it was made
    before = read_segmenting(project)
    if before.class_names != new.class_names:
        raise InputError(
            place, f"it has the classes {', '.join(before.class_names)}",
            f"{', '.join(new.class_names)}, as these images have", "Choose another --project.",
        )  # fmt: skip
    return project, before


def _digest(row: PredictedImage, said: ReadAs) -> str:
    """Of an image's pixels; empty where it is no longer there, or is read otherwise."""
    if not row.source or not Path(row.source).exists():
        return ""
    try:
        image = read_image_as(row.source, row.name, replace(said, pixel_size_um=None))
    except InputError:
        return ""
    return image_digest(image) if image.shape == row.shape else ""


def _remember(project: Project, files: Mapping[str, Path]) -> None:
    remember_sources(project, {**sources_of(project), **files})


def _all_masks(inputs: SegmentInputs) -> Iterator[tuple[str, str, Mask]]:
    for name in inputs.names:
        for annotator, mask in inputs.masks(name).items():
            yield name, annotator, mask


def _predicted(folder: PredictionFolder) -> Iterator[NewPrediction]:
    rests_on = _rests_on(folder.about)
    for row in folder.rows:
        classes = folder.classes(row.name)
        objects = np.where(classes > 0, folder.objects(row.name), 0).astype(np.int32)
        scores = MachineScores(
            row.uncertainty, row.between_members, row.between_flips, row.data,
            row.expected_dice, row.foreign, row.why, rests_on,
        )  # fmt: skip
        uncertainty = folder.segmentation(row.name).uncertainty
        mask = Mask(classes, objects, folder.class_names, row.source)
        yield NewPrediction(row.name, mask, uncertainty, scores)


def _rests_on(about: Mapping[str, Any]) -> str:
    """What the predictions were made with, as far as it is told: the model's name and digest."""
    model = about.get("model", "")
    digest = model.get("digest", "") if isinstance(model, Mapping) else str(model)
    return f"{Path(str(about.get('model_folder', ''))).name} {digest[:12]}".strip()
