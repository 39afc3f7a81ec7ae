"""What an annotator said of one item: a verdict, a mask or a keypoint position."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sightline.errors import InputError

CELL: Final = "cell"
NOT_CELL: Final = "not cell"
UNSURE: Final = "unsure"
SKIP: Final = "skip"

_SHA256 = re.compile("[0-9a-f]{64}")


class DecisionKind(StrEnum):
    """What a decision is about; each kind has its own meaning of value, position and payload."""

    VERDICT = "verdict"
    MASK = "mask"
    KEYPOINT = "keypoint"


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of one annotator about one item; never changed, only superseded.

    Parameters
    ----------
    item
        What was judged, as ``recording/identity``, for example ``"mouse1/17"``. A later decision
        of the same annotator on the same item supersedes this one, whatever its kind.
    annotator
        Name of the person who decided.
    kind
        Verdict, mask or keypoint.
    value
        Verdict: the class name. Mask: the class drawn. Keypoint: its visibility, ``"seen"`` or
        ``"hidden"``. Any kind: ``UNSURE`` or ``SKIP``, which need neither position nor payload.
    position
        Keypoint only: (z, y, x) or (y, x), in pixels; pixel centres are whole numbers.
    payload
        Mask only: SHA-256 of the stored mask file, in lowercase hexadecimal.
    seconds
        Time from seeing the item to answering; ``None`` where it was not measured.
    evidence
        Version of the evidence the answer rests on, such as ``"features:actsort-1"``.
    blind
        Whether neither prediction nor another annotator's decision had been seen.
    probe
        Whether the item had been drawn at random, so that it may serve unbiased estimates.

    Raises
    ------
    InputError
        If a part is missing, malformed or belongs to another kind of decision.
    """

    item: str
    annotator: str
    kind: DecisionKind
    value: str
    position: tuple[float, ...] | None = None
    payload: str | None = None
    seconds: float | None = None
    evidence: str = ""
    blind: bool = True
    probe: bool = False

    def __post_init__(self) -> None:
        if not (self.item and self.annotator and self.value):
            raise self._fault("an empty name", "item, annotator and value to be given")
        if self.seconds is not None and not 0 <= self.seconds < math.inf:
            raise self._fault(f"{self.seconds} seconds", "a finite time, zero or more")
        if self.position is not None or (
            self.kind is DecisionKind.KEYPOINT and self.value == "seen"
        ):
            self._check_position()
        if self.payload is not None or (
            self.kind is DecisionKind.MASK and self.value not in (UNSURE, SKIP)
        ):
            self._check_payload()

    def _check_position(self) -> None:
        position = self.position or ()
        finite = all(math.isfinite(coordinate) for coordinate in position)
        if self.kind is not DecisionKind.KEYPOINT or len(position) not in (2, 3) or not finite:
            raise self._fault(
                f"position {self.position}", "(y, x) or (z, y, x) of a keypoint, all finite"
            )

    def _check_payload(self) -> None:
        if self.kind is not DecisionKind.MASK or not _SHA256.fullmatch(self.payload or ""):
            raise self._fault(f"payload {self.payload!r}", "the SHA-256 of a stored mask")

    def _fault(self, found: str, expected: str) -> InputError:
        where = f"decision of {self.annotator!r} on {self.item!r} ({self.kind})"
        return InputError(where, found, expected, "Correct the answer and send it again.")
