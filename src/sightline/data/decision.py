"""What an annotator said: a verdict, a mask, a keypoint position, a merge, a note, a result."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sightline.errors import InputError

CELL: Final = "cell"
NOT_CELL: Final = "not cell"
UNSURE: Final = "unsure"
SKIP: Final = "skip"
SAME_CELL: Final = "same cell"
DIFFERENT_CELLS: Final = "different cells"
ACCEPTED: Final = "accepted"
WITHDRAWN: Final = "withdrawn"

_SHA256 = re.compile("[0-9a-f]{64}")


class DecisionKind(StrEnum):
    """What a decision is about; each kind has its own meaning of value, position and payload."""

    VERDICT = "verdict"
    MASK = "mask"
    KEYPOINT = "keypoint"
    MERGE = "merge"
    NOTE = "note"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of one annotator about one item; never changed, only superseded.

    Parameters
    ----------
    item
        What was judged, as ``recording/identity``, for example ``"mouse1/17"``; for a merge the
        pair of candidates, as `pair_item` names it; of masks and keypoints, see
        `sightline.data.mask_item` and `sightline.data.keypoint_item`. A later decision of the same
        annotator on the same item supersedes this one, whatever its kind; notes supersede only
        notes, results only results.
    annotator
        Name of the person who decided.
    kind
        Verdict, mask, keypoint, merge, note or result.
    value
        Verdict: the class name; of the machine's mask, or an object of it, ``ACCEPTED`` or
        ``"rejected"``. Mask: ``"drawn"``, or ``ACCEPTED`` as the machine had it. Keypoint: its
        visibility, ``"seen"`` or ``"hidden"``. Merge: ``SAME_CELL`` or ``DIFFERENT_CELLS``. Note:
        its text, empty to take the note away. Result: ``ACCEPTED`` or ``WITHDRAWN``. Any other
        kind: ``UNSURE`` or ``SKIP``, which need neither position nor payload.
    position
        Keypoint only: (z, y, x) or (y, x), in pixels; pixel centres are whole numbers.
    payload
        Mask and accepted result only: SHA-256 of the stored file, in lowercase hexadecimal.
    seconds
        Time from seeing the item to answering; ``None`` where it was not measured.
    evidence
        Version of the evidence the answer rests on, such as ``"features:actsort-1"``.
    blind
        Whether neither prediction nor another annotator's decision had been seen.
    probe
        Whether the item had been drawn at random, so that it may serve unbiased estimates.
    repeat
        Whether the annotator was asked again, without being told, of what they had judged before.
        It supersedes the answer before as any later decision does; a change of mind is no repeat.

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
    repeat: bool = False

    def __post_init__(self) -> None:
        said = self.value or self.kind is DecisionKind.NOTE
        if not (self.item and self.annotator and said):
            raise self._fault("an empty name", "item, annotator and value to be given")
        if self.seconds is not None and not 0 <= self.seconds < math.inf:
            raise self._fault(f"{self.seconds} seconds", "a finite time, zero or more")
        if self.position is not None or (
            self.kind is DecisionKind.KEYPOINT and self.value == "seen"
        ):
            self._check_position()
        if self.payload is not None or self._needs_payload():
            self._check_payload()
        if self.kind is DecisionKind.MERGE:
            self._check_merge()

    def _check_position(self) -> None:
        position = self.position or ()
        finite = all(math.isfinite(coordinate) for coordinate in position)
        if self.kind is not DecisionKind.KEYPOINT or len(position) not in (2, 3) or not finite:
            raise self._fault(
                f"position {self.position}", "(y, x) or (z, y, x) of a keypoint, all finite"
            )

    def _needs_payload(self) -> bool:
        if self.kind is DecisionKind.RESULT:
            return self.value != WITHDRAWN
        return self.kind is DecisionKind.MASK and self.value not in (UNSURE, SKIP)

    def _check_payload(self) -> None:
        if self.kind is DecisionKind.RESULT and self.value not in (ACCEPTED, WITHDRAWN):
            raise self._fault(repr(self.value), f"{ACCEPTED!r} or {WITHDRAWN!r}")
        if not self._needs_payload() or not _SHA256.fullmatch(self.payload or ""):
            raise self._fault(
                f"payload {self.payload!r}", "the SHA-256 of a stored mask or accepted result"
            )

    def _check_merge(self) -> None:
        parse_pair_item(self.item)
        if self.value not in (SAME_CELL, DIFFERENT_CELLS, UNSURE, SKIP):
            raise self._fault(
                repr(self.value), f"{SAME_CELL!r}, {DIFFERENT_CELLS!r}, {UNSURE} or {SKIP}"
            )

    def _fault(self, found: str, expected: str) -> InputError:
        where = f"decision of {self.annotator!r} on {self.item!r} ({self.kind})"
        return InputError(where, found, expected, "Correct the answer and send it again.")


def pair_item(recording: str, first: str, second: str) -> str:
    """Name a pair of candidates, ``recording/first+second``, the same whichever comes first.

    Identities may hold any characters: ``%``, ``+`` and ``/`` in them become ``%25``, ``%2B`` and
    ``%2F``, so that `parse_pair_item` finds them again.

    Parameters
    ----------
    recording
        Name of the recording, which may hold any characters too.
    first, second
        Identities of two different candidates.

    Raises
    ------
    InputError
        If it is the same candidate twice, or a name is empty.
    """
    if not recording or not first or not second or first == second:
        raise _pair_fault(f"{recording}/{first}+{second}")
    return f"{recording}/{joint_identity((first, second))}"


def parse_pair_item(item: str) -> tuple[str, str, str]:
    """Give the recording and the two identities of a pair that `pair_item` named.

    Raises
    ------
    InputError
        If it is no such name.
    """
    recording, _, pair = item.rpartition("/")
    identities = [_unescape(name) for name in pair.split("+")]
    if len(identities) != 2 or pair_item(recording, *identities) != item:
        raise _pair_fault(item)
    return recording, identities[0], identities[1]


def joint_identity(identities: Iterable[str]) -> str:
    """Name what candidates of one recording are together: their identities, sorted, with ``+``.

    ``%``, ``+`` and ``/`` in them become ``%25``, ``%2B`` and ``%2F``.
    """
    return "+".join(sorted(_escape(identity) for identity in identities))


def _escape(identity: str) -> str:
    return identity.replace("%", "%25").replace("+", "%2B").replace("/", "%2F")


def _unescape(name: str) -> str:
    return name.replace("%2F", "/").replace("%2B", "+").replace("%25", "%")


def _pair_fault(item: str) -> InputError:
    return InputError(
        item,
        "it names no pair of candidates",
        "recording/first+second, two different candidates in order",
        "Take the name from the list of suggestions.",
    )
