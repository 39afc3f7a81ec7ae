"""Divisions: a nucleus is gone from some frame on, and two daughters move apart from its place."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.simulate.deforming_settings import DeformingSettings, Stream

_EARLIEST, _LATEST = 0.15, 0.85  # of the recording
_APART: Final = 1.5  # radii of a nucleus, of each daughter from the mother's place in the end
_AT_ONCE: Final = 0.4  # share of it in the first frame
_FRAMES: Final = 4.0  # in which the rest falls to a third


@dataclass(frozen=True)
class Lineage:
    """Who is there when, keypoints first: mothers and others, then pairs of daughters.

    Parameters
    ----------
    origin : (nucleus,) int64
        As which nucleus of the undivided body each is drawn; daughters as their mother.
    mothers : (division,) int64
        Nuclei that divide; their daughters are ``points + 2 * division`` and the next.
    born, gone : (nucleus,) float64
        First frame in which each is there, and first in which it is not; infinite where always.
    apart_um : (nucleus, 3) float64
        From the mother's place in the end.
    """

    origin: NDArray[np.int64]
    mothers: NDArray[np.int64]
    born: NDArray[np.float64]
    gone: NDArray[np.float64]
    apart_um: NDArray[np.float64]

    def present(self, frame: int) -> NDArray[np.bool_]:
        """(nucleus,) who is there."""
        return (self.born <= frame) & (frame < self.gone)

    def moved_apart_um(self, frame: int) -> NDArray[np.float64]:
        """(nucleus, 3) from the mother's place; zero but for daughters."""
        age = np.maximum(frame - np.where(np.isfinite(self.born), self.born, frame), 0)
        share = 1 - (1 - _AT_ONCE) * np.exp(-age / _FRAMES)
        return self.apart_um * share[:, None]


def draw_lineage(settings: DeformingSettings) -> Lineage:
    """Draw which keypoints divide, when and which way."""
    random = settings.random(Stream.DIVISION)
    count, points = settings.divisions, settings.points
    mothers = np.sort(random.choice(points, count, replace=False)).astype(np.int64)
    share = random.uniform(_EARLIEST, _LATEST, count)
    when = np.floor(share * settings.frames)
    way = random.normal(size=(count, 3))
    if settings.planes == 1:
        way[:, 0] = 0.0
    way *= _APART * settings.radius_um / np.linalg.norm(way, axis=1, keepdims=True)
    daughters = points + np.arange(2 * count)
    others = points + np.arange(settings.others)
    origin = np.concatenate([np.arange(points), np.repeat(mothers, 2), others])
    born, gone = np.full(len(origin), -np.inf), np.full(len(origin), np.inf)
    apart = np.zeros((len(origin), 3))
    gone[mothers], born[daughters] = when, np.repeat(when, 2)
    apart[daughters] = np.repeat(way, 2, axis=0) * np.tile([1.0, -1.0], count)[:, None]
    return Lineage(origin, mothers, born, gone, apart)
