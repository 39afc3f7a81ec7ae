"""Verdicts that EXTRACT's cell check and CIATAH's signal sorter leave in MATLAB files."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.formats.candidates.matlab_file import Struct, matlab_shape

EXTRACT_USER: Final = "extract-user"
CIATAH_USER: Final = "ciatah-user"
_CIATAH_NAMES: Final = (
    "valid", "validCellMax", "validEXTRACT", "validCNMF", "validCNMFE", "validROI",
)  # fmt: skip
_DENDRITE: Final = 2


@dataclass
class Verdicts:
    """What people decided and what the extractor proposes, as in `CandidateSet`."""

    labels: dict[str, NDArray[np.int8]] = field(default_factory=dict)
    proposal: NDArray[np.int8] | None = None
    notes: list[str] = field(default_factory=list)


def find_verdicts(beside: Struct, variables: Struct, count: int) -> Verdicts:
    """Find verdicts on all candidates.

    Parameters
    ----------
    beside
        The struct that holds the footprints: EXTRACT's ``user_labels`` (1 cell, -1 not, 2 dendrite)
        and ``extract_labels``, or ``info.cellcheck.is_bad``.
    variables
        The file's own: CIATAH's ``valid`` (1 cell, 0 not, else undecided) and its like.
    count
        Number of candidates; arrays of another length are something else.
    """
    verdicts = Verdicts()
    by_hand = _numbers(beside.get("user_labels"), count)
    if by_hand is not None:
        labels = np.select([by_hand == 1, by_hand == -1], [1, 0], -1).astype(np.int8)
        verdicts.labels[EXTRACT_USER] = labels
        dendrites = int((by_hand == _DENDRITE).sum())
        if dendrites:
            verdicts.notes.append(f"{dendrites} labelled as dendrites count as undecided.")
    for name in _CIATAH_NAMES:
        chosen = _numbers(variables.get(name), count)
        if chosen is not None:
            labels = np.select([chosen == 1, chosen == 0], [1, 0], -1).astype(np.int8)
            verdicts.labels[CIATAH_USER] = labels
    verdicts.proposal = _extract_proposal(beside, count)
    verdicts.labels = {
        who: labels for who, labels in verdicts.labels.items() if (labels >= 0).any()
    }
    return verdicts


def _extract_proposal(beside: Struct, count: int) -> NDArray[np.int8] | None:
    machine = _numbers(beside.get("extract_labels"), count)
    if machine is not None:
        return np.select([machine == 1, machine == -1], [1, 0], -1).astype(np.int8)
    info = beside.get("info")
    check = info.get("cellcheck") if isinstance(info, dict) else None
    bad = _numbers(check.get("is_bad"), count) if isinstance(check, dict) else None
    return None if bad is None else (bad == 0).astype(np.int8)


def _numbers(node: Any, count: int) -> NDArray[Any] | None:
    """One number a candidate, where it is that."""
    if not hasattr(node, "dtype") or np.prod(matlab_shape(node)) != count:
        return None
    return np.ravel(node[:])
