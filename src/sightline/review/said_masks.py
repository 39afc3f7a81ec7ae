"""What people have said of masks, as far as it stands: from the journal to masks and consensus."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.mask_consensus import FusedMasks, fuse_masks
from sightline.consensus.mask_reliability import Reliability, estimate_reliability
from sightline.consensus.mask_votes import count_votes
from sightline.data.decision import ACCEPTED, SKIP, UNSURE, Decision, DecisionKind
from sightline.data.entry import Entry
from sightline.data.mask import IGNORED, Mask
from sightline.data.mask_item import MaskItem, mask_item, parse_mask_item
from sightline.errors import InputError
from sightline.project.fold import State
from sightline.project.journal import Journal
from sightline.project.project import Project
from sightline.project.segmenting import (
    SegmentedImage,
    Segmenting,
    read_mask,
    store_mask,
)

DRAWN: Final = "drawn"
REJECTED: Final = "rejected"
BY_HAND: Final = "by hand"  # method of a consensus that somebody corrected
IMPORTED: Final = "imported"
PROPOSAL: Final = "prediction:"  # evidence of an answer on the machine's mask, before its SHA-256


@dataclass(frozen=True)
class SaidOfImage:
    """What stands of one image; masks by the SHA-256 of their payloads.

    Parameters
    ----------
    masks
        Annotator to mask: drawn by them, or the machine's that they accepted.
    correction
        Who corrected the consensus, and the mask; the latest, where several did. None if nobody.
    rejected
        Annotator to the machine's mask that they rejected.
    left
        Annotators who were unsure, or skipped it.
    objects
        Objects of the machine's masks by name: whether it is one, as most have it; None where as
        many say yes as no, or nobody could say.
    """

    masks: Mapping[str, str] = field(default_factory=dict)
    correction: tuple[str, str] | None = None
    rejected: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    objects: Mapping[str, bool | None] = field(default_factory=dict)

    @property
    def outlined(self) -> bool:
        """Whether a person's mask stands."""
        return bool(self.masks) or self.correction is not None


NOTHING_SAID: Final = SaidOfImage()


def said_masks(state: State, recording: str) -> dict[str, SaidOfImage]:
    """Fold all annotators' standing decisions on masks of a set of images, by image.

    Parameters
    ----------
    state
        Of the journal.
    recording
        Name of the set of images.
    """
    found: dict[str, SaidOfImage] = {}
    corrected: dict[str, int] = {}
    votes: dict[str, dict[str, list[str]]] = {}
    for annotator in sorted(state.hands):
        for number, item, decision in _standing(state, annotator):
            if item.recording != recording:
                continue
            before = found.get(item.image, NOTHING_SAID)
            if item.object:
                of_image = votes.setdefault(item.image, {})
                of_image.setdefault(item.object, []).append(decision.value)
            elif item.consensus and decision.payload and number > corrected.get(item.image, 0):
                corrected[item.image] = number
                before = replace(before, correction=(annotator, decision.payload))
            elif not item.consensus:
                before = _with_own(before, decision)
            found[item.image] = before
    for image, objects in votes.items():
        told = {name: _by_most(values) for name, values in objects.items()}
        found[image] = replace(found[image], objects=told)
    return found


def masks_of(project: Project, image: SegmentedImage, said: SaidOfImage) -> dict[str, Mask]:
    """Read annotators' masks of an image, by annotator.

    Raises
    ------
    ProjectError
        If one is missing or damaged.
    """
    return {
        name: read_mask(project, digest, image.shape) for name, digest in sorted(said.masks.items())
    }


def consensus_of(
    project: Project,
    image: SegmentedImage,
    said: SaidOfImage,
    method: str = "staple",
    *,
    least: int = 2,
    reliability: Reliability | None = None,
) -> FusedMasks | None:
    """Fuse what people outlined in an image; None where nobody did.

    A correction stands over what is computed, whatever the method: then the method is ``by hand``,
    and the annotator is who corrected it.

    Parameters
    ----------
    project, image, said
        Whose masks.
    method, least, reliability
        As for `fuse_masks`.

    Raises
    ------
    ProjectError
        If a mask is missing or damaged.
    SettingError
        If the method is not known, needs what is not given, or asks for more annotators than
        outlined the image.
    """
    if said.correction is not None:
        who, digest = said.correction
        return by_hand(who, read_mask(project, digest, image.shape))
    masks = masks_of(project, image, said)
    if not masks:
        return None
    return fuse_masks(masks, method, least=least, reliability=reliability)


def by_hand(who: str, mask: Mask) -> FusedMasks:
    """Give a corrected mask the form of a consensus, of which everybody is sure."""
    votes = count_votes([mask.classes])
    return FusedMasks(mask, BY_HAND, votes, (who,))


