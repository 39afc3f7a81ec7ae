"""Which features speak for a prediction, and which against."""

import numpy as np
from numpy.typing import NDArray

from sightline.data.sorting import Explanation, Reason
from sightline.learn.logistic import LogisticModel
from sightline.sort.classifier import Model
from sightline.sort.design import Design


def explain(
    design: Design,
    index: int,
    model: Model,
    classes: tuple[str, ...],
    label: int,
    *,
    most: int = 5,
) -> Explanation:
    """Split the log-odds of a candidate into the parts of its features.

    Parameters
    ----------
    design
        With the candidate's row.
    index
        Which row.
    model
        Linear, so that the parts add up: a part is weight times standardised value.
    classes
        Class names.
    label
        The predicted class.
    most
        Features named on each side.
    """
    row = design.X[index].astype(np.float64)
    probability = np.ravel(model.probability(row[None, :]))
    if isinstance(model, LogisticModel):
        parts = row * model.coefficients * (1 if label == 1 else -1)
        chance = probability[0] if label == 1 else 1 - probability[0]
    else:
        parts = row * (model.coefficients[label] - model.coefficients.mean(0))
        chance = probability[label]
    order = np.argsort(-parts, kind="stable")
    return Explanation(
        design.items[index],
        classes[label],
        float(chance),
        _reasons(design, row, parts, [i for i in order[:most] if parts[i] > 0]),
        _reasons(design, row, parts, [i for i in order[::-1][:most] if parts[i] < 0]),
    )


def _reasons(
    design: Design, row: NDArray[np.float64], parts: NDArray[np.float64], which: list[int]
) -> tuple[Reason, ...]:
    return tuple(Reason(design.columns[i], float(row[i]), float(parts[i])) for i in which)
