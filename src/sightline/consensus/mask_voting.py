"""Plain votes on masks: the majority, at least so many, and the share as a soft label."""

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.mask_votes import MaskVotes
from sightline.errors import SettingError


def majority_label(votes: MaskVotes, tie: int = 0) -> NDArray[np.int16]:
    """(pattern,) the class that most experts gave.

    Parameters
    ----------
    votes
        Of `count_votes`.
    tie
        What a pixel gets on which classes tie, or nobody said anything.
    """
    counts = np.stack([(votes.patterns == label).sum(axis=1) for label in range(votes.classes)], 1)
    best = counts.max(axis=1)
    clear = (counts == best[:, None]).sum(axis=1) == 1
    return np.where(clear & (best > 0), counts.argmax(axis=1), tie).astype(np.int16)


def at_least(votes: MaskVotes, number: int, label: int = 1) -> NDArray[np.bool_]:
    """(pattern,) whether so many experts gave a class.

    Raises
    ------
    SettingError
        If there are not so many experts.
    """
    if not 1 <= number <= votes.experts:
        raise SettingError(
            f"At least {number} experts are asked for; expected 1 to {votes.experts}, as many as "
            "there are. Choose another number."
        )
    return np.asarray((votes.patterns == label).sum(axis=1) >= number)


def soft_labels(votes: MaskVotes) -> NDArray[np.float64]:
    """(pattern, class) share of the experts who said something; NaN where nobody did."""
    return np.stack([votes.share(label) for label in range(votes.classes)], axis=1)
