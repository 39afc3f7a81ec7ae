"""Train an ensemble on images that several people outlined: `sightline segment train`."""

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

import sightline
from sightline.compute.jobs import Progress
from sightline.consensus.mask_consensus import FusedMasks
from sightline.errors import InputError, SettingError
from sightline.formats.images.read_as import ReadAs
from sightline.formats.model_folder import model_digest
from sightline.formats.new_folder import check_new_folder
from sightline.segment.installed import need_torch
from sightline.segment.instances import as_annotated
from sightline.segment.model import Model
from sightline.segment.settings import SegmentSettings, changed
from sightline.segment.settings import preset as preset_named
from sightline.workflows.scratch import open_scratch, remove_scratch
from sightline.workflows.segment_inputs import SegmentInputs, read_inputs
from sightline.workflows.segment_material import (
    Consensus,
    Material,
    consensus_of_inputs,
    files_digest,
    make_material,
)
from sightline.workflows.segment_models import load_model
from sightline.workflows.segment_project import check_images_of_project, consensus_of_project
from sightline.workflows.segment_wanted import Wanted
from sightline.workflows.segment_weights import said_of_weights

Phase = Callable[[str], Progress]
Say = Callable[[str], None]

_MADE_FROM: Final = "made-from.json"


def train(  # noqa: PLR0913 -- one argument for each thing a user may say
    folder: str | Path,
    output: str | Path,
    *,
    preset: str = "",
    changes: Mapping[str, str] | None = None,
    start: str | Path = "",
    project: str | Path = "",
    images: str | Path = "",
    annotators: Sequence[str] = (),
    class_names: Sequence[str] = (),
    mask_kind: str = "",
    read_as: ReadAs | None = None,
    ignored: str | Path = "",
    field_of_view: str | Path = "",
    consensus: str = "staple",
    least: int = 2,
    seed: int = 0,
    minutes: float | None = None,
    threads: int | None = None,
    workers: int | None = None,
    on: str = "",
    find_rate: bool = False,
    say: Say = lambda _text: None,
    phase: Phase = lambda _name: lambda _done, _total: None,
) -> dict[str, Any]:
    """Train an ensemble of networks on the consensus of annotators' masks.

    All is checked before anything is trained. Then a first answer is trained in about a minute;
    networks replace it if they are better on images that neither has learnt from. Each network is
    trained without one fold of the images, and scored on it. Killed work is gone on with by the
    same call, to the same result; Ctrl-C ends it with a model of what has been learnt.

    Parameters
    ----------
    folder, images, annotators, class_names, mask_kind, read_as, ignored, field_of_view
        Images and masks, as for `read_inputs`. A pixel size in ``read_as`` is that of all images.
    output
        Model folder to make.
    preset
        ``"default"``, ``"paper"`` or ``"first"``; of ``start``, its own settings if empty.
    changes
        Other values of settings, by name, as text.
    start
        Model to go on from with these images, new or corrected; its classes are kept.
    project
        Whose masks and corrections stand in place of those of the folder, image by image.
    consensus, least
        How annotators' masks become one, as for `fuse_masks`.
    seed
        Of all random numbers.
    minutes
        To take at most, about; fewer steps are taken where that needs it.
    threads
        Of each network; all cores shared among the networks if not given. They matter in the last
        digits of the result.
    workers
        Networks at a time; as many as there are cores if not given, one on a GPU.
    on
        Address of a Dask scheduler to train on; this machine if empty.
    find_rate
        Try learning rates first, and take the one that is found.
    say
        Told what was found and assumed, before anything is trained and as it goes.
    phase
        Takes the name of the next step, and returns what is called with its progress.

    Returns
    -------
    dict
        ``model``, its folder; how many ``images``; ``annotators``; ``network``, ``members`` and
        their ``steps``; mean ``dice``, ``map`` and ``ap50`` on held-out images, of so many
        ``held_out``; ``first_dice`` and ``network_dice`` on those that both were scored on;
        ``dice_before`` of ``start``; ``min_area_px``; ``forecast_error`` of a Dice forecast from
        the uncertainty; ``device``, ``threads``, ``seconds``; whether it was ``stopped``; and
        ``notes``.

    Raises
    ------
    InputError, SettingError, ProjectError
        If a file or setting cannot be used, or the output cannot be written.
    """
    begun = time.time()
    need_torch()
    before = load_model(start) if start else None
    settings = _settings(preset, changes or {}, before)
    if minutes is not None and not minutes > 0:
        raise SettingError(f"--minutes is {minutes}; it must be above 0.")
    weights = said_of_weights(settings)
    target = Path(output)
    check_new_folder(target)
    names = class_names or (before.class_names if before is not None else ())
    inputs = read_inputs(
        folder, images=images, annotators=annotators, class_names=names, mask_kind=mask_kind,
        read_as=read_as, ignored=ignored, field_of_view=field_of_view,
    )  # fmt: skip
    settings = replace(settings, separate=as_annotated(settings.separate, _numbered(inputs)))
    at_once, each = _shared(settings.members, workers, threads, on)
    wanted = Wanted(
        target, inputs, settings, seed, minutes, each, at_once, on, before,
        model_digest(start) if start else "",
    )  # fmt: skip
    for text in (*inputs.said, weights):
        if text:
            say(text)
    _check_scratch(wanted.folder)
    made_from, fused = _made_from(wanted, project, consensus, least)
    made_from["find_rate"] = find_rate
    open_scratch(wanted.folder, made_from)
    fresh = [path.name for path in wanted.folder.iterdir()] == [_MADE_FROM]
    try:
        material = make_material(
            inputs, wanted.folder, fused, pixel_size_um=_training_size(before),
            progress=phase("consensus"),
        )  # fmt: skip
        _check_fits(material, before)
    except (InputError, SettingError):
        if fresh:  # else networks of an earlier call may lie there
            remove_scratch(wanted.folder)
        raise
    for text in material.said[len(inputs.said) :]:
        say(text)
    from sightline.workflows.segment_ensemble import make_model  # noqa: PLC0415 -- torch

    log = made_from | {"begun": begun}
    told = make_model(wanted, material, log, say, phase)
    remove_scratch(wanted.folder)
    return told


