"""What a learner says of every pixel of an image, and how unsure it is, by cause."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Segmentation:
    """Probabilities, and uncertainty kept apart by where it comes from.

    The three parts are variances between 0 and .25, means over classes, so that images of one
    model compare. Together they are mean(p) (1 - mean(p)): what the paper maps as uncertainty
    says nothing beyond the mean probability; its parts do.

    Parameters
    ----------
    probability : (class, y, x) float32
        Of the background, 0, and each class; they add up to 1.
    between_members : (y, x) float32
        Variance between networks, each averaged over flips: what more training data could mend.
    between_flips : (y, x) float32
        Mean over networks of the variance between flips of the image.
    data : (y, x) float32
        Mean of p (1 - p) over all: what every network is unsure of, as faint or blurred borders.
    middle : (y, x) float32 or None
        How far inside its object each pixel is, 0 to 1, where a network has learnt it.

    References
    ----------
    deepflash2, equations 3 to 5.
    """

    probability: NDArray[np.float32] = field(repr=False)
    between_members: NDArray[np.float32] = field(repr=False)
    between_flips: NDArray[np.float32] = field(repr=False)
    data: NDArray[np.float32] = field(repr=False)
    middle: NDArray[np.float32] | None = field(default=None, repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """(y, x)."""
        return self.probability.shape[1], self.probability.shape[2]

    @property
    def classes(self) -> NDArray[np.int16]:
        """(y, x) the likeliest class."""
        return self.probability.argmax(axis=0).astype(np.int16)

    @property
    def uncertainty(self) -> NDArray[np.float32]:
        """(y, x) 0 to .25, the paper's map: the three parts together."""
        return self.between_members + self.between_flips + self.data

    def score(self, part: NDArray[np.float32] | None = None) -> float:
        """U: the mean of a map, the paper's if none is given, over the predicted foreground.

        NaN where nothing is predicted. deepflash2, equation 5.
        """
        inside = self.classes > 0
        values = self.uncertainty if part is None else part
        return float(values[inside].mean()) if inside.any() else float("nan")
