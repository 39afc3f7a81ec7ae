"""Masks as they stand after people's review, and how far the review has come."""

from dataclasses import dataclass, field

from sightline.data.mask import Mask


@dataclass(frozen=True)
class StandingMask:
    """The mask of an image as it stands.

    Parameters
    ----------
    name
        Of the image.
    mask
        A person's where there is one, the consensus' where there are several, else the machine's;
        nothing but ignored pixels where nobody and nothing drew one, or the machine's was rejected.
    who
        People it is of; none for the machine's.
    how
        ``"drawn"`` by one person, ``"by hand"`` corrected, the method of the consensus,
        ``"machine"``, ``"rejected"`` or ``"nothing"``.
    uncertainty
        U of the machine's mask; NaN where a person's stands, or it has none.
    """

    name: str
    mask: Mask = field(repr=False)
    who: tuple[str, ...]
    how: str
    uncertainty: float

    @property
    def is_person(self) -> bool:
        """Whether people drew, accepted or corrected it."""
        return bool(self.who)


@dataclass(frozen=True)
class SegmentProgress:
    """How far the review of a segmentation has come.

    Parameters
    ----------
    images
        Of the project.
    outlined
        Images with a person's mask.
    corrected
        Of these, those whose consensus or mask was corrected by hand.
    predicted
        Images of which the machine has a mask.
    decided
        Images of which the annotator said something.
    accepted, rejected
        Of these, those whose machine's mask the annotator accepted as it was, and rejected.
    unsure, skipped
        Answers of the annotator that say nothing of an image or object.
    objects
        Of the machine's masks.
    objects_accepted, objects_rejected
        Of these, as most people have it.
    seconds
        Time spent on the answers whose time was measured.
    left
        Images with a mask of the machine's and none of a person's.
    expected_dice
        Mean Dice that is forecast for these; NaN where nothing can be told.
    below
        Share of these whose Dice is forecast to be below ``wanted_dice``; NaN as well.
    wanted_dice
        Of that comparison.
    forecast_error
        Mean error of the forecast on images that it had not seen; NaN where it is the model's.
    compared
        Images on which a person's mask and the machine's were compared.
    probes
        Of these, those that were drawn at random.
    dice, dice_low, dice_high
        Mean Dice of the machine's masks on these probes, with bounds of 95 %: how far the machine
        can be trusted. NaN where there are too few.
    """

    images: int
    outlined: int
    corrected: int
    predicted: int
    decided: int
    accepted: int
    rejected: int
    unsure: int
    skipped: int
    objects: int
    objects_accepted: int
    objects_rejected: int
    seconds: float
    left: int
    expected_dice: float
    below: float
    wanted_dice: float
    forecast_error: float
    compared: int
    probes: int
    dice: float
    dice_low: float
    dice_high: float