def _settings(preset: str, changes: Mapping[str, str], before: Model | None) -> SegmentSettings:
    """Of a preset, or of the model that is gone on from, with changes."""
    if before is None:
        return changed(preset_named(preset or "default"), changes)
    from sightline.segment.adapt import ADAPTED  # noqa: PLC0415 -- torch is an extra

    own = replace(before.settings, frozen_iterations=0, **ADAPTED)
    if before.history.get("min_area_learnt"):
        own = replace(own, min_area=-1)
    found = changed(replace(own, members=len(before.members)), changes)
    fixed = {"network", "input", "downscale", "votes_weight"} & set(changes)
    if (found.middle_weight > 0) != (own.middle_weight > 0):  # an output would come or go
        fixed.add("middle_weight")
    if preset or fixed:
        raise SettingError(
            f"{', '.join(sorted(fixed)) or 'A preset'} cannot be chosen for a model that is gone "
            "on from; expected its own. Leave it out, or train a new model."
        )
    return found


def _numbered(inputs: SegmentInputs) -> bool:
    """Whether masks tell objects; those of one image are looked at, for all are of a kind."""
    first = next(one.name for one in inputs.annotated.images if one.masks)
    return any(mask.objects is not None for mask in inputs.masks(first).values())


def _shared(members: int, workers: int | None, threads: int | None, on: str) -> tuple[Any, int]:
    """Networks at a time, and threads of each."""
    from sightline.segment.networks import device  # noqa: PLC0415 -- torch is an extra

    cores = os.cpu_count() or 1
    if on:
        return workers, threads or 1
    alone = device().type != "cpu"
    at_once = workers or (1 if alone else min(cores, members))
    return at_once, threads or max(1, cores // at_once)


def _made_from(
    wanted: Wanted, project: str | Path, consensus: str, least: int
) -> tuple[dict[str, Any], Consensus]:
    """All that the result depends on, and what fuses the masks."""
    inputs = wanted.inputs
    fused, decided = consensus_of_inputs(inputs, consensus, least), ""
    if project:
        check_images_of_project(project, inputs)
        said = consensus_of_project(project, consensus, least=least)
        decided = _digest(said)
        fused = _overlaid(said, fused)
    return {
        "sightline": sightline.__version__,
        "settings": wanted.settings.to_dict(),
        "seed": wanted.seed,
        "threads": wanted.threads,
        "minutes": wanted.minutes,
        "class_names": list(inputs.class_names),
        "consensus": consensus,
        "least": least,
        "decisions": decided,
        "start": wanted.before_digest,
        "read_as": vars(inputs.read_as),
        "left_out": [
            {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
            for files in (inputs.ignored, inputs.outside)
        ],
        "files": {name: files_digest(inputs.annotated, name) for name in inputs.names},
    }, fused


def _overlaid(said: Mapping[str, FusedMasks], others: Consensus) -> Consensus:
    """What a project says of an image, in place of the folder's masks."""
    return lambda name: said[name] if name in said else others(name)


def _digest(said: Mapping[str, FusedMasks]) -> str:
    """Of what a project's people decided."""
    digest = hashlib.sha256()
    for name, fused in sorted(said.items()):
        digest.update(name.encode() + np.ascontiguousarray(fused.mask.classes).tobytes())
        if fused.mask.objects is not None:
            digest.update(np.ascontiguousarray(fused.mask.objects).tobytes())
    return digest.hexdigest()


def _check_scratch(folder: Path) -> None:
    """The folder of work is ours, or not there."""
    if folder.exists() and not (folder / _MADE_FROM).is_file():
        raise InputError(
            folder, "something else is there", "no such folder, or unfinished work of ours",
            "Move it away, or choose another name for the model.",
        )  # fmt: skip


def _training_size(before: Model | None) -> tuple[float, float] | None:
    return None if before is None else before.pixel_size_um


def _check_fits(material: Material, before: Model | None) -> None:
    """The images are of the kind that the model to go on from was trained on."""
    if before is None:
        return
    if material.channels != before.channels:
        raise InputError(
            "the images", f"{material.channels} channels",
            f"{before.channels}, as the model was trained on", "Choose the channel.",
        )  # fmt: skip
    if material.class_names != before.class_names:
        raise InputError(
            "the masks", f"classes {', '.join(material.class_names)}",
            f"{', '.join(before.class_names)}, as the model knows", "Train a new model.",
        )  # fmt: skip
