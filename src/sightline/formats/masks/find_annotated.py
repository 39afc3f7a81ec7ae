"""Find images and the masks that annotators drew of them, and say by which rule they fit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sightline.data.annotated_images import AnnotatedImage, AnnotatedImages
from sightline.data.mask import FOREGROUND
from sightline.errors import InputError
from sightline.formats.images.image_files import image_files, image_name, images_within
from sightline.formats.masks.annotation_files import images_folder
from sightline.formats.masks.annotation_sources import Source, find_sources
from sightline.formats.masks.match_names import match_names
from sightline.formats.unreadable import damage_reported

_LISTED: Final = 8


@dataclass(frozen=True)
class _Fitted:
    """An annotator's masks that fit images, those that do not, and by which rule."""

    files: Mapping[str, Path]
    left: tuple[str, ...]
    twice: tuple[str, ...]
    rule: str


def find_annotated(
    folder: str | Path,
    *,
    images: str | Path = "",
    annotators: Sequence[str] = (),
    class_names: Sequence[str] = (),
) -> AnnotatedImages:
    """Find the images of a folder and match annotators' masks to them, by names alone.

    Parameters
    ----------
    folder
        Holds a folder ``images`` and beside it a folder an annotator, alone or inside of
        ``experts``, ``labels`` or ``masks``; a file for all images, as COCO has it; or images and
        masks side by side.
    images
        Folder of the images, if it has another name; inside ``folder`` or elsewhere.
    annotators
        Only these; all if empty.
    class_names
        Of classes 1, 2, ...; ``foreground`` if empty, until `read_inputs` looks into the files.

    Raises
    ------
    InputError
        If there are no images or no masks, two files have the name of one image, or an annotator
        is not there. All that is wrong is listed at once.
    """
    folder = Path(folder)
    with damage_reported(folder, "a folder that can be read, with all in it"):
        where = _where_images_are(folder, images)
        sources = find_sources(folder, where)
        masks = {path.resolve() for one in sources.experts for path in one.files.values()}
        files, faults = _images(where, folder, masks)
    experts = _chosen(folder, sources.experts, annotators)
    fitted = {one.name: _fit(one, files) for one in experts}
    given = _fit(sources.consensus, files) if sources.consensus else None
    faults += [fault for one in fitted.values() for fault in one.twice]
    faults += _same_names(experts)
    if faults:
        raise InputError(folder, "; ".join(faults), "one file for each image and annotator",
                         "Rename or move away what is too much.")  # fmt: skip
    kept = {name: one for name, one in fitted.items() if one.files}
    if not kept:
        raise _no_masks(folder, files, fitted)
    found = tuple(
        AnnotatedImage(name, path, {expert: one.files[name] for expert, one in kept.items()
                                    if name in one.files})
        for name, path in files.items()
    )  # fmt: skip
    return AnnotatedImages(
        folder, found, tuple(kept), given.files if given else {},
        tuple(class_names) or (FOREGROUND,), _rule(kept),
        (*_mismatches(files, fitted), *sources.left_out),
    )  # fmt: skip


def _where_images_are(folder: Path, images: str | Path) -> Path:
    if not folder.is_dir():
        raise InputError(folder, "there is no such folder", "a folder of images and masks",
                         "Check the path.")  # fmt: skip
    if not str(images):
        return images_folder(folder)
    inside = folder / images
    where = inside if inside.is_dir() else Path(images)
    if not where.is_dir():
        raise InputError(images, "there is no such folder", f"a folder in {folder}, or a path",
                         "Check the name of the images' folder.")  # fmt: skip
    return where


def _images(where: Path, folder: Path, masks: set[Path]) -> tuple[dict[str, Path], list[str]]:
    """Image names and files, and names that two files have."""
    beside = where.resolve() == folder.resolve()
    named = (
        [(image_name(path), path) for path in image_files(where)]
        if beside
        else list(images_within(where))
    )
    files: dict[str, Path] = {}
    faults = []
    for name, path in named:
        if path.resolve() in masks:
            continue
        if name in files:
            faults.append(f"{files[name].name} and {path.name} differ in their ending only, so "
                          f"that both are called {name!r}")  # fmt: skip
        files.setdefault(name, path)
    if not files:
        raise InputError(where, "it holds no images", "PNG, TIFF or other images",
                         "Name the folder of the images with `--images`.")  # fmt: skip
    return files, faults


def _chosen(folder: Path, found: Sequence[Source], annotators: Sequence[str]) -> list[Source]:
    names = [one.name for one in found]
    missing = [name for name in annotators if name not in names]
    if missing:
        raise InputError(
            folder, f"it has masks of {', '.join(names) or 'nobody'}", f"of {', '.join(missing)}",
            "Name annotators as their folders or files are named.",
        )  # fmt: skip
    return [one for one in found if not annotators or one.name in annotators]


def _same_names(experts: Sequence[Source]) -> list[str]:
    counts = Counter(one.name for one in experts)
    return [f"{count} folders or files are called {name!r}" for name, count in counts.items()
            if count > 1]  # fmt: skip


def _fit(source: Source, files: Mapping[str, Path]) -> _Fitted:
    matched = match_names(tuple(files), tuple(source.files))
    twice = tuple(
        f"{source.name} has {len(names)} masks of image {image!r}: {', '.join(names)}"
        for image, names in matched.by_image.items() if len(names) > 1
    )  # fmt: skip
    fits = {image: source.files[names[0]] for image, names in matched.by_image.items()}
    return _Fitted(fits, matched.left, (*source.faults, *twice), matched.rule)


def _rule(fitted: Mapping[str, _Fitted]) -> str:
    rules: dict[str, list[str]] = {}
    for name, one in fitted.items():
        rules.setdefault(one.rule, []).append(name)
    if len(rules) == 1:
        return f"A mask fits the image if its name is {next(iter(rules))}."
    parts = [f"{rule} (masks of {', '.join(names)})" for rule, names in rules.items()]
    return f"A mask fits the image if its name is {'; or '.join(parts)}."


def _mismatches(files: Mapping[str, Path], fitted: Mapping[str, _Fitted]) -> list[str]:
    said = []
    for expert, one in fitted.items():
        if not one.files:
            said.append(f"{expert}: none of its {len(one.left)} masks fits an image "
                        f"({_list(one.left)}); left out.")  # fmt: skip
            continue
        missing = [name for name in files if name not in one.files]
        if missing:
            said.append(f"{expert} has no mask of {len(missing)} of {len(files)} images: "
                        f"{_list(missing)}.")  # fmt: skip
        if one.left:
            said.append(f"{expert} has {len(one.left)} masks that fit no image: "
                        f"{_list(one.left)}.")  # fmt: skip
    return said


def _no_masks(folder: Path, files: Mapping[str, Path], fitted: Mapping[str, _Fitted]) -> InputError:
    masks = [name for one in fitted.values() for name in one.left]
    found = f"{len(files)} images ({_list(list(files))})"
    if masks:
        found += f" and {len(masks)} masks of other names ({_list(masks)})"
    else:
        found += " and no masks"
    return InputError(
        folder, found, "masks whose names begin with that of the image, in a folder an annotator",
        "Put them into `experts/NAME/`, named as the images.",
    )  # fmt: skip


def _list(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
