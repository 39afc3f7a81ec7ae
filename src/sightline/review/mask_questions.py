"""Questions of a segmentation session: uncertain images and objects, and why each is asked."""

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sightline.data.question import Question
from sightline.errors import SettingError
from sightline.project.predictions import MachineMask, MachineScores, Predictions
from sightline.query.doubtful_masks import choose_masks

Of = Literal["images", "objects"]
OF: Final = get_args(Of)

_MOST_UNCERTAIN: Final = 0.25  # the largest that U can be; that of an image with nothing found
_PARTS: Final = {
    "between_members": "the networks disagree",
    "between_flips": "mirrored, it is seen differently",
    "data": "borders are faint",
}


def check_of(of: str) -> None:
    """Pass if questions are of images or of objects; else raise SettingError."""
    if of not in OF:
        raise SettingError(f"Questions of {of!r} were asked for; ask for {' or '.join(OF)}.")


def image_questions(
    items: list[str],
    masks: list[MachineMask | None],
    closed: NDArray[np.bool_],
    number: int,
    *,
    probe_every: int,
    asked: int,
    seed: int,
) -> list[Question]:
    """Choose images and put them as questions, the machine's most uncertain first.

    Parameters
    ----------
    items
        Name of each image in decisions.
    masks
        The machine's; None where it has none, which are asked last.
    closed : (image,)
        What must not be asked.
    number, probe_every, asked, seed
        As for `choose_masks`.

    Raises
    ------
    SettingError
        If the number is not positive.
    """
    score = np.array([_score(mask) for mask in masks], np.float32)
    place = np.empty(len(score), np.int64)
    place[np.argsort(-score, kind="stable")] = np.arange(1, len(score) + 1)

    def reason(index: int) -> str:
        mask = masks[index]
        if mask is None:
            return "nobody has outlined it, and the machine has not seen it"
        return _why(mask.scores, int(place[index]), len(score))

    chosen = choose_masks(
        score, closed, number, reason, probe_every=probe_every, asked=asked, seed=seed
    )
    return [Question(items[c.index], c.index, c.score, c.reason, c.probe) for c in chosen]


def object_questions(
    items: list[str],
    predictions: Predictions,
    closed: NDArray[np.bool_],
    number: int,
    *,
    probe_every: int,
    asked: int,
    seed: int,
) -> list[Question]:
    """Choose objects of the machine's masks and put them as questions; see `image_questions`."""
    objects = predictions.objects
    score = np.nan_to_num(objects.uncertainty, nan=_MOST_UNCERTAIN)
    usual = float(np.median(score)) if len(score) else 0.0

    def reason(index: int) -> str:
        name = predictions.masks[int(objects.image[index])].name
        times = f", {score[index] / usual:.1f} times the usual object's" if usual > 0 else ""
        where = f"at y {objects.y[index]:.0f}, x {objects.x[index]:.0f} of {name}"
        return f"{where}; uncertainty {score[index]:.3f}{times}"

    chosen = choose_masks(
        score, closed, number, reason, probe_every=probe_every, asked=asked, seed=seed
    )
    return [Question(items[c.index], c.index, c.score, c.reason, c.probe) for c in chosen]


def _score(mask: MachineMask | None) -> float:
    if mask is None:
        return -1.0
    uncertainty = mask.scores.uncertainty
    return _MOST_UNCERTAIN if np.isnan(uncertainty) else uncertainty


def _why(scores: MachineScores, place: int, number: int) -> str:
    foreign = f"; unlike the training images ({scores.why})" if scores.foreign else ""
    if np.isnan(scores.uncertainty):
        return f"the machine found nothing in it{foreign}"
    parts = {said: getattr(scores, part) for part, said in _PARTS.items()}
    known = {said: part for said, part in parts.items() if not np.isnan(part)}
    most = f"; {max(known, key=lambda said: known[said])} most" if any(known.values()) else ""
    return f"its uncertainty U is {scores.uncertainty:.3f}, {place} of {number}{most}{foreign}"
