"""How readily a network says foreground, set by whole images instead of the patches it has seen.

Patches are centred on what is to be found, so that a network meets it more often than images have
it, and marks too much.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.segment.model import Model
from sightline.segment.normalise import averaged
from sightline.segment.patches import quieter
from sightline.segment.predict import Predictor
from sightline.segment.training_image import TrainingImage
from sightline.trust.mask_scores import dice

_SHIFTS: Final = np.arange(-8, 13) / 4  # of the background's score, before the softmax
_BIAS: Final = "head.bias"


def balanced(model: Model, images: Sequence[TrainingImage]) -> dict[str, NDArray[Any]]:
    """Weights of a model's only network, with the background as likely as images have it.

    Parameters
    ----------
    model
        Of one network.
    images
        That it has not learnt from, if there are any: that shift of the background's score is
        taken which makes their mean Dice largest.
    """
    weights = dict(model.members[0])
    if _BIAS not in weights:
        return weights
    quick = replace(model, settings=replace(model.settings, flips_at_prediction=1))
    predictor = Predictor.of(quick)
    seen = [(one.image, one.target) for one in images]
    if model.settings.quiet_members:  # it is asked of quieter images as well
        widths = model.settings.smoothed_px
        seen += [
            (replace(image, pixels=quieter(averaged(image.pixels, 1), widths[number % 2])), target)
            for number, (image, target) in enumerate(seen)
        ]
    scores = [_scores(predictor.image(image).probability, target) for image, target in seen]
    scores = [row for row in scores if np.isfinite(row).all()]
    if not scores:
        return weights
    mean = np.mean(scores, axis=0)
    best = np.flatnonzero(mean == mean.max())
    shift = _SHIFTS[best[np.abs(_SHIFTS[best]).argmin()]]
    bias = np.array(weights[_BIAS])
    bias[0] += shift
    return weights | {_BIAS: bias}


def _scores(probability: NDArray[np.float32], target: NDArray[np.int16]) -> NDArray[np.float64]:
    """(shift,) Dice of an image with the background shifted; NaN where there is nothing at all."""
    said = target >= 0
    foreground = probability[1:].max(axis=0)
    likeliest = probability[1:].argmax(axis=0) + 1
    found = []
    for shift in _SHIFTS:
        classes = np.where(foreground > probability[0] * np.exp(shift), likeliest, 0)
        kept = np.where(said, classes, 0), np.where(said, target, 0)
        found.append(dice(*kept, range(1, len(probability))))
    return np.array(found)
