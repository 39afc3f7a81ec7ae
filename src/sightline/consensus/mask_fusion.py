"""How the masks of many images are fused, all of an image's or without one annotator's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sightline.consensus.mask_consensus import POOLED, FusedMasks, fuse_masks
from sightline.consensus.mask_reliability import Reliability, pool_masks
from sightline.data.mask import Mask


@dataclass(frozen=True)
class Fusion:
    """How masks are fused, all or without one annotator's.

    Parameters
    ----------
    method, least
        As for `fuse_masks`.
    reliability
        Over all images, and those of the others by the annotator who is left out; empty for
        methods that look at one image.
    """

    method: str
    least: int = 2
    reliability: Mapping[str, Reliability] = field(default_factory=dict, repr=False)

    def fuse(self, masks: Mapping[str, Mask], without: str = "") -> FusedMasks:
        """Fuse the masks of one image, those of all annotators or of the others alone."""
        kept = {name: mask for name, mask in masks.items() if name != without}
        least = min(self.least, len(kept)) if without else self.least
        rated = self.reliability.get(without)
        return fuse_masks(kept, self.method, least=least, reliability=rated)


def fusion_of(
    images: Iterable[Mapping[str, Mask]],
    method: str,
    least: int = 2,
    *,
    leave_out: bool = False,
) -> Fusion:
    """Prepare the fusion of images' masks; pooled methods read all of them once.

    Parameters
    ----------
    images
        Annotator to mask, of each image.
    method, least
        As for `fuse_masks`. Leaving out one annotator asks for as many as are left at most.
    leave_out
        Whether masks will be fused without one annotator's, too.

    Raises
    ------
    InputError
        If a pooled method finds no mask, or masks of an image do not fit each other.
    """
    if method not in POOLED:
        return Fusion(method, least)
    pooled = pool_masks(images)
    fixed = method == "staple-pooled"
    rated = {"": pooled.reliability(fixed_prior=fixed)}
    if leave_out and len(pooled.annotators) > 1:
        for name in pooled.annotators:
            rated[name] = pooled.without(name).reliability(fixed_prior=fixed)
    return Fusion(method, least, rated)
