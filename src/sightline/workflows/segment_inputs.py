"""Images and annotators' masks of a folder, all of them checked before anything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sightline.data.annotated_images import AnnotatedImage, AnnotatedImages
from sightline.data.image import Image
from sightline.data.mask import IGNORED, Mask
from sightline.errors import InputError
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.read_image import read_image_as
from sightline.formats.masks.beside import find_beside
from sightline.formats.masks.class_names import names_of_classes
from sightline.formats.masks.find_annotated import find_annotated
from sightline.formats.masks.mask_kinds import MaskKind, mask_kinds
from sightline.formats.masks.mask_survey import MaskSurvey, Surveys, survey_mask, survey_masks
from sightline.formats.masks.read_masks import check_size, read_mask, read_mask_noted
from sightline.workflows.segment_checks import Seen, look_for_inverted, what_to_say


@dataclass(frozen=True)
class SegmentInputs:
    """Annotated images that have been looked at once and are read again when asked for.

    Parameters
    ----------
    annotated
        What was found.
    kinds
        Annotator to what the numbers of its mask images mean.
    read_as
        What the user says of all images.
    said
        The rule of matching, what does not match, what was assumed: in words, for the user.
    ignored, outside
        Image to a mask of what is left out, or of what is not.
    shapes
        Image to its (y, x).
    """

    annotated: AnnotatedImages
    kinds: Mapping[str, MaskKind]
    read_as: ReadAs
    said: tuple[str, ...]
    ignored: Mapping[str, Path] = field(default_factory=dict)
    outside: Mapping[str, Path] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the images, in natural order."""
        return tuple(one.name for one in self.annotated.images)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Of classes 1, 2, ..."""
        return self.annotated.class_names

    @property
    def annotators(self) -> tuple[str, ...]:
        """All of them."""
        return self.annotated.annotators

    def image(self, name: str) -> Image:
        """Read an image; KeyError if there is none of that name."""
        return read_image_as(self._one(name).image, name, self.read_as)

    def masks(self, name: str) -> dict[str, Mask]:
        """Read what annotators drew of an image: annotator to mask, empty where nobody did."""
        one, shape = self._one(name), self._shape(name)
        left_out = self._left_out(name, shape)
        read = {
            expert: read_mask(path, shape, name, self.class_names, self.kinds.get(expert))
            for expert, path in one.masks.items()
        }
        return {expert: without(mask, left_out) for expert, mask in read.items()}

    def given_consensus(self, name: str) -> Mask | None:
        """Read the consensus that came with the data; None where there is none."""
        path = self.annotated.given_consensus.get(name)
        if path is None:
            return None
        return read_given_consensus(path, name, self._shape(name), self.class_names, self.kinds)

    def chosen(self, names: Sequence[str]) -> "SegmentInputs":
        """Only the images of these names, in that order; KeyError for one that is not there."""
        return replace(self, annotated=self.annotated.chosen(tuple(names)))

    def _one(self, name: str) -> AnnotatedImage:
        return {one.name: one for one in self.annotated.images}[name]

    def _shape(self, name: str) -> tuple[int, int]:
        return self.shapes[name] if name in self.shapes else self.image(name).shape

    def _left_out(self, name: str, shape: tuple[int, int]) -> NDArray[np.bool_] | None:
        """Pixels of which nothing is said."""
        parts = []
        if name in self.ignored:
            parts.append(read_mask(self.ignored[name], shape, name).foreground)
        if name in self.outside:
            parts.append(~read_mask(self.outside[name], shape, name).foreground)
        return np.any(parts, axis=0) if parts else None


def read_inputs(
    folder: str | Path,
    *,
    images: str | Path = "",
    annotators: Sequence[str] = (),
    class_names: Sequence[str] = (),
    mask_kind: str = "",
    read_as: ReadAs | None = None,
    ignored: str | Path = "",
    field_of_view: str | Path = "",
) -> SegmentInputs:
    """Find, match and check images and masks; each is read once, none is kept.

    Parameters
    ----------
    folder, images, annotators, class_names
        As `find_annotated` takes them.
    mask_kind
        ``"classes"`` or ``"objects"``: what several numbers in a mask image are.
    read_as
        Channel, plane, projection and pixel size of all images.
    ignored
        Folder of masks of what is left out; beside the annotators' or elsewhere.
    field_of_view
        Folder of masks outside of which all is left out.

    Raises
    ------
    InputError
        If anything is wrong with a file, or nobody drew anything; all faults are listed at once.
    """
    found = find_annotated(folder, images=images, annotators=annotators, class_names=class_names)
    names = [one.name for one in found.images]
    left_out = find_beside(found.folder, ignored, names)
    outside = find_beside(found.folder, field_of_view, names)
    surveys, faults = survey_masks(found)
    kinds: dict[str, MaskKind] = {}
    if not faults:
        kinds = mask_kinds(found, mask_kind, surveys)
        found = replace(found, class_names=names_of_classes(class_names, surveys, kinds))
    inputs = SegmentInputs(found, kinds, read_as or ReadAs(), (), left_out, outside)
    seen, shapes, wrong = _look(inputs, surveys, whole=not faults)
    faults += wrong
    if not faults:
        faults += _one_answer(seen, found.class_names)
    if faults:
        raise InputError(folder, "; ".join(faults), "images and masks that can be used",
                         "Correct these files, or move them away.")  # fmt: skip
    said = what_to_say(seen, names, found.annotators, found.class_names, kinds)
    return replace(inputs, said=(found.rule, *found.unmatched, *said), shapes=shapes)


def _one_answer(seen: Seen, class_names: Sequence[str]) -> list[str]:
    """The fault of masks that are all background, or all of one class."""
    if not any(seen.drawn.values()):
        return ["nobody drew anything in any image"]
    if len(class_names) == 1 and min(seen.drawn.values()) == 1:
        return ["all annotators marked every pixel of all images: there is no background"]
    return []


def read_given_consensus(
    path: Path,
    name: str,
    shape: tuple[int, int],
    class_names: Sequence[str],
    kinds: Mapping[str, MaskKind],
) -> Mask:
    """Read a consensus that came with the data.

    Its numbers are classes if annotators' are, or if no annotator has numbers and each number is
    one of several named classes; else several are objects.

    Parameters
    ----------
    path
        Of the consensus.
    name, shape
        Of the image; (y, x).
    class_names
        Of classes 1, 2, ...
    kinds
        Annotator to what the numbers in its mask images mean.

    Raises
    ------
    InputError
        As `read_mask` does.
    """
    kind = next((one for one in kinds.values() if one.kind == "classes"), None)
    if kind is None:
        numbers = survey_mask(path, name).numbers
        if not kinds and len(class_names) > 1 and max(numbers, default=0) <= len(class_names):
            kind = MaskKind("classes", tuple(range(1, len(class_names) + 1)))
        elif len(numbers) > 1:
            kind = MaskKind("objects")
    return read_mask(path, shape, name, class_names, kind)


def without(mask: Mask, left_out: NDArray[np.bool_] | None) -> Mask:
    """Give a mask that says nothing of some pixels."""
    if left_out is None:
        return mask
    classes = np.where(left_out, np.int16(IGNORED), mask.classes)
    objects = None if mask.objects is None else np.where(left_out, np.int32(0), mask.objects)
    return replace(mask, classes=classes, objects=objects)


def _look(
    inputs: SegmentInputs, surveys: Surveys, *, whole: bool
) -> tuple[Seen, dict[str, tuple[int, int]], list[str]]:
    """Read each image once, and each mask where a survey does not tell enough."""
    seen, shapes, faults = Seen(), {}, []
    for one in inputs.annotated.images:
        try:
            image = read_image_as(one.image, one.name, inputs.read_as)
        except InputError as fault:
            faults.append(str(fault))
            continue
        shapes[one.name] = image.shape
        seen.sizes[one.name] = image.pixel_size_um
        seen.note(image.notes, one.name)
        faults += _look_at_masks(replace(inputs, shapes=shapes), one, surveys, seen, whole=whole)
    return seen, shapes, faults


def _look_at_masks(
    inputs: SegmentInputs, one: AnnotatedImage, surveys: Surveys, seen: Seen, *, whole: bool
) -> list[str]:
    """Check the masks of one image, which are read only where outlines have to be painted."""
    faults = []
    for expert, path in one.masks.items():
        survey = surveys.get((expert, one.name))
        try:
            if survey is not None and survey.shape is not None:
                check_size(path, survey.shape, inputs.shapes[one.name])
            if survey is None or not whole:
                continue
            if survey.drawn:
                mask, notes = read_mask_noted(
                    path, inputs.shapes[one.name], one.name, inputs.class_names, None
                )
                share, classes = float(mask.foreground.mean()), np.unique(mask.classes).tolist()
            else:
                share, notes = survey.share, survey.notes
                classes = _classes(path, survey, inputs.kinds[expert], inputs.class_names)
        except InputError as fault:
            faults.append(str(fault))
            continue
        seen.drawn[expert, one.name] = share
        seen.classes.update(classes)
        seen.note(notes, f"{expert} of {one.name}")
    largest = max((seen.drawn.get((expert, one.name), 0) for expert in one.masks), default=0)
    if largest > 0.5 and not faults:
        seen.warnings += look_for_inverted(one.name, inputs.masks(one.name))
    return faults


def _classes(path: Path, survey: MaskSurvey, kind: MaskKind, names: Sequence[str]) -> list[int]:
    """Numbers of the classes of a mask image."""
    if kind.kind != "classes":
        return [1] if survey.numbers else []
    classes = [kind.numbers.index(number) + 1 for number in survey.numbers]
    if max(classes, default=0) > len(names):
        raise InputError(
            path, f"it holds the class number {max(survey.numbers)}",
            f"the {len(names)} classes {', '.join(names)}",
            "Name all classes with `--classes`, or correct the mask.",
        )  # fmt: skip
    return classes
