"""Names of classes, from the user, else from files, else numbers."""

from collections.abc import Mapping, Sequence

from sightline.data.mask import FOREGROUND
from sightline.formats.masks.mask_kinds import MaskKind
from sightline.formats.masks.mask_survey import Surveys


def names_of_classes(
    told: Sequence[str],
    surveys: Surveys,
    kinds: Mapping[str, MaskKind],
) -> tuple[str, ...]:
    """Decide what classes 1, 2, ... are called, the same for all files.

    Parameters
    ----------
    told
        What the user says; taken as it is.
    surveys
        What files hold; names that outlines have are taken in the order of the alphabet.
    kinds
        What the numbers in mask images mean: classes of which only numbers are known are called
        ``class 1``, ``class 2``, ...
    """
    if told:
        return tuple(told)
    count = max((len(one.numbers) for one in kinds.values() if one.kind == "classes"), default=1)
    named: dict[str, str] = {}
    for one in surveys.values():
        for name in one.class_names:
            named.setdefault(name.lower(), name)
    if named:
        return tuple(named[key] for key in sorted(named))
    return numbered_names(count) if count > 1 else (FOREGROUND,)


def numbered_names(count: int) -> tuple[str, ...]:
    """Names of classes of which only the numbers are known."""
    return tuple(f"class {number}" for number in range(1, count + 1))
