"""Labels as other programs write them, brought to class indices."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sightline.data.decision import CELL, NOT_CELL, SKIP, UNSURE
from sightline.errors import InputError

_WORDS = {
    **dict.fromkeys((CELL, "1", "+1", "1.0", "+1.0"), 1),
    **dict.fromkeys((NOT_CELL, "-1", "-1.0"), 0),
    **dict.fromkeys((UNSURE, SKIP, "", "0", "0.0"), -1),
}


def labels_from_numbers(
    numbers: NDArray, annotator: str, candidates: int, source: str | Path
) -> NDArray[np.int8]:
    """Turn +1, -1 and 0 into 1 (cell), 0 (not a cell) and -1 (undecided).

    Raises
    ------
    InputError
        If there is another number, or not one number a candidate.
    """
    _check_length(len(numbers), annotator, candidates, source)
    wrong = ~np.isin(numbers, (1, -1, 0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise _wrong_label(source, annotator, f"{numbers[first]:g}", first)
    return np.where(numbers == 0, -1, numbers > 0).astype(np.int8)


def labels_from_words(words: Sequence[str], annotator: str, source: str | Path) -> NDArray[np.int8]:
    """Turn ``cell``, ``not cell``, or +1, -1, 0 or nothing, into 1, 0 and -1.

    Raises
    ------
    InputError
        If there is another word.
    """
    labels = np.empty(len(words), np.int8)
    for row, word in enumerate(words):
        key = word.strip().lower()
        if key not in _WORDS:
            raise _wrong_label(source, annotator, repr(word), row)
        labels[row] = _WORDS[key]
    return labels


def _check_length(found: int, annotator: str, candidates: int, source: str | Path) -> None:
    if found != candidates:
        raise InputError(
            source,
            f"{annotator} has {found} labels",
            f"{candidates}, one a candidate",
            "Check that labels and features are of the same extraction.",
        )


def _wrong_label(source: str | Path, annotator: str, label: str, row: int) -> InputError:
    return InputError(
        source,
        f"{annotator} has the label {label} for candidate {row}",
        "+1 (cell), -1 (not a cell) or 0 (undecided)",
        "Correct that label, or leave it 0.",
    )
