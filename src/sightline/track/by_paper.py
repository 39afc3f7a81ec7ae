"""Points followed by the published method (`sightline.track.paper`), given as by any other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sightline.track.follow_settings import FollowSettings
from sightline.track.located import Located
from sightline.track.paper.descent import follow_paper
from sightline.track.paper.references import PaperReferences


def follow_by_paper(  # noqa: PLR0913, PLR0917 -- as `follow_paper`
    frame: NDArray[np.float32],
    references: PaperReferences,
    nearest: Sequence[int],
    start: NDArray[np.float64],
    given: NDArray[np.float64],
    settings: FollowSettings,
    distance: float,
    window: Sequence[NDArray[np.float32]],
    probability: NDArray[np.floating] | None,
) -> Located:
    """Descend from where points were in the parent; a point that looks unlike counts as hidden.

    Parameters are those of `follow_paper`, with ``nearest`` the most similar reference first.
    """
    positions, score = follow_paper(
        frame, references, nearest, start, distance, settings.paper, given, window, probability
    )
    score = np.nan_to_num(score)
    return Located(positions, score, score >= settings.least_score)
