"""Say which masks are right, and how they should be: `segment correct`, `next` and `status`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.annotated_images import AnnotatedImage, AnnotatedImages
from sightline.data.decision import ACCEPTED, SKIP, UNSURE
from sightline.data.mask import BACKGROUND, IGNORED, Mask
from sightline.data.mask_item import parse_mask_item
from sightline.data.mask_objects import objects_of
from sightline.data.reviewed_masks import StandingMask
from sightline.errors import InputError, SettingError
from sightline.formats.images.image_files import image_name
from sightline.formats.masks.annotation_files import is_numbers, masks_within
from sightline.formats.masks.coco import coco_images, is_coco
from sightline.formats.masks.mask_kinds import MaskKind, mask_kinds
from sightline.formats.masks.match_names import match_names
from sightline.formats.masks.read_masks import read_mask
from sightline.formats.table import read_rows, write_rows
from sightline.project.mask_payload import mask_bytes
from sightline.review.mask_questions import Of
from sightline.review.said_masks import REJECTED
from sightline.review.segment_session import SegmentSession
from sightline.segment.object_changes import ObjectChanges, object_changes

Summary = dict[str, Any]

_LISTED: Final = 20
_ASKED: Final = ("item", "image", "reason", "probe")
_YES: Final = "yes"


def next_masks(
    project: str | Path,
    annotator: str,
    number: int = 10,
    *,
    of: Of = "images",
    seed: int = 0,
    output: str | Path | None = None,
) -> list[Summary]:
    """Choose the images, or objects, that are most worth looking at.

    Parameters
    ----------
    project
        The project folder.
    annotator
        Who would answer.
    number
        Questions wanted.
    of
        ``"images"`` or ``"objects"``.
    seed
        Of those drawn at random.
    output
        CSV file to write, for `correct` to know which were drawn at random.

    Returns
    -------
    list of dict
        ``item``, ``image``, ``object`` (empty of a whole image), ``uncertainty`` (None where it
        was drawn at random), ``reason`` and whether it was drawn at random (``probe``).

    Raises
    ------
    InputError, ProjectError, SettingError
        If the file is there already, the project cannot be opened, or the number is not positive.
    """
    with SegmentSession(project, annotator, seed=seed) as session:
        found = []
        for question in session.batch(number, of):
            about = session.about(question.item)
            found.append(
                {
                    "item": question.item,
                    "image": about.image,
                    "object": about.object,
                    "uncertainty": None if question.probe else question.score,
                    "reason": question.reason,
                    "probe": question.probe,
                }
            )
    if output is not None:
        rows = [
            [one["item"], one["image"], one["reason"], _YES if one["probe"] else ""]
            for one in found
        ]
        write_rows(Path(output), list(_ASKED), rows)
    return found


def status(
    project: str | Path, annotator: str, *, wanted_dice: float = 0.8, method: str = "staple"
) -> Summary:
    """Say how far the review has come, and how good the rest is expected to be.

    Parameters
    ----------
    project, annotator
        Whose.
    wanted_dice
        Below which a mask is to be looked at.
    method
        Of the consensus that the machine is compared with.

    Returns
    -------
    dict
        As in `sightline.data.reviewed_masks.SegmentProgress`.
    """
    with SegmentSession(project, annotator, wanted_dice=wanted_dice, method=method) as session:
        return asdict(session.progress())


def correct(  # noqa: PLR0913 -- one argument for each thing a user may say
    project: str | Path,
    files: Sequence[str | Path] | str | Path = (),
    *,
    annotator: str,
    own: bool = False,
    accept: Sequence[str] = (),
    reject: Sequence[str] = (),
    unsure: Sequence[str] = (),
    skip: Sequence[str] = (),
    undo: bool = False,
    redo: bool = False,
    mask_kind: str = "",
    asked: str | Path | None = None,
) -> Summary:
    """Record corrected masks, or what the annotator says of the machine's, as one act.

    Parameters
    ----------
    project
        The project folder.
    files
        Corrected masks, or folders of them: ImageJ ROI zips, label images, PNG, GeoJSON and all
        else that `read_mask` knows, named as their images. What is as it stands is no correction.
    annotator
        Who says so.
    own
        Take the files for the annotator's own masks, one opinion among others' in the consensus;
        else they stand over the consensus and the machine.
    accept, reject, unsure, skip
        Names of images, or items of `next_masks`: the machine's mask, or object, is right, wrong,
        or nothing is said of it.
    undo, redo
        Take back the annotator's last act, or reinstate it, instead.
    mask_kind
        ``"classes"`` or ``"objects"``: what several numbers in a mask image are. To be said where
        the project has several classes; an object then is of the class that most of it has.
    asked
        Table that `next_masks` wrote: what was drawn at random there counts so.

    Returns
    -------
    dict
        ``recorded`` answers; ``changes`` by image, with the objects ``kept``, ``changed``,
        ``added`` and ``removed``; ``unchanged`` images; and how the review stands, as `status`.

    Raises
    ------
    InputError, SettingError, ProjectError
        If nothing is said, or two things of one image, a file fits no image (all of these are
        named), or the project or a file cannot be used; then nothing is recorded.
    """
    answers = {ACCEPTED: accept, REJECTED: reject, UNSURE: unsure, SKIP: skip}
    paths = [files] if isinstance(files, str | Path) else list(files)
    if not (paths or any(answers.values()) or undo or redo):
        raise SettingError(
            "Nothing was said; give files, --accept, --reject, --unsure, --skip, --undo or --redo."
        )
    if undo + redo + bool(paths or any(answers.values())) > 1:
        raise SettingError("Undo and redo stand alone; say one thing at a time.")
    with SegmentSession(project, annotator) as session:
        if undo or redo:
            entry = session.undo() if undo else session.redo()
            return {"target": entry.target, **asdict(session.progress())}
        read = _read(session, [Path(path) for path in paths], mask_kind)
        stands = session.own(read) if own else session.predict(read)
        masks = {name: _with_ignored(stands[name], mask) for name, mask in read.items()}
        every = {name: _changes(stands[name].mask, mask) for name, mask in masks.items()}
        changes = {name: change for name, change in every.items() if change is not None}
        drawn = {_item(session, name, own=own): masks[name] for name in changes}
        words = [(_named(session, one), word) for word, named in answers.items() for one in named]
        _check_alone([*dict.fromkeys(drawn, "a mask").items(), *words])
        said: dict[str, Mask | str] = {**drawn, **dict(words)}
        session.decide_each(said, probes=_probes(session, asked))
        return {
            "recorded": len(said),
            "changes": {name: asdict(change) for name, change in changes.items()},
            "unchanged": [name for name in masks if name not in changes],
            **asdict(session.progress()),
        }


def _item(session: SegmentSession, image: str, *, own: bool) -> str:
    item = session.item(image) if own else session.correction(image)
    session.machine(item)  # whoever corrects has seen what is wrong
    return item


def _named(session: SegmentSession, name: str) -> str:
    """The item of an image's name, or the item itself."""
    item = session.item(name) if name in session.segmenting.names else name
    session.about(item)
    return item


