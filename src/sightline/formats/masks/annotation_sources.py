"""Where annotators' masks lie beside images: folders, one file for all, or side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sightline.formats.images.image_files import IMAGE_ENDINGS, image_name, images_within
from sightline.formats.masks.annotation_files import (
    CONTAINERS,
    annotator_folders,
    is_consensus,
    mask_files,
    masks_within,
    written_consensus,
)
from sightline.formats.masks.coco import coco_images, is_coco

_NAMELESS: Final = "annotations"
_BREAKS: Final = "_-. "


@dataclass(frozen=True)
class Source:
    """All masks of one annotator.

    Parameters
    ----------
    name
        Of the annotator: of the folder, the file, or what follows the image's name.
    files
        Name of each mask to its file.
    faults
        Two files of one name, in words.
    """

    name: str
    files: Mapping[str, Path]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sources:
    """Annotators, a consensus that came with them, and what is left out, in words."""

    experts: tuple[Source, ...]
    consensus: Source | None = None
    left_out: tuple[str, ...] = ()


def find_sources(folder: Path, images: Path) -> Sources:
    """Find who annotated images.

    Parameters
    ----------
    folder
        Of the data set.
    images
        Of its images; may be the same.

    Raises
    ------
    InputError
        If a JSON file is damaged.
    """
    folders, others = annotator_folders(folder, images)
    given = [one for one in folders if is_consensus(one)] or written_consensus(folder)
    experts = [one for one in folders if one not in given]
    if not experts:  # a consensus alone is what there is to learn from
        experts, given = given, []
    names = [] if images.resolve() == folder.resolve() else [
        name for name, _ in images_within(images)
    ]  # fmt: skip
    nested = any("/" in name for name in names)
    sources = [source for one in experts for source in _of_folder(one, names, nested)]
    sources += [_of_coco(path, nested) for path in mask_files(folder) if is_coco(path)]
    if not sources:
        sources = _side_by_side(mask_files(images))
    out = tuple(f"The folder {one.name} beside them is no annotator's: left alone."
                for one in others)  # fmt: skip
    consensus = _named(given[0].name, masks_within(given[0])) if given else None
    return Sources(tuple(sources), consensus, out)


def _of_folder(folder: Path, images: Sequence[str], nested: bool) -> list[Source]:
    """The annotator of a folder; several where files of all are in it."""
    files = list(masks_within(folder))
    wholes = [path for _, path in files if is_coco(path)]
    if wholes and len(wholes) == len(files):
        name = folder.name if len(wholes) == 1 else ""
        return [_of_coco(path, nested, name) for path in wholes]
    split = _split(images, files) if folder.name.lower() in CONTAINERS else []
    return split if split and _all_differ(split) else [_named(folder.name, files)]


def _all_differ(sources: Sequence[Source]) -> bool:
    """Whether some image has several masks, as of annotators whose files lie together."""
    counts = Counter(name.removesuffix(one.name).strip(_BREAKS)
                     for one in sources for name in one.files)  # fmt: skip
    return max(counts.values()) > 1


def _of_coco(path: Path, nested: bool, name: str = "") -> Source:
    """The annotator of a file; images go by their folders too where there are any."""
    images = [names[0 if nested else 1] for names in coco_images(path)]
    twice = tuple(f"{path.name} has several images {image}" for image in dict.fromkeys(images)
                  if images.count(image) > 1)  # fmt: skip
    return Source(name or path.stem, dict.fromkeys(images, path), twice)


def _named(name: str, files: Iterable[tuple[str, Path]]) -> Source:
    found: dict[str, Path] = {}
    faults = []
    for mask, path in files:
        if mask in found:
            faults.append(f"{found[mask].name} and {path.name} of {name} differ in their ending "
                          "only")  # fmt: skip
        found.setdefault(mask, path)
    return Source(name, found, tuple(faults))


def _side_by_side(files: Sequence[Path]) -> list[Source]:
    """Annotators by what their files have behind the name of an image in the same folder."""
    named = [(image_name(path), path) for path in files]
    names = {name for name, path in named if path.suffix.lower() in IMAGE_ENDINGS}
    first = {name for name in names if not _begun(name, names)}
    masks = [(name, path) for name, path in named
             if _begun(name, first) or path.suffix.lower() not in IMAGE_ENDINGS]  # fmt: skip
    return _split(sorted(first), masks)


def _split(images: Sequence[str], masks: Iterable[tuple[str, Path]]) -> list[Source]:
    """One source for each ending that masks of one image have, if some image has several."""
    by_ending: dict[str, list[tuple[str, Path]]] = {}
    for name, path in masks:
        image = _begun(name, set(images)) or (name if name in images else "")
        if image:
            ending = name.removeprefix(image).strip(_BREAKS)
            by_ending.setdefault(ending or _NAMELESS, []).append((name, path))
    return [_named(ending, files) for ending, files in by_ending.items()]


def _begun(name: str, images: set[str]) -> str:
    """The longest image name that a name begins with and goes beyond, but by a number alone."""
    for place in range(len(name) - 1, 0, -1):
        known = name[:place] in images and name[place] in _BREAKS
        if known and not name[place + 1 :].isdecimal():
            return name[:place]
    return ""