def reliability_of(
    project: Project, segmenting: Segmenting, said: Mapping[str, SaidOfImage], method: str
) -> Reliability | None:
    """One reliability an annotator over all images, where the method takes one.

    Raises
    ------
    ProjectError
        If a mask is missing or damaged.
    """
    if method not in ("staple-pooled", "dawid-skene"):
        return None
    outlined = [one for one in segmenting.images if said.get(one.name, NOTHING_SAID).masks]
    if not outlined:
        return None
    every = (masks_of(project, one, said[one.name]) for one in outlined)
    return estimate_reliability(every, fixed_prior=method == "staple-pooled")


def without_rejected(mask: Mask, names: tuple[str, ...], said: SaidOfImage) -> Mask:
    """Take the objects that people rejected out of the machine's mask.

    Parameters
    ----------
    mask
        The machine's.
    names
        Of its objects 1, 2, ...
    said
        Of the image.
    """
    gone = [number for number, name in enumerate(names, 1) if said.objects.get(name) is False]
    if mask.objects is None or not gone:
        return mask
    there = np.isin(mask.objects, gone)
    return replace(
        mask,
        classes=np.where(there, 0, mask.classes).astype(np.int16),
        objects=np.where(there, 0, mask.objects).astype(np.int32),
    )


def nothing_known(mask: Mask) -> Mask:
    """A mask of that shape that says nothing of any pixel."""
    objects: NDArray[np.int32] | None = None
    if mask.objects is not None:
        objects = np.zeros(mask.shape, np.int32)
    return replace(mask, classes=np.full(mask.shape, IGNORED, np.int16), objects=objects)


def record_masks(
    project: Project, journal: Journal, recording: str, masks: Iterable[tuple[str, str, Mask]]
) -> dict[str, int]:
    """Record masks that came with images, each annotator's as one group, but for known ones.

    A mask that came before is not said again, even if its annotator has drawn another since or
    taken it back; one that changed in its file supersedes what its annotator said.

    Parameters
    ----------
    project, journal
        Where.
    recording
        Name of the set of images.
    masks
        Name of the image, annotator, mask; one is held in memory at a time.

    Returns
    -------
    dict
        How many are new, by annotator.

    Raises
    ------
    InputError
        If a mask's parts do not fit each other; then nothing is recorded.
    ProjectError
        If the project cannot be written.
    """
    known = _imported(journal.entries())
    new: dict[str, list[Decision]] = {}
    for image, annotator, mask in masks:
        item, payload = mask_item(recording, image), store_mask(project, mask)
        said = new.setdefault(annotator, [])
        if known.get((annotator, item)) != payload:
            said.append(
                Decision(
                    item, annotator, DecisionKind.MASK, DRAWN, payload=payload, evidence=IMPORTED
                )
            )
    for decisions in new.values():
        if decisions:
            journal.record(decisions, uuid4().hex)
    return {annotator: len(decisions) for annotator, decisions in new.items()}


def _standing(state: State, annotator: str) -> list[tuple[int, MaskItem, Decision]]:
    """Entry, item and decision of all that an annotator says of masks now."""
    latest: dict[str, tuple[int, MaskItem, Decision]] = {}
    for entry in state.hand(annotator).standing:
        for decision in entry.decisions:
            item = _place(decision)
            if item is not None:
                latest[decision.item] = entry.number, item, decision
    return list(latest.values())


def _place(decision: Decision) -> MaskItem | None:
    """What of masks a decision is about; None if it is of something else."""
    if decision.kind not in (DecisionKind.MASK, DecisionKind.VERDICT):
        return None
    try:
        return parse_mask_item(decision.item)
    except InputError:
        return None


def _with_own(before: SaidOfImage, decision: Decision) -> SaidOfImage:
    who = decision.annotator
    if decision.payload:
        return replace(before, masks={**before.masks, who: decision.payload})
    if decision.value == REJECTED:
        which = decision.evidence.removeprefix(PROPOSAL)
        return replace(before, rejected={**before.rejected, who: which})
    if decision.value in (UNSURE, SKIP):
        return replace(before, left=before.left | {who})
    return before


def _by_most(values: list[str]) -> bool | None:
    difference = values.count(ACCEPTED) - values.count(REJECTED)
    return None if not difference else difference > 0


def _imported(entries: Iterable[Entry]) -> dict[tuple[str, str], str | None]:
    """The latest mask that came with images, by annotator and item, whatever became of it."""
    return {
        (decision.annotator, decision.item): decision.payload
        for entry in entries
        for decision in entry.decisions
        if decision.kind is DecisionKind.MASK and decision.evidence == IMPORTED
    }