def _check_alone(answers: Iterable[tuple[str, str]]) -> None:
    """Raise InputError for all images, and objects, of which two different things are said."""
    said: dict[tuple[str, str], set[str]] = {}
    for item, word in answers:
        about = parse_mask_item(item)
        said.setdefault((about.image, about.object), set()).add(word)
    faults = []
    for (image, name), words in said.items():
        if len(words) > 1:
            of_it = f"object {name} of image {image}" if name else f"image {image}"
            faults.append(f"{' and '.join(sorted(words))} of {of_it}")
        elif name and REJECTED in words and ACCEPTED in said.get((image, ""), ()):
            faults.append(f"accepted of image {image}, and rejected of its object {name}")
    if faults:
        raise InputError(
            "answers", "; ".join(faults), "one answer each",
            "Say which of them holds, or say them one after the other; nothing was recorded.",
        )  # fmt: skip


def _probes(session: SegmentSession, asked: str | Path | None) -> list[str]:
    """Items that a table of `next_masks` says were drawn at random."""
    if asked is None:
        return []
    path = Path(asked)
    if not path.is_file():
        raise InputError(path, "there is no such file", "what `next` wrote", "Check the path.")
    header, body = read_rows(path)
    rows = [dict(zip(header, row, strict=True)) for row in body]
    if not {"item", "probe"} <= set(header) or any(
        parse_mask_item(row["item"]).recording != session.segmenting.recording for row in rows
    ):
        raise InputError(
            path, "it is no table of this project's questions", "the columns item and probe",
            "Give what `sightline segment next --output` wrote.",
        )  # fmt: skip
    return [row["item"] for row in rows if row["probe"].strip()]


def _read(session: SegmentSession, paths: Iterable[Path], mask_kind: str) -> dict[str, Mask]:
    """Masks by image, all faults at once."""
    files = _matched(session, list(_files(paths, session.segmenting.names)))
    if not files:
        return {}
    names = session.segmenting.class_names
    kind = _kind(session, files, mask_kind)
    masks, faults = {}, []
    for name, path in files.items():
        try:
            shape = session.segmenting.image(name).shape
            mask = read_mask(path, shape, name, names, kind)
            if len(names) > 1 and mask.objects is not None and is_numbers(path):
                mask = _classed(mask, session.predict([name])[name].mask)
            masks[name] = mask
        except InputError as fault:
            faults.append(str(fault))
    if faults:
        raise InputError(
            "corrections", "; ".join(faults), "masks that fit their images", "Correct these files."
        )
    return masks


