"""Masks as they stand: people's where there are any, else the machine's as people left it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sightline.consensus.mask_reliability import Reliability
from sightline.data.mask import IGNORED, Mask
from sightline.data.reviewed_masks import StandingMask
from sightline.project.predictions import (
    MachineMask,
    Predictions,
    machine_mask,
)
from sightline.project.project import Project
from sightline.project.segmenting import SegmentedImage, Segmenting, read_mask
from sightline.review.said_masks import (
    DRAWN,
    NOTHING_SAID,
    SaidOfImage,
    consensus_of,
    nothing_known,
    reliability_of,
    without_rejected,
)
from sightline.trust.mask_scores import dice


@dataclass(frozen=True)
class StandingMasks:
    """All that says which mask of an image stands.

    Parameters
    ----------
    project, segmenting
        Whose images.
    said
        What people say of them.
    predictions
        The machine's masks.
    method
        Of the consensus.
    """

    project: Project
    segmenting: Segmenting = field(repr=False)
    said: Mapping[str, SaidOfImage] = field(repr=False)
    predictions: Predictions = field(repr=False)
    method: str = "staple"

    def of(self, image: SegmentedImage) -> StandingMask:
        """The mask of one image."""
        people = self.people(image)
        if people is not None:
            return people
        said, stored = self.said.get(image.name, NOTHING_SAID), self.machine.get(image.name)
        if stored is None:
            return self._nothing(image)
        mask = self.of_machine(stored)
        if stored.digest in said.rejected.values():
            return StandingMask(image.name, nothing_known(mask), (), "rejected", np.nan)
        return StandingMask(image.name, mask, (), "machine", stored.scores.uncertainty)

    def of_machine(self, stored: MachineMask) -> Mask:
        """A mask of the machine's, without the objects that people rejected."""
        mask = machine_mask(self.project, stored, self.segmenting.class_names)
        said = self.said.get(stored.name, NOTHING_SAID)
        return without_rejected(mask, self._objects[stored.name], said)

    def people(self, image: SegmentedImage) -> StandingMask | None:
        """What people say of one image: a correction, one's mask, a consensus; None if nothing."""
        said = self.said.get(image.name, NOTHING_SAID)
        if not said.outlined:
            return None
        found = consensus_of(self.project, image, said, self.method, reliability=self._reliability)
        if found is None:
            return None
        how = DRAWN if found.method == "one" else found.method
        return StandingMask(image.name, found.mask, found.annotators, how, np.nan)

    def own(self, image: SegmentedImage, annotator: str) -> StandingMask:
        """One annotator's own mask of one image."""
        digest = self.said.get(image.name, NOTHING_SAID).masks.get(annotator)
        if digest is None:
            return self._nothing(image)
        mask = read_mask(self.project, digest, image.shape)
        return StandingMask(image.name, mask, (annotator,), DRAWN, np.nan)

    def _nothing(self, image: SegmentedImage) -> StandingMask:
        nothing = np.full(image.shape, IGNORED, np.int16)
        mask = Mask(nothing, None, self.segmenting.class_names)
        return StandingMask(image.name, mask, (), "nothing", np.nan)

    @cached_property
    def machine(self) -> dict[str, MachineMask]:
        """The machine's masks, by image."""
        return {mask.name: mask for mask in self.predictions.masks}

    @cached_property
    def _reliability(self) -> Reliability | None:
        return reliability_of(self.project, self.segmenting, self.said, self.method)

    @cached_property
    def _objects(self) -> dict[str, tuple[str, ...]]:
        """Names of the objects of each mask."""
        found: dict[str, list[str]] = {mask.name: [] for mask in self.predictions.masks}
        images = [mask.name for mask in self.predictions.masks]
        objects = self.predictions.objects
        for place, name in zip(objects.image.tolist(), objects.names, strict=True):
            found[images[place]].append(name)
        return {name: tuple(names) for name, names in found.items()}


class Compared:
    """Remembers the Dice of the machine's masks with people's, for as long as neither changes."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], float] = {}

    def dice(self, masks: StandingMasks) -> dict[str, float]:
        """By image, where there are both and either has anything; pixels ignored do not count."""
        found: dict[str, float] = {}
        for image in masks.segmenting.images:
            stored = masks.machine.get(image.name)
            said = masks.said.get(image.name, NOTHING_SAID)
            if stored is None or not said.outlined:
                continue
            key = (image.name, stored.digest, said.correction, *sorted(said.masks.items()))
            if key not in self._known:
                self._known[key] = _dice(masks, image, stored)
            found[image.name] = self._known[key]
        return {name: value for name, value in found.items() if not np.isnan(value)}


def _dice(masks: StandingMasks, image: SegmentedImage, stored: MachineMask) -> float:
    people = masks.people(image)
    if people is None:
        return float("nan")
    machine = machine_mask(masks.project, stored, masks.segmenting.class_names)
    told = people.mask.classes != IGNORED
    labels = range(1, len(masks.segmenting.class_names) + 1)
    return dice(machine.classes[told], people.mask.classes[told], labels)
