"""One mask from several annotators' masks of an image, by a named method."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.mask_reliability import Reliability, class_votes, of_votes
from sightline.consensus.mask_votes import NOTHING_SAID, MaskVotes
from sightline.consensus.mask_voting import at_least, majority_label
from sightline.consensus.object_consensus import merge_objects
from sightline.data.mask import BACKGROUND, IGNORED, Mask
from sightline.data.mask_objects import objects_of
from sightline.errors import SettingError

METHODS: Final = ("staple", "staple-pooled", "majority", "at-least", "dawid-skene", "objects")
POOLED: Final = ("staple-pooled", "dawid-skene")
"""Methods that, over a folder, rate each annotator once."""
ONE: Final = "one"  # what every method is where one annotator did the image
COUNTING: Final = ("at-least", "objects")  # methods that ask for a number of annotators
_COUNTED: Final = ("majority", "at-least")  # methods by which annotators' votes count alike
_SAME: Final = 1e-9  # relative difference of probabilities up to which classes tie


@dataclass(frozen=True)
class FusedMasks:
    """What annotators' masks of an image amount to, and the votes it came from.

    Parameters
    ----------
    mask
        The consensus. Pixels of which too few said anything are ignored. Objects where the method
        tells them apart.
    method
        That made it, ``one`` where a single annotator's mask was taken as it is.
    votes
        Of the annotators who did the image, in the order of ``annotators``.
    annotators
        Who did the image.
    reliability
        How the method rates them; None where it counts them alike.
    probability : (pattern, class) float64 or None
        That each class is true at a pixel with that pattern of votes, as the method has it.
    same_as_at_least
        Numbers k for which the consensus is, pixel for pixel, what at least k annotators marked;
        none with several classes.
    """

    mask: Mask
    method: str
    votes: MaskVotes = field(repr=False)
    annotators: tuple[str, ...]
    reliability: Reliability | None = None
    probability: NDArray[np.float64] | None = field(default=None, repr=False)
    same_as_at_least: tuple[int, ...] = ()

    @property
    def share(self) -> NDArray[np.float32]:
        """(class, y, x) share of votes, the background first; NaN where nobody said anything."""
        classes = len(self.mask.class_names) + 1
        by_pattern = [self.votes.share(label).astype(np.float32) for label in range(classes)]
        return np.stack([self.votes.spread(one) for one in by_pattern])

    @property
    def marked(self) -> NDArray[np.uint8]:
        """(y, x) number of annotators who marked the pixel, as any class."""
        return self.votes.spread((self.votes.patterns > 0).sum(axis=1).astype(np.uint8))


def fuse_masks(
    masks: Mapping[str, Mask],
    method: str = "staple",
    *,
    least: int = 2,
    reliability: Reliability | None = None,
    tie: int = 0,
) -> FusedMasks:
    """Fuse annotators' masks of one image.

    An ignored pixel counts as nothing said there.

    Parameters
    ----------
    masks
        Annotator to mask, of those who did the image.
    method
        ``staple``: the likeliest class by STAPLE, of one class against the background, where that
        is W > .5, or of several. ``staple-pooled``: the same with reliabilities of all images.
        ``majority``: the class of most. ``at-least``: the class of most, where as many as ``least``
        gave it. ``dawid-skene``: as STAPLE, with the classes' shares estimated too. ``objects``:
        objects are matched before they are merged, and kept where as many as ``least`` marked them.
    least
        Annotators, for ``at-least`` and ``objects``.
    reliability
        Of `estimate_reliability`; needed for ``staple-pooled``, taken by ``dawid-skene`` if given.
    tie
        Class of a pixel at which the likeliest classes tie.

    Raises
    ------
    InputError
        If there is no mask, or they differ in shape or in their classes' names.
    SettingError
        If the method is not known, or what it needs is not given.
    """
    votes, classes = class_votes(masks)
    _check(method, least, len(masks), reliability)
    if not 0 <= tie < classes:
        raise SettingError(f"Tied pixels are to get class {tie}; expected 0 to {classes - 1}.")
    first, probability = next(iter(masks.values())), None
    if len(masks) == 1 or method == "objects":
        method = method if len(masks) > 1 else ONE
        mask = first if method == ONE else _by_objects(list(masks.values()), votes, least)
        inside = np.bincount(votes.place.ravel(), mask.foreground.ravel(), len(votes.counts))
        same = _same_as(votes, inside == votes.counts, inside == 0, classes)
        return FusedMasks(mask, method, votes, tuple(masks), same_as_at_least=same)
    if method in _COUNTED:
        reliability = None
        decided = _by_votes(votes, classes, least if method == "at-least" else 0, tie)
    else:
        if method == "staple" or reliability is None:
            fixed = method == "staple"
            reliability = of_votes(votes, tuple(masks), classes, fixed_prior=fixed)
        probability = reliability.probability(votes, tuple(masks))
        decided = _likeliest(probability, tie)
    decided[_silent(votes, 1)] = IGNORED
    mask = Mask(votes.spread(decided), None, first.class_names, "consensus")
    same = _same_as(votes, decided > 0, decided < 1, classes)
    return FusedMasks(mask, method, votes, tuple(masks), reliability, probability, same)


def _check(method: str, least: int, annotators: int, reliability: Reliability | None) -> None:
    """Refuse settings that no mask can be made with."""
    if method not in METHODS:
        raise SettingError(f"Method {method!r} is not known; choose one of {', '.join(METHODS)}.")
    if method in COUNTING and annotators > 1 and not 1 <= least <= annotators:
        raise SettingError(
            f"At least {least} annotators are asked for; expected 1 to {annotators}, as many as "
            "did the image. Choose another number."
        )
    if method == "staple-pooled" and reliability is None:
        raise SettingError(
            "Pooled STAPLE needs the annotators' reliabilities over all images; estimate them "
            "first, or choose staple, which rates them in each image."
        )


def _likeliest(probability: NDArray[np.float64], tie: int) -> NDArray[np.int16]:
    """(pattern,) the class that is likelier than every other."""
    highest = probability.max(axis=1, keepdims=True)
    clear = (probability >= highest * (1 - _SAME)).sum(axis=1) == 1
    return np.where(clear, probability.argmax(axis=1), tie).astype(np.int16)


def _by_votes(votes: MaskVotes, classes: int, least: int, tie: int) -> NDArray[np.int16]:
    """(pattern,) the class of most; with a least number, of those that so many gave."""
    if not least:
        return majority_label(votes, tie)
    enough = [at_least(votes, least, label) for label in range(1, classes)]
    count = np.stack([(votes.patterns == label).sum(axis=1) for label in range(1, classes)], 1)
    count *= np.stack(enough, axis=1)
    best = count.max(axis=1)
    clear = (count == best[:, None]).sum(axis=1) == 1
    decided = np.where(clear, count.argmax(axis=1) + 1, tie)
    decided = np.where(best > 0, decided, BACKGROUND).astype(np.int16)
    decided[_silent(votes, least) & (best == 0)] = IGNORED
    return decided


def _by_objects(masks: Sequence[Mask], votes: MaskVotes, least: int) -> Mask:
    """Objects matched, then merged; the class of each is what most of its marked pixels got."""
    objects = merge_objects([objects_of(mask) for mask in masks], least).labels
    names, inside = masks[0].class_names, objects > 0
    count = np.zeros((int(objects.max(initial=0)) + 1, len(names)), np.int64)
    for mask in masks:
        marked = inside & mask.foreground
        np.add.at(count, (objects[marked], mask.classes[marked] - 1), 1)
    classes = np.where(inside, count.argmax(axis=1)[objects] + 1, 0).astype(np.int16)
    classes[votes.spread(_silent(votes, least)) & ~inside] = IGNORED
    return Mask(classes, objects, names, "consensus")


def _silent(votes: MaskVotes, needed: int) -> NDArray[np.bool_]:
    """(pattern,) whether fewer than needed said anything."""
    return np.asarray((votes.patterns != NOTHING_SAID).sum(axis=1) < needed)


def _same_as(
    votes: MaskVotes, whole: NDArray[np.bool_], none: NDArray[np.bool_], classes: int
) -> tuple[int, ...]:
    """Numbers of annotators for which a mask is what so many marked.

    ``whole`` and ``none`` are (pattern,) whether all, or none, of its pixels are in the mask.
    """
    if classes > 2:
        return ()
    marked = (votes.patterns == 1).sum(axis=1)
    return tuple(
        number
        for number in range(1, votes.experts + 1)
        if bool(np.where(marked >= number, whole, none).all())
    )
