"""Fuse experts' masks, and tell how far they agree: `sightline segment consensus`."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from sightline.compute.jobs import Progress
from sightline.consensus.mask_consensus import COUNTING, METHODS
from sightline.consensus.mask_fusion import Fusion, fusion_of
from sightline.data.json_values import without_nan
from sightline.data.mask import Mask
from sightline.errors import InputError, SettingError
from sightline.formats.image_tiff import file_of
from sightline.formats.masks.write_consensus import write_consensus, write_votes
from sightline.formats.table import write_rows
from sightline.trust.mask_agreement import mean_of
from sightline.workflows.renewed_folder import check_renewable, renewed_folder
from sightline.workflows.segment_agreement import (
    agreement_on,
    agreement_rows,
    annotator_figures,
    pair_figures,
    pair_rows,
)
from sightline.workflows.segment_consensus_pictures import draw_matrix, draw_votes
from sightline.workflows.segment_consensus_words import (
    FusedImage,
    fused_image,
    notes_on,
    same_as_votes,
)
from sightline.workflows.segment_inputs import SegmentInputs, read_inputs

Summary = dict[str, Any]
KIND: Final = "consensus"


@dataclass(frozen=True)
class Correction:
    """A consensus as somebody corrected it by hand.

    Parameters
    ----------
    mask
        That stands in place of what is computed.
    who
        Corrected it.
    """

    mask: Mask = field(repr=False)
    who: str


def consensus(  # noqa: PLR0913 -- one argument for each thing a user may say
    folder: str | Path,
    output: str | Path | None = None,
    *,
    method: str = "staple",
    least: int = 2,
    classes: Sequence[str] = (),
    images: str | Path = "",
    annotators: Sequence[str] = (),
    min_area_px: int = 0,
    scores: bool = True,
    pictures: bool = True,
    corrections: Mapping[str, Correction] | None = None,
    project: str | Path = "",
    say: Callable[[Sequence[str]], None] = lambda _said: None,
    phase: Callable[[str], Progress] = lambda _name: lambda _done, _total: None,
    **read: Any,
) -> Summary:
    """Fuse annotators' masks of each image into one, and measure how far they agree.

    Parameters
    ----------
    folder
        Images and annotators' masks, laid out as `find_annotated` knows.
    output
        New folder, or an earlier one of ours, which is replaced if nothing in it was changed; none
        is written if not given.
    method, least
        As for `fuse_masks`. ``staple-pooled`` and ``dawid-skene`` rate each annotator once, over
        all images.
    classes, images, annotators, **read
        As for `read_inputs`: ``mask_kind``, ``read_as``, ``ignored``, ``field_of_view``.
    min_area_px
        Objects of fewer pixels are left out where objects are counted.
    scores
        Measure agreement too.
    pictures
        Draw them too, into the output.
    corrections
        Image to what somebody made of its consensus by hand: it stands whatever is computed.
    project
        Project folder, made if it is not there, that takes the masks up as decisions: what stands
        there is fused, with its corrections.
    say
        Told how files were matched, and what does not fit, before anything is computed.
    phase
        Takes the name of the next step, and returns what is called with its progress.

    Returns
    -------
    dict
        ``method``; ``images``, how many; ``annotators``, of each the means over images of the
        agreement with the consensus, with that of the others (``dice_others``), and in words how
        they deviate; ``pairwise_dice``; ``same_as_votes``, in how many images the consensus is what
        so many annotators marked; ``said``, ``notes`` and ``output``.

    Raises
    ------
    InputError, SettingError
        If a file or setting cannot be used, or the output would replace what is not ours.
    """
    target = None if output is None else Path(output)
    if method not in METHODS:
        raise SettingError(f"Method {method!r} is not known; choose one of {', '.join(METHODS)}.")
    if target is not None:
        check_renewable(target, KIND)
    inputs = read_inputs(folder, images=images, annotators=annotators, class_names=classes, **read)
    fixed = dict(corrections or {})
    _check(inputs, method, least, fixed)
    if project:
        inputs, fixed = _as_decided(project, inputs, fixed)
        _check(inputs, method, least, fixed)
    say(inputs.said)
    every = (inputs.masks(name) for name in inputs.names)
    fusion = fusion_of(every, method, least, leave_out=True)
    work = _Work(inputs, fusion, fixed, scores, min_area_px)
    if target is None:
        return _summary(work, _each(work, None, phase, pictures=False))
    with renewed_folder(target, KIND) as aside:
        found = _each(work, aside, phase, pictures=pictures)
        told: Summary = {**_summary(work, found), "output": str(target)}
        _write_tables(found, told, aside)
        if pictures and len(told["annotators"]) > 1:
            draw_matrix(told["annotators"], told["pairs"], aside)
    return told


def _as_decided(
    project: str | Path, inputs: SegmentInputs, corrections: Mapping[str, Correction]
) -> tuple[SegmentInputs, dict[str, Correction]]:
    """Masks and corrections as they stand in a project."""
    from sightline.workflows.said_inputs import said_inputs  # noqa: PLC0415 -- where asked for

    said = said_inputs(project, inputs)
    by_hand = said.corrections().items()
    fixed = {name: Correction(one.mask, one.annotators[0]) for name, one in by_hand}
    return said, {**corrections, **fixed}


@dataclass(frozen=True)
class _Work:
    """What is asked for."""

    inputs: SegmentInputs
    fusion: Fusion
    corrections: Mapping[str, Correction]
    scores: bool
    min_area_px: int


def _check(
    inputs: SegmentInputs, method: str, least: int, corrections: Mapping[str, Correction]
) -> None:
    """All that can go wrong with single images, at once, before anything is computed."""
    where = inputs.annotated.folder
    counts = {one.name: len(one.masks) for one in inputs.annotated.images}
    several = {name: count for name, count in counts.items() if count > 1}
    few = [name for name, count in several.items() if count < least]
    if method in COUNTING and several and (few or least < 1):
        raise SettingError(
            f"At least {least} annotators are asked for; {len(few)} images were done by fewer "
            f"({', '.join(few[:5])}). Choose a number from 1 to {min(several.values())}."
        )
    faults = [f"{name}: no image of this name" for name in corrections if name not in counts]
    for name in counts.keys() & corrections.keys():
        mask, shape = corrections[name].mask, inputs.image(name).shape
        if mask.shape != shape or mask.class_names != inputs.class_names:
            faults.append(f"{name}: a correction of shape {mask.shape} and {mask.class_names}")
    if faults:
        raise InputError(where, "; ".join(sorted(faults)), "corrections that fit their images",
                         "Correct the consensus of this folder's images.")  # fmt: skip


def _each(
    work: _Work, folder: Path | None, phase: Callable[[str], Progress], *, pictures: bool
) -> list[FusedImage]:
    """Fuse, write and compare image by image, one in memory at a time."""
    names = [one.name for one in work.inputs.annotated.images if one.masks]
    tell, found = phase("fusing"), []
    for done, name in enumerate(names):
        tell(done, len(names))
        masks = work.inputs.masks(name)
        fused = work.fusion.fuse(masks)
        correction = work.corrections.get(name)
        mask = fused.mask if correction is None else correction.mask
        agreement = None
        if work.scores:
            agreement = agreement_on(name, masks, mask, work.fusion, work.min_area_px)
        given = work.inputs.given_consensus(name) if len(work.inputs.class_names) == 1 else None
        same = None if given is None else bool(np.array_equal(given.foreground, mask.foreground))
        who = "" if correction is None else correction.who
        found.append(fused_image(name, masks, replace(fused, mask=mask), who, same, agreement))
        if folder is not None:
            image = work.inputs.image(name)
            write_consensus(mask, folder / "consensus", name, image.pixel_size_um)
            votes = file_of(folder / "votes", name, ".png")
            write_votes(fused.marked, len(masks), votes)
            if pictures:
                page = file_of(folder / "pictures", name, ".png")
                draw_votes(image, masks, replace(fused, mask=mask), page, who)
    tell(len(names), len(names))
    return found


def _summary(work: _Work, found: Sequence[FusedImage]) -> Summary:
    agreements = [one.agreement for one in found if one.agreement is not None]
    pairs = pair_figures(agreements)
    given = [one.same_as_given for one in found if one.same_as_given is not None]
    told: Summary = {
        "method": work.fusion.method,
        "least": work.fusion.least if work.fusion.method in COUNTING else None,
        "images": len(found),
        "classes": list(work.inputs.class_names),
        "annotators": annotator_figures(agreements) if agreements else _images_of(found),
        "pairwise_dice": mean_of(pairs.values()) if pairs else None,
        "pairs": [[a, b, dice] for (a, b), dice in pairs.items()],
        "same_as_votes": same_as_votes(found),
        "same_as_given": {"images": sum(given), "of": len(given)} if given else None,
        "corrected": {one.name: one.corrected_by for one in found if one.corrected_by},
        "min_area_px": work.min_area_px,
        "said": list(work.inputs.said),
        "notes": notes_on(found),
    }
    if work.fusion.reliability:
        rated = work.fusion.reliability[""]
        told["pooled"] = {
            "sensitivity": rated.sensitivity(), "specificity": rated.specificity(),
        }  # fmt: skip
    return told


def _images_of(found: Sequence[FusedImage]) -> dict[str, Summary]:
    """How many images each annotator did, where nothing was measured."""
    counts = Counter(name for one in found for name in one.annotators)
    return {name: {"images": count} for name, count in counts.items()}


def _write_tables(found: Sequence[FusedImage], told: Summary, folder: Path) -> None:
    by_name = {one.name: one for one in found}
    agreements = [one.agreement for one in found if one.agreement is not None]
    rows = [
        row | {"method": one.method, "corrected_by": one.corrected_by}
        for row in agreement_rows(agreements)
        for one in [by_name[row["image"]]]
    ]
    _write(folder / "agreement.csv", rows)
    _write(folder / "pairs.csv", pair_rows(agreements))
    text = json.dumps(without_nan(told), indent=1, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        write_rows(path, list(rows[0]), ([without_nan(v) for v in row.values()] for row in rows))