def _classed(mask: Mask, stands: Mask) -> Mask:
    """Give each object, for numbers tell no class, the class that most of it has in what stands."""
    objects, several = objects_of(mask), len(mask.class_names) + 1
    numbers, place = np.unique(objects, return_inverse=True)
    place = place.reshape(mask.shape)
    known = stands.classes > BACKGROUND
    votes = np.bincount(
        place[known] * several + stands.classes[known], minlength=len(numbers) * several
    )
    classes = votes.reshape(-1, several).argmax(axis=1)
    new = numbers[(numbers > 0) & (classes == 0)].tolist()
    if new:
        more = f" and {len(new) - _LISTED} more" if len(new) > _LISTED else ""
        raise InputError(
            mask.source, f"objects {', '.join(map(str, new[:_LISTED]))}{more} are new, and "
            "numbers do not tell their class", f"one of the classes {', '.join(mask.class_names)}",
            "Draw them as GeoJSON or ImageJ regions with classes, or give numbers of classes.",
        )  # fmt: skip
    found = np.where(objects > 0, classes[place], mask.classes)
    return replace(mask, classes=found.astype(np.int16))


def _files(paths: Iterable[Path], known: Sequence[str]) -> Iterable[tuple[str, Path]]:
    """Name and file of each mask; of a file of many, each image's."""
    for path in paths:
        if not path.exists():
            raise InputError(path, "nothing is there", "masks, or a folder of them", "Check it.")
        if path.is_dir() and path.suffix.lower() != ".zarr":
            yield from masks_within(path)
        elif is_coco(path):
            for whole, alone in coco_images(path):
                yield whole if whole in known else alone, path
        else:
            yield image_name(path), path


def _matched(session: SegmentSession, files: Sequence[tuple[str, Path]]) -> dict[str, Path]:
    """Files by image; an InputError that names all that fit none, and images that have two."""
    matched = match_names(session.segmenting.names, [name for name, _ in files])
    by_name = dict(files)
    faults = [f"{name} fits no image" for name in matched.left]
    faults += [
        f"image {image} has {len(names)} files: {', '.join(names)}"
        for image, names in matched.by_image.items()
        if len(names) > 1
    ]
    counts = [name for name, _ in files]
    faults += [f"{name} is there twice" for name in by_name if counts.count(name) > 1]
    if faults:
        known = session.segmenting.names
        more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
        raise InputError(
            "corrections", "; ".join(faults),
            f"one file for an image, with {matched.rule}; the images are "
            f"{', '.join(known[:_LISTED])}{more}",
            "Rename these files, or leave them out; nothing was recorded.",
        )  # fmt: skip
    return {image: by_name[names[0]] for image, names in matched.by_image.items()}


def _kind(session: SegmentSession, files: Mapping[str, Path], mask_kind: str) -> MaskKind | None:
    """What the numbers of mask images mean; several of a project of one class are objects."""
    who = session.annotator
    images = tuple(AnnotatedImage(name, path, {who: path}) for name, path in files.items())
    names = session.segmenting.class_names
    if len(names) > 1 and not mask_kind and any(is_numbers(path) for path in files.values()):
        raise SettingError(
            f"The project has the classes {', '.join(names)}, and numbers in mask images may be "
            "classes or single objects. Say `--mask-kind classes` or `--mask-kind objects`."
        )
    about = AnnotatedImages(session.project.path, images, (who,), {}, names, "", ())
    try:
        return mask_kinds(about, mask_kind).get(who)
    except InputError:
        if mask_kind or len(names) > 1:
            raise
        return mask_kinds(about, "objects").get(who)


def _changes(stands: Mask, mask: Mask) -> ObjectChanges | None:
    """What a mask changes in what stands; None if nothing.

    Where it tells objects, pixels of a class and no object do not count: outlines cannot show them.
    """
    if mask.objects is None:
        count = int(np.count_nonzero(mask.classes != stands.classes))
        return ObjectChanges(pixels=count) if count else None
    before = objects_of(stands)
    if mask_bytes(_objects_alone(mask, mask.objects)) == mask_bytes(_objects_alone(stands, before)):
        return None
    return object_changes(before, mask.objects)


def _objects_alone(mask: Mask, objects: NDArray[np.int32]) -> Mask:
    told = (objects > 0) | (mask.classes == IGNORED)
    classes = np.where(told, mask.classes, BACKGROUND).astype(np.int16)
    return replace(mask, classes=classes, objects=objects)


def _with_ignored(stands: StandingMask, mask: Mask) -> Mask:
    """Leave ignored what people ignored, where the file says background: outlines tell of none."""
    if not stands.is_person:
        return mask
    left_out = (stands.mask.classes == IGNORED) & (mask.classes == BACKGROUND)
    return replace(mask, classes=np.where(left_out, IGNORED, mask.classes).astype(np.int16))
