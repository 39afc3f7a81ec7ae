"""What is known of one predicted image, and how such rows stand in files."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from sightline.data.json_values import without_nan
from sightline.formats.image_tiff import PixelSize
from sightline.formats.new_file import renewed_file

UNCERTAINTY_PARTS: Final = ("between_members", "between_flips", "data")
SCORES: Final = (
    "rank", "name", "uncertainty", *UNCERTAINTY_PARTS, "expected_dice", "review", "foreign",
    "foreign_score", "why", "objects", "foreground_share", "pixel_size_y_um", "pixel_size_x_um",
    "source",
)  # fmt: skip
"""Columns of ``scores.csv``."""


@dataclass(frozen=True)
class PredictedImage:
    """What is known of one predicted image.

    Parameters
    ----------
    name
        Of the image; its files are named so.
    source
        File it was read from.
    shape
        (y, x) of the image and of all that was predicted of it.
    pixel_size_um
        Along y and x; None where nobody said.
    uncertainty
        U: mean of the paper's map over the predicted foreground; NaN where nothing is predicted.
    between_members, between_flips, data
        The same mean of each part; together they are ``uncertainty``.
    objects
        How many.
    foreground_share
        Of the image's pixels.
    expected_dice
        Forecast from the uncertainty of the training images and their scores out of fold; NaN
        where they were too few to tell.
    foreign, foreign_score, why
        Whether the image is unlike what the model was trained on, how much so, and in what.
    review
        Whether the paper's rule (equation 8) wants a person to look at it.
    notes
        What was assumed, in words, such as that the image was rescaled.
    recipe
        Digest of image, model and settings: where it is the same, nothing is computed again.
    """

    name: str
    source: str
    shape: tuple[int, int]
    pixel_size_um: PixelSize = None
    uncertainty: float = math.nan
    between_members: float = math.nan
    between_flips: float = math.nan
    data: float = math.nan
    objects: int = 0
    foreground_share: float = 0.0
    expected_dice: float = math.nan
    foreign: bool = False
    foreign_score: float = math.nan
    why: str = ""
    review: bool = False
    notes: tuple[str, ...] = ()
    recipe: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; what is no number is None."""
        return {key: without_nan(value) for key, value in asdict(self).items()}


def predicted_image(kept: Mapping[str, Any]) -> PredictedImage:
    """Read a row as `PredictedImage.to_dict` gave it.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is none.
    """
    known = {one.name: kept[one.name] for one in fields(PredictedImage) if one.name in kept}
    for one in fields(PredictedImage):
        if one.type is float or one.type == "float":
            value = known.get(one.name)
            known[one.name] = math.nan if value is None else float(value)
    size = known.get("pixel_size_um")
    known["pixel_size_um"] = None if size is None else (float(size[0]), float(size[1]))
    known["shape"] = (int(known["shape"][0]), int(known["shape"][1]))
    known["notes"] = tuple(str(note) for note in known.get("notes", ()))
    known["name"] = str(known["name"])
    return PredictedImage(**known)


def by_uncertainty(row: PredictedImage) -> tuple[bool, float, str]:
    """Order for review: most uncertain first, those without any foreground last."""
    unknown = math.isnan(row.uncertainty)
    return unknown, 0.0 if unknown else -row.uncertainty, row.name


def score_lines(rows: Sequence[PredictedImage]) -> Iterator[list[Any]]:
    """Lines of ``scores.csv``, in the order of the rows."""
    for rank, row in enumerate(rows, start=1):
        y, x = row.pixel_size_um or ("", "")
        known = {"rank": rank, "pixel_size_y_um": y, "pixel_size_x_um": x}
        yield [known[column] if column in known else getattr(row, column) for column in SCORES]


def write_table(path: Path, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Write a table of ours as CSV, in place of an earlier one; what is no number stays empty.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    with renewed_file(path) as aside, aside.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([without_nan(value) for value in line] for line in lines)
