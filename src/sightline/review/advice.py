"""Whether more answers are worth it, in words."""

from collections.abc import Callable, Sequence

import numpy as np

from sightline.sort.classifier import fit_classifier
from sightline.sort.learner import Learner
from sightline.sort.target import decide
from sightline.trust.stopping import ExpectedChanges, expected_changes

_SURE = 0.75
_FITS = 12
_FEWEST = 12


def share_sure(learner: Learner) -> float:
    """Share of the undecided whose most probable class has at least 0.75; NaN without classifier.

    The paper's boundary samples are the others, between 0.25 and 0.75 (appendix C.4).
    """
    p, undecided = learner.probability, ~learner.decided
    if p is None or not undecided.any():
        return float("nan")
    top = np.maximum(p, 1 - p) if p.ndim == 1 else p.max(1)
    return float((top[undecided] >= _SURE).mean())


def forecast(
    learner: Learner, order: Sequence[int], more: int, stop: Callable[[], bool] = lambda: False
) -> ExpectedChanges | None:
    """How many labels ``more`` answers are expected to change.

    The classifier is fitted again to the first so many answers, at a dozen points of the session's
    second half; how far its labels moved there says how far they still will.

    Parameters
    ----------
    learner
        With two classes, fitted.
    order
        Rows of the training answers, oldest first.
    more
        Answers to look ahead.
    stop
        Asked now and then; once it says yes, nothing more is fitted.

    Returns
    -------
    ExpectedChanges or None
        ``None`` while there are too few answers to tell, or when stopped.
    """
    counts = np.unique(np.linspace(len(order) / 2, len(order), _FITS).astype(int))
    if len(order) < _FEWEST:
        return None
    history, fitted, model = [], [], None
    for count in counts:
        if stop():
            return None
        rows = np.array(order[:count])
        answers = learner.answers[rows]
        model = fit_classifier(
            learner.design.X[rows],
            answers,
            2,
            learner.settings,
            start=model,
            towards=learner.towards,
        )
        if model is None:
            continue
        belief = model.probability(learner.design.X)
        belief[rows] = answers
        history.append(belief > decide(belief, learner.settings.target).threshold)
        fitted.append(count)
    if len(fitted) < 2:
        return None
    return expected_changes(np.array(history), np.array(fitted), more)


def stopping_advice(
    learner: Learner, order: Sequence[int], stop: Callable[[], bool] = lambda: False
) -> str:
    """One sentence on what going on would bring; means nothing once ``stop`` has said yes."""
    undecided = int((~learner.decided).sum())
    if not undecided:
        return "Everything is decided."
    more = min(max(10, round(0.2 * len(order))), undecided)
    if learner.classes != 2:
        return "With more than two classes it cannot be said what more answers would change."
    expected = forecast(learner, order, more, stop)
    if expected is None:
        return "Too few answers to say what more of them would change."
    share = expected.labels / len(learner.design)
    text = (
        f"{more} more answers are expected to change about {expected.labels:.0f} labels "
        f"({expected.low:.0f} to {expected.high:.0f}), {100 * share:.1f} % of all."
    )
    return f"{text} An audit now would show whether that matters." if share < 0.01 else text
