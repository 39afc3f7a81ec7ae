"""How annotators' answers follow from the truth, estimated from masks of one image or of many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.dawid_skene import by_bayes, dawid_skene
from sightline.consensus.mask_votes import NOTHING_SAID, MaskVotes, count_votes, pool_votes
from sightline.consensus.staple import staple
from sightline.data.mask import Mask
from sightline.errors import InputError


@dataclass(frozen=True)
class Reliability:
    """How often each annotator gives each class, where another is true.

    Parameters
    ----------
    annotators
        In the order of ``confusion``.
    confusion : (annotator, class given, true class) float64
        Columns add up to 1, or are NaN where the class does not occur.
    prior : (class,) float64
        Share of each class, the background first.
    """

    annotators: tuple[str, ...]
    confusion: NDArray[np.float64]
    prior: NDArray[np.float64]

    def sensitivity(self, label: int = 1) -> dict[str, float]:
        """Of what is a class, the share that each annotator marked as such."""
        found = self.confusion[:, label, label]
        return dict(zip(self.annotators, found.tolist(), strict=True))

    def specificity(self, label: int = 1) -> dict[str, float]:
        """Of what is not a class, the share that each annotator did not mark as such."""
        others = np.arange(len(self.prior)) != label
        kept = 1 - self.confusion[:, label, others]
        weight = np.where(np.isnan(kept), 0, self.prior[others])
        whole = weight.sum(axis=1)
        found = np.full(len(whole), np.nan)
        np.divide(np.nansum(weight * kept, axis=1), whole, out=found, where=whole > 0)
        return dict(zip(self.annotators, found.tolist(), strict=True))

    def probability(self, votes: MaskVotes, annotators: Sequence[str]) -> NDArray[np.float64]:
        """(pattern, class) of other votes of some of the annotators, by Bayes' rule.

        Raises
        ------
        InputError
            If the reliability of an annotator is not known.
        """
        strange = [name for name in annotators if name not in self.annotators]
        if strange:
            raise InputError(
                "reliabilities", f"none of {', '.join(strange)}",
                f"one of each annotator; there are those of {', '.join(self.annotators)}",
                "Estimate them over all images.",
            )  # fmt: skip
        rows = [self.annotators.index(name) for name in annotators]
        return by_bayes(votes, self.confusion[rows], self.prior)


@dataclass(frozen=True)
class PooledVotes:
    """Annotators' answers on all pixels of several images.

    Parameters
    ----------
    annotators
        In the order of the votes.
    votes
        Without places; who did not do an image said nothing there.
    classes
        How many there are, with the background.
    """

    annotators: tuple[str, ...]
    votes: MaskVotes
    classes: int

    def without(self, annotator: str) -> "PooledVotes":
        """The others' answers alone."""
        kept = [place for place, name in enumerate(self.annotators) if name != annotator]
        place = np.empty(0, np.int32)
        votes = pool_votes([MaskVotes(self.votes.patterns[:, kept], self.votes.counts, place)])
        return PooledVotes(tuple(self.annotators[k] for k in kept), votes, self.classes)

    def reliability(self, *, fixed_prior: bool = True) -> Reliability:
        """One reliability an annotator; see `estimate_reliability`."""
        return of_votes(self.votes, self.annotators, self.classes, fixed_prior=fixed_prior)


def pool_masks(images: Iterable[Mapping[str, Mask]]) -> PooledVotes:
    """Count what annotators said of each pixel of several images.

    Parameters
    ----------
    images
        Of each, annotator to mask; one image's masks are held at a time.

    Raises
    ------
    InputError
        If there is no mask, or masks of an image differ in shape or in their classes' names.
    """
    counted: list[tuple[tuple[str, ...], MaskVotes]] = []
    classes = 0
    for masks in images:
        if masks:
            votes, number = class_votes(masks)
            place = np.empty(0, np.int32)  # counts are all that pooling needs
            counted.append((tuple(masks), MaskVotes(votes.patterns, votes.counts, place)))
            classes = max(classes, number)
    annotators = tuple(dict.fromkeys(name for names, _ in counted for name in names))
    if not annotators:
        raise InputError("experts' masks", "there are none", "at least one", "Choose other images.")
    pooled = pool_votes([_for_all(votes, names, annotators) for names, votes in counted])
    return PooledVotes(annotators, pooled, classes)


def estimate_reliability(
    images: Iterable[Mapping[str, Mask]], *, fixed_prior: bool = True
) -> Reliability:
    """One reliability an annotator, over all images; who did not do an image counts as absent.

    Parameters
    ----------
    images
        As for `pool_masks`.
    fixed_prior
        STAPLE, of two classes or more; else Dawid and Skene's model, which estimates the share of
        each class too.

    Raises
    ------
    InputError
        If there is no mask, or masks of an image differ in shape or in their classes' names.
    """
    return pool_masks(images).reliability(fixed_prior=fixed_prior)


def of_votes(
    votes: MaskVotes, annotators: Sequence[str], classes: int, *, fixed_prior: bool = True
) -> Reliability:
    """Reliabilities from votes.

    Parameters
    ----------
    votes
        Of one image, or of several together.
    annotators
        In the order of the votes.
    classes
        How many there are, with the background; two are binary STAPLE's with a fixed prior.
    fixed_prior
        As for `estimate_reliability`.
    """
    if classes == 2 and fixed_prior:
        found = staple(votes)
        yes, no = found.sensitivity, found.specificity
        confusion = np.stack([np.stack([no, 1 - yes], 1), np.stack([1 - no, yes], 1)], 1)
        answers = votes.counts @ (votes.patterns != NOTHING_SAID).sum(axis=1)
        share = float(votes.counts @ (votes.patterns == 1).sum(axis=1)) / max(float(answers), 1.0)
        return Reliability(tuple(annotators), confusion, np.array([1 - share, share]))
    several = dawid_skene(votes, fixed_prior=fixed_prior)
    missing = classes - len(several.prior)
    confusion = np.pad(several.confusion, ((0, 0), (0, missing), (0, 0)))
    confusion = np.pad(confusion, ((0, 0), (0, 0), (0, missing)), constant_values=np.nan)
    return Reliability(tuple(annotators), confusion, np.pad(several.prior, (0, missing)))


def class_votes(masks: Mapping[str, Mask]) -> tuple[MaskVotes, int]:
    """Annotators' answers on each pixel, and how many classes there are with the background.

    Raises
    ------
    InputError
        If there is no mask, or they differ in shape or in their classes' names.
    """
    names = {mask.class_names for mask in masks.values()}
    if len(names) > 1:
        raise InputError(
            "experts' masks", f"classes {' or '.join(', '.join(some) for some in sorted(names))}",
            "the same classes of each annotator", "Name them in the order of their numbers.",
        )  # fmt: skip
    votes = count_votes([mask.classes for mask in masks.values()])
    return votes, len(names.pop()) + 1


def _for_all(votes: MaskVotes, names: tuple[str, ...], annotators: tuple[str, ...]) -> MaskVotes:
    """With a column of nothing said for each annotator who did not do the image."""
    patterns = np.full((len(votes.counts), len(annotators)), NOTHING_SAID, np.int16)
    patterns[:, [annotators.index(name) for name in names]] = votes.patterns
    return MaskVotes(patterns, votes.counts, votes.place)
