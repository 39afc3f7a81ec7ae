"""What stays the same in a flat recording."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def median_background(frames: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(1, y, x) median over flat frames (channel, 1, y, x), channels averaged."""
    return np.median([frame.mean(axis=0) for frame in frames], axis=0).astype(np.float32)
