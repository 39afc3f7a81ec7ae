"""What an annotator's file holds, before it is said what its numbers mean."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.data.annotated_images import AnnotatedImages
from sightline.errors import InputError
from sightline.formats.masks.annotation_files import is_numbers
from sightline.formats.masks.numbers_image import numbers_above_0, read_numbers
from sightline.formats.masks.open_drawing import read_drawing

FEW: Final = 8  # different numbers in 8 bits that may be classes
MOST_CLASSES: Final = 20  # that are told apart in one image where the user says they are classes
Surveys = dict[tuple[str, str], "MaskSurvey"]  # by annotator and image


@dataclass(frozen=True)
class MaskSurvey:
    """What one file holds of one image.

    Parameters
    ----------
    drawn
        Whether it holds outlines rather than numbers.
    shape
        (y, x); None where the file does not say.
    share
        Of pixels above 0; NaN of outlines.
    numbers
        That occur above 0; of more than ``MOST_CLASSES``, one more than that.
    deep
        Whether they are stored in more than 8 bits.
    pieces
        Median, over numbers, of the pieces that a number's pixels lie in.
    class_names
        That outlines have.
    notes
        What was assumed, in words.
    """

    drawn: bool
    shape: tuple[int, int] | None
    share: float = float("nan")
    numbers: frozenset[int] = frozenset()
    deep: bool = False
    pieces: float = 0.0
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def survey_masks(annotated: AnnotatedImages) -> tuple[Surveys, list[str]]:
    """Look at each mask of each annotator.

    Returns
    -------
    surveys
        Of each annotator and image whose file could be read.
    faults
        Of each that could not, in words.
    """
    surveys: Surveys = {}
    faults = []
    for image in annotated.images:
        for expert, path in image.masks.items():
            try:
                surveys[expert, image.name] = survey_mask(path, image.name)
            except InputError as fault:
                faults.append(str(fault))
    return surveys, faults


def survey_mask(path: Path, image: str) -> MaskSurvey:
    """Look at one file.

    Raises
    ------
    InputError
        If it is damaged.
    """
    if not is_numbers(path):
        drawing = read_drawing(path, image)
        return MaskSurvey(True, drawing.shape, class_names=drawing.class_names)
    found = read_numbers(path)
    values = found.values.astype(np.uint8) if found.values.dtype == bool else found.values
    numbers = numbers_above_0(values)
    few = not found.deep and 2 <= len(numbers) <= FEW
    return MaskSurvey(
        drawn=False,
        shape=(values.shape[0], values.shape[1]),
        share=float(np.count_nonzero(values > 0)) / max(values.size, 1),
        numbers=frozenset(numbers[: MOST_CLASSES + 1].tolist()),
        deep=found.deep,
        pieces=_pieces(values, numbers) if few else 0.0,
        notes=found.notes,
    )


def _pieces(values: NDArray[np.integer], numbers: NDArray[np.integer]) -> float:
    """Median, over numbers, of the pieces (8 neighbours) that its pixels lie in."""
    labels, counts = np.empty(values.shape, np.int32), []
    for number in numbers:
        ndimage.label(values == number, np.ones((3, 3)), output=labels)
        counts.append(int(labels.max()))
    return float(np.median(counts))
