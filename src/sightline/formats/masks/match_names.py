"""Which mask belongs to which image, by their names alone, under one rule for all of a folder."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_BREAKS: Final = "_-. "
_ENDING: Final = re.compile(r"[_\-. ][^_\-. /]*$")


@dataclass(frozen=True)
class Matched:
    """Masks of one folder and the images they fit.

    Parameters
    ----------
    by_image
        Image name to the names of all masks that fit it.
    left
        Masks that fit no image.
    rule
        In words, as the end of a sentence that begins with "a mask has ".
    """

    by_image: dict[str, list[str]]
    left: tuple[str, ...]
    rule: str


def match_names(images: Sequence[str], masks: Sequence[str]) -> Matched:
    """Match masks to images by the first of these rules that fits most of them.

    The image's name itself; the image's name and something behind it (``0001`` and
    ``0001_cFOS``); something before it (``RoiSet_0001``); the image's name without the ending that
    all images share, and another ending (``01_test`` and ``01_manual1``). What is put before or
    behind is set apart by ``_``, ``-``, a point or a space. Of several images that fit, the one of
    the longest name is meant. Folders in names must be the same.

    Parameters
    ----------
    images, masks
        Names without ending, with ``/`` between folder and name.
    """
    found = [
        _match(images, masks, _itself, "the image's name"),
        _match(images, masks, _followed, "the image's name and something behind it"),
        _match(images, masks, _preceded, "something before the image's name"),
    ]
    if shared := _shared_ending(images):
        keys = {name.removesuffix(shared): name for name in images}
        by_key = _match(tuple(keys), masks, _followed,
                        f"the image's name without {shared!r} and something behind it")  # fmt: skip
        renamed = {keys[key]: names for key, names in by_key.by_image.items()}
        found.append(Matched(renamed, by_key.left, by_key.rule))
    return max(found, key=lambda one: len(one.by_image))  # the first of those that fit as many


def _match(
    images: Sequence[str], masks: Sequence[str],
    keys_of: Callable[[str], Iterable[str]], rule: str,
) -> Matched:  # fmt: skip
    there, by_image, left = set(images), dict[str, list[str]](), []
    for mask in masks:
        key = next((key for key in keys_of(mask) if key in there), None)
        if key is None:
            left.append(mask)
        else:
            by_image.setdefault(key, []).append(mask)
    endings = {_rest(name, key) for key, names in by_image.items() for name in names}
    if len(endings) == 1 and (only := endings.pop()):
        rule = rule.replace("something", repr(only))
    return Matched(by_image, tuple(left), rule)


def _rest(name: str, key: str) -> str:
    """What a mask's name has besides the image's."""
    folder, _, alone = key.rpartition("/")
    return name.removeprefix(f"{folder}/").replace(alone, "", 1)


def _itself(mask: str) -> Iterable[str]:
    return (mask,)


def _followed(mask: str) -> Iterable[str]:
    """Names that the mask's name begins with, the longest first."""
    folder, slash, name = mask.rpartition("/")
    places = [place for place, letter in enumerate(name) if letter in _BREAKS and place]
    return (folder + slash + name[:place] for place in reversed(places))


def _preceded(mask: str) -> Iterable[str]:
    """Names that the mask's name ends with, the longest first."""
    folder, slash, name = mask.rpartition("/")
    places = [place + 1 for place, letter in enumerate(name) if letter in _BREAKS]
    return (folder + slash + name[place:] for place in places if place < len(name))


def _shared_ending(images: Sequence[str]) -> str:
    """The last part that all images' names have, as ``_test``; empty if they differ in it."""
    endings = {found.group() if (found := _ENDING.search(name)) else "" for name in images}
    return endings.pop() if len(endings) == 1 and len(images) > 1 else ""
