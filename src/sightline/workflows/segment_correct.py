"""Say which masks are right, and how they should be: `segment correct`, `next` and `status`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from sightline.data.annotated_images import AnnotatedImage, AnnotatedImages
from sightline.data.decision import ACCEPTED, SKIP, UNSURE
from sightline.data.mask import BACKGROUND, IGNORED, Mask
from sightline.data.reviewed_masks import StandingMask
from sightline.errors import InputError, SettingError
from sightline.formats.images.image_files import image_name
from sightline.formats.masks.annotation_files import masks_within
from sightline.formats.masks.coco import coco_images, is_coco
from sightline.formats.masks.mask_kinds import MaskKind, mask_kinds
from sightline.formats.masks.match_names import match_names
from sightline.formats.masks.read_masks import read_mask
from sightline.project.mask_payload import mask_bytes
from sightline.review.mask_questions import Of
from sightline.review.said_masks import REJECTED
from sightline.review.segment_session import SegmentSession
from sightline.segment.object_changes import ObjectChanges, object_changes

Summary = dict[str, Any]

_LISTED: Final = 20


def next_masks(
    project: str | Path,
    annotator: str,
    number: int = 10,
    *,
    of: Of = "images",
    seed: int = 0,
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

    Returns
    -------
    list of dict
        ``item``, ``image``, ``object`` (empty of a whole image), ``uncertainty`` (None where it
        was drawn at random), ``reason`` and whether it was drawn at random (``probe``).

    Raises
    ------
    ProjectError, SettingError
        If the project cannot be opened, or the number is not positive.
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
        ``"classes"`` or ``"objects"``: what several numbers in a mask image are.

    Returns
    -------
    dict
        ``recorded`` answers; ``changes`` by image, with the objects ``kept``, ``changed``,
        ``added`` and ``removed``; ``unchanged`` images; and how the review stands, as `status`.

    Raises
    ------
    InputError, SettingError, ProjectError
        If nothing is said, a file fits no image (all of these are named), or the project or a file
        cannot be used; then nothing is recorded.
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
        said: dict[str, Mask | str] = {
            _item(session, name, own=own): masks[name] for name in changes
        }
        said |= {_named(session, one): word for word, named in answers.items() for one in named}
        session.decide_each(said)
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
            masks[name] = read_mask(path, shape, name, names, kind)
        except InputError as fault:
            faults.append(str(fault))
    if faults:
        raise InputError(
            "corrections", "; ".join(faults), "masks that fit their images", "Correct these files."
        )
    return masks


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
    about = AnnotatedImages(session.project.path, images, (who,), {}, names, "", ())
    try:
        return mask_kinds(about, mask_kind).get(who)
    except InputError:
        if mask_kind or len(names) > 1:
            raise
        return mask_kinds(about, "objects").get(who)


def _changes(stands: Mask, mask: Mask) -> ObjectChanges | None:
    """What a mask changes in what stands; None if nothing.

    Where both tell objects, pixels of no object do not count: outlines cannot show them.
    """
    if mask.objects is None or stands.objects is None:
        count = int(np.count_nonzero(mask.classes != stands.classes))
        return ObjectChanges(pixels=count) if count else None
    if mask_bytes(_objects_alone(mask)) == mask_bytes(_objects_alone(stands)):
        return None
    return object_changes(stands.objects, mask.objects)


def _objects_alone(mask: Mask) -> Mask:
    if mask.objects is None:
        return mask
    return replace(mask, classes=np.where(mask.objects > 0, mask.classes, 0).astype(np.int16))


def _with_ignored(stands: StandingMask, mask: Mask) -> Mask:
    """Leave ignored what people ignored, where the file says background: outlines tell of none."""
    if not stands.is_person:
        return mask
    left_out = (stands.mask.classes == IGNORED) & (mask.classes == BACKGROUND)
    return replace(mask, classes=np.where(left_out, IGNORED, mask.classes).astype(np.int16))
