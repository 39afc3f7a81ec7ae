"""Images of a benchmark of segmentation, read with their masks and fused to what counts as true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sightline.compute.jobs import Progress
from sightline.consensus.mask_fusion import Fusion, fusion_of
from sightline.data.image import Image
from sightline.data.mask import Mask
from sightline.data.mask_objects import objects_of
from sightline.errors import InputError, SightlineError
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.read_image import read_image_as
from sightline.formats.masks.class_names import names_of_classes
from sightline.formats.masks.mask_kinds import MaskKind, mask_kinds
from sightline.formats.masks.mask_survey import Surveys, survey_masks
from sightline.formats.masks.read_masks import read_mask
from sightline.workflows.segment_benchmark_sets import Chosen, Sets
from sightline.workflows.segment_inputs import read_given_consensus


@dataclass(frozen=True)
class KnownImage:
    """An image of which the truth is known, as far as its annotators agree.

    Parameters
    ----------
    name
        Unlike all others of the benchmark.
    image
        In memory.
    masks
        Annotator to mask; of a folder that has a consensus alone, none.
    truth
        The consensus, with its objects: those that it tells, else its 4-connected components.
    fusion
        That gave it.
    """

    name: str
    image: Image = field(repr=False)
    masks: Mapping[str, Mask] = field(repr=False)
    truth: Mask = field(repr=False)
    fusion: Fusion = field(default=Fusion("staple"), repr=False)


@dataclass(frozen=True)
class Known:
    """What could be read.

    Parameters
    ----------
    train, test
        Images with a consensus.
    class_names
        Of classes 1, 2, ...
    said
        What was left out, and why.
    """

    train: tuple[KnownImage, ...]
    test: tuple[KnownImage, ...]
    class_names: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """How files are read and masks fused.

    Parameters
    ----------
    read_as
        Channel, plane, projection and pixel size.
    class_names
        Of classes 1, 2, ...; found in the masks to train on if empty.
    mask_kind
        As for `mask_kinds`.
    method
        Of `fuse_masks`.
    """

    read_as: ReadAs
    class_names: tuple[str, ...]
    mask_kind: str
    method: str


def read_known(
    sets: Sets, reading: Reading, progress: Progress = lambda _done, _total: None
) -> Known:
    """Read images and masks and fuse these; what cannot be read is left out, and said.

    An image to be judged on that nobody outlined is judged by the consensus that came with the
    data, if there is one.

    Parameters
    ----------
    sets
        Of `choose_sets`.
    reading
        How.
    progress
        Called with images done and to do.

    Raises
    ------
    InputError
        If no image is left to train on or to judge on, or the meaning of masks cannot be told.
    """
    said: list[str] = []
    every = (*sets.train, *sets.test)
    homes = {id(one.home): one.home for one in every}
    surveys = {key: survey_masks(home)[0] for key, home in homes.items()}  # faults: said below
    kinds = {key: mask_kinds(home, reading.mask_kind, surveys[key]) for key, home in homes.items()}
    learnt = dict.fromkeys(id(one.home) for one in sets.train)
    names = _class_names(reading.class_names, [(surveys[key], kinds[key]) for key in learnt])
    reading = replace(reading, class_names=names)
    found: list[list[_Read]] = [[], []]
    for done, (one, name) in enumerate(zip(every, _names(every), strict=True)):
        judged_on = done >= len(sets.train)
        try:
            read = _read_one(one, name, reading, kinds[id(one.home)], said)
            if not read.masks and not judged_on:
                raise _nobody(one)
            found[judged_on].append(read)
        except SightlineError as fault:
            said.append(f"{name} is left out: {fault}")
        progress(done + 1, len(every))
    train, test = (_fused(each, reading.method) for each in found)
    _check(train, test, said)
    return Known(train, test, names, tuple(said))


def _check(train: Sequence[KnownImage], test: Sequence[KnownImage], said: Sequence[str]) -> None:
    for option, images in (("--train", train), ("--test", test)):
        if not images:
            raise InputError(option, "no image of it can be used", "one at least",
                             " ".join(said) or "Check the folder.")  # fmt: skip
    if not any(one.truth.foreground.any() for one in train):
        raise InputError("--train", "no pixel of any class in any consensus",
                         "objects in some of the images",
                         "Check the masks, or choose another --consensus.")  # fmt: skip


def _class_names(
    told: Sequence[str], homes: Sequence[tuple[Surveys, Mapping[str, MaskKind]]]
) -> tuple[str, ...]:
    """Names for all folders that are trained on, whose images and annotators may be namesakes."""
    surveys = {(f"{number} {who}", image): one for number, (found, _) in enumerate(homes)
               for (who, image), one in found.items()}  # fmt: skip
    kinds = {f"{number} {who}": one for number, (_, found) in enumerate(homes)
             for who, one in found.items()}  # fmt: skip
    return names_of_classes(told, surveys, kinds)


def _names(chosen: Sequence[Chosen]) -> list[str]:
    """Names of images; with their folder's where two have the same."""
    plain = [one.which.name for one in chosen]
    return [
        f"{one.home.folder.resolve().name}/{name}" if plain.count(name) > 1 else name
        for one, name in zip(chosen, plain, strict=True)
    ]


@dataclass(frozen=True)
class _Read:
    """An image with masks, or with the consensus that came along; not fused yet."""

    home: Path
    image: Image
    masks: Mapping[str, Mask]
    given: Mask | None = None


def _read_one(
    one: Chosen, name: str, reading: Reading, kinds: Mapping[str, MaskKind], said: list[str]
) -> _Read:
    image = read_image_as(one.which.image, name, reading.read_as)
    image = replace(image, pixels=np.asarray(image.pixels))
    masks, own = {}, one.which.name
    for who, file in one.which.masks.items():
        try:
            masks[who] = read_mask(file, image.shape, own, reading.class_names, kinds.get(who))
        except SightlineError as fault:
            said.append(f"{name}: the mask of {who} is left out: {fault}")
    if masks:
        return _Read(one.home.folder, image, masks)
    given = one.home.given_consensus.get(own)
    if given is None:
        raise _nobody(one)
    said.append(f"{name}: nobody's mask is there; {given.name} counts as the truth.")
    truth = read_given_consensus(given, own, image.shape, reading.class_names, kinds)
    return _Read(one.home.folder, image, {}, truth)


def _fused(read: Sequence[_Read], method: str) -> tuple[KnownImage, ...]:
    """With the consensus; pooled, an annotator has one reliability in all images of a folder."""
    fusions = {}
    for home in {one.home for one in read if one.masks}:
        masks = [one.masks for one in read if one.home == home and one.masks]
        fusions[home] = fusion_of(masks, method, leave_out=True)
    found = []
    for one in read:
        fusion = fusions.get(one.home, Fusion(method))
        truth = fusion.fuse(one.masks).mask if one.given is None else one.given
        found.append(KnownImage(one.image.name, one.image, one.masks, _told(truth), fusion))
    return tuple(found)


def _told(mask: Mask) -> Mask:
    return replace(mask, objects=objects_of(mask))


def _nobody(one: Chosen) -> InputError:
    return InputError(one.which.image, "no annotator's mask of it can be used", "one at least",
                      "Outline it, or leave it out.")  # fmt: skip
