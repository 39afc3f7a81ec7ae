"""How far the review of a segmentation has come, and how good the rest may be."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.decision import ACCEPTED, SKIP, UNSURE, Decision
from sightline.data.mask_item import parse_mask_item
from sightline.data.reviewed_masks import SegmentProgress
from sightline.project.predictions import MachineMask, Predictions
from sightline.review.said_masks import NOTHING_SAID, REJECTED, SaidOfImage
from sightline.trust.bounds import Estimate
from sightline.trust.dice_forecast import fit_forecast

_UNKNOWN: Final = Estimate(np.nan, np.nan, np.nan)
_FEWEST_PROBES: Final = 3


def segment_progress(
    names: Sequence[str],
    said: Mapping[str, SaidOfImage],
    predictions: Predictions,
    decisions: Collection[Decision],
    dice: Mapping[str, float],
    wanted_dice: float,
) -> SegmentProgress:
    """Count.

    Parameters
    ----------
    names
        Of the images.
    said
        What stands, by image.
    predictions
        Of the machine.
    decisions
        The annotator's on masks, standing.
    dice
        Of the machine's mask with a person's, by image, where there are both.
    wanted_dice
        Below which a mask is to be looked at.
    """
    masks = {mask.name: mask for mask in predictions.masks}
    told = {name: said.get(name, NOTHING_SAID) for name in names}
    rest = [masks[name] for name in names if name in masks and not told[name].outlined]
    of_images = [one for one in decisions if not parse_mask_item(one.item).object]
    values = [one.value for one in decisions]
    probed = {parse_mask_item(one.item).image for one in of_images if one.probe} & set(dice)
    known = _mean([dice[name] for name in sorted(probed)])
    objects = _objects(told, predictions)
    expected, below, error = _forecast(rest, masks, dice, wanted_dice)
    return SegmentProgress(
        images=len(names),
        outlined=sum(one.outlined for one in told.values()),
        corrected=sum(one.correction is not None for one in told.values()),
        predicted=sum(name in masks for name in names),
        decided=len({parse_mask_item(one.item).image for one in of_images}),
        accepted=sum(one.value == ACCEPTED for one in of_images),
        rejected=sum(one.value == REJECTED for one in of_images),
        unsure=values.count(UNSURE),
        skipped=values.count(SKIP),
        objects=len(objects),
        objects_accepted=objects.count(True),
        objects_rejected=objects.count(False),
        seconds=sum(one.seconds or 0.0 for one in decisions),
        left=len(rest),
        expected_dice=expected,
        below=below,
        wanted_dice=wanted_dice,
        forecast_error=error,
        compared=len(dice),
        probes=len(probed),
        dice=known.value,
        dice_low=known.low,
        dice_high=known.high,
    )


def _objects(told: Mapping[str, SaidOfImage], predictions: Predictions) -> list[bool | None]:
    """What stands of each object."""
    objects = predictions.objects
    images = [told.get(mask.name, NOTHING_SAID).objects for mask in predictions.masks]
    return [
        images[place].get(name)
        for place, name in zip(objects.image.tolist(), objects.names, strict=True)
    ]


def _forecast(
    rest: Sequence[MachineMask],
    masks: Mapping[str, MachineMask],
    dice: Mapping[str, float],
    wanted: float,
) -> tuple[float, float, float]:
    """Mean Dice of the rest, the share below the wanted one, and the error of the forecast.

    From this project's own comparisons where there are enough, else as the model has it.
    """
    if not rest:
        return np.nan, np.nan, np.nan
    compared = [masks[name].scores.uncertainty for name in dice]
    line = fit_forecast(compared, list(dice.values()))
    scores = [mask.scores for mask in rest]
    expected = np.array(
        [one.expected_dice if line is None else line.expected(one.uncertainty) for one in scores]
    )
    error = np.nan if line is None else line.error
    return _known_mean(expected), _known_mean(_below(expected, wanted)), error


def _below(expected: NDArray[np.float64], wanted: float) -> NDArray[np.float64]:
    return np.where(np.isnan(expected), np.nan, expected < wanted)


def _known_mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _mean(values: Sequence[float]) -> Estimate:
    """Mean Dice with Student's bounds, cut off at 0 and 1."""
    from scipy.special import stdtrit  # noqa: PLC0415 - seldom needed

    number = len(values)
    if number < _FEWEST_PROBES:
        return _UNKNOWN
    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
    half = float(stdtrit(number - 1, 0.975)) * spread / number**0.5
    return Estimate(mean, max(mean - half, 0.0), min(mean + half, 1.0))
