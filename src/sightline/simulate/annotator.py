"""Annotators who err as people do: more where the case is unclear, and in their own direction."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sightline.data.decision import CELL, NOT_CELL
from sightline.errors import SettingError


class Judged(Protocol):
    """Candidates with their truth and how plain each case is."""

    @property
    def cell(self) -> NDArray[np.bool_]:
        """The truth, (candidate,)."""
        ...

    @property
    def clarity(self) -> NDArray[np.float64]:
        """How plain the case is, 0 to 1, (candidate,)."""
        ...


@dataclass(frozen=True)
class SimulatedAnnotator:
    """One person's opinion of every candidate, fixed: asked twice, they say the same.

    Parameters
    ----------
    name
        The annotator's name.
    says_cell : (candidate,) bool
        Their opinion.
    """

    name: str
    says_cell: NDArray[np.bool_]

    def verdict(self, index: int) -> str:
        """What they say of a candidate."""
        return CELL if self.says_cell[index] else NOT_CELL


def simulate_annotator(
    name: str,
    candidates: Judged,
    rng: np.random.Generator,
    *,
    error: float = 0.05,
    leniency: float = 0.0,
) -> SimulatedAnnotator:
    """Form an opinion of every candidate.

    Parameters
    ----------
    name
        The annotator's name.
    candidates
        What is judged.
    rng
        Source of randomness.
    error
        Chance of a wrong verdict of a candidate of average clarity.
    leniency
        From -1 (strict: errs by rejecting) to 1 (errs by accepting).

    Raises
    ------
    SettingError
        If ``error`` is not between 0 and 0.5, or ``leniency`` not between -1 and 1.
    """
    if not 0 <= error <= 0.5 or not -1 <= leniency <= 1:
        raise SettingError(
            f"The annotator has error {error} and leniency {leniency}; they must lie in 0 to 0.5 "
            "and -1 to 1."
        )
    unclear = 1 - candidates.clarity
    direction = np.where(candidates.cell, 1 - leniency, 1 + leniency)
    chance = np.clip(error * direction * unclear / max(unclear.mean(), 1e-9), 0, 0.5)
    wrong = rng.random(len(chance)) < chance
    return SimulatedAnnotator(name, candidates.cell ^ wrong)
