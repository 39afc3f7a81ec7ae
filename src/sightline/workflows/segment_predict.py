"""Segment images by a trained model: `sightline segment predict`."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np

import sightline
from sightline.compute.jobs import Progress, each_finished
from sightline.errors import InputError, SettingError, SightlineError
from sightline.formats.image_tiff import file_of
from sightline.formats.images.image_files import image_files, image_name, images_within
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.read_image import read_image_as
from sightline.formats.model_folder import model_digest
from sightline.formats.predicted_image import PredictedImage, predicted_image
from sightline.formats.prediction_folder import (
    PredictionWriter,
    open_writer,
    read_prediction_folder,
)
from sightline.segment.foreign import foreignness
from sightline.segment.installed import need_torch
from sightline.segment.instances import Method, as_annotated
from sightline.segment.model import Model
from sightline.segment.rescale import zoom_to
from sightline.trust.dice_forecast import least_uncertainty
from sightline.workflows.segment_models import load_model
from sightline.workflows.segment_project import check_project, take_predictions

Phase = Callable[[str], Progress]
_WANTED_DICE: Final = 0.8


def predict(  # noqa: PLR0913 -- one argument for each thing a user may say
    images: str | Path | Sequence[str | Path],
    model: str | Path,
    output: str | Path,
    *,
    separate: str = "",
    min_area: int | None = None,
    max_hole: int = 0,
    flips: int | None = None,
    wanted_dice: float = _WANTED_DICE,
    read_as: ReadAs | None = None,
    project: str | Path = "",
    workers: int | None = None,
    threads: int | None = None,
    on: str = "",
    say: Callable[[str], None] = lambda _text: None,
    phase: Phase = lambda _name: lambda _done, _total: None,
) -> dict[str, Any]:
    """Segment images, with their uncertainty, and measure the objects in them.

    All is checked before anything is segmented. Images that are done, and have not changed since,
    are not done again, so that stopped work goes on with the same call.

    Parameters
    ----------
    images
        Files, and folders of files, also inside folders.
    model
        Folder of `train`.
    output
        New folder, or one of earlier predictions of the same model and settings.
    separate, max_hole
        As for `separate_objects`; as the model was trained if empty.
    min_area
        Of an object, in pixels of the training; as in the annotations if not given.
    flips
        Orientations that are averaged, 1, 4 or 8; as the model was trained if not given.
    wanted_dice
        Images at least as uncertain as one of the training images that scored below it, out of
        fold, are marked for review (deepflash2, equation 8).
    read_as
        Channel, plane, projection and pixel size of all images.
    project
        Project that the masks are put into, to be looked at there.
    workers
        Processes; one a core if not given, one on a GPU.
    threads
        Of each process; one if not given, but all cores for a single image. They matter in the
        last digits of the result.
    on
        Address of a Dask scheduler to work on; this machine if empty.
    say
        Told what was found and assumed.
    phase
        Takes the name of the next step, and returns what is called with its progress.

    Returns
    -------
    dict
        ``output``; how many ``images``, and of these ``done_now``; ``objects``; means of
        ``uncertainty`` and ``expected_dice``; how many to ``review``; how many ``foreign``,
        whether the folder is as a whole (``foreign_folder``) and ``why``; and ``notes``.

    Raises
    ------
    InputError, SettingError
        If a file or setting cannot be used, or the output cannot be written; what was done is kept.
    """
    need_torch()
    trained = load_model(model)
    read_as = read_as or ReadAs()
    found, notes = _found(images)
    _check(found, trained, read_as)
    if project:
        check_project(project, trained.class_names)
    changes = {"separate": separate, "min_area": min_area, "flips": flips, "max_hole": max_hole}
    at_once, threads = _shared(workers, threads, on, len(found))
    how = _how(model, trained, changes, wanted_dice, read_as, threads)
    about = {
        "sightline": sightline.__version__,
        "model": {"digest": how.digest, "network": trained.settings.network,
                  "members": len(trained.members)},
        "settings": _settings(how),
    }  # fmt: skip
    writer = open_writer(Path(output).absolute(), trained.class_names, about)
    earlier = _earlier(writer, found)
    for note in notes:
        say(note)
    from sightline.workflows.segment_predict_image import (  # noqa: PLC0415 -- torch is an extra
        PredictJob,
        predict_job,
    )

    jobs, rows = {}, dict(earlier)
    for name, file in found.items():
        recipe = _recipe(file, how)
        row = writer.done(name, recipe)
        if row is not None:
            rows[name] = row
            continue
        rows.pop(name, None)
        jobs[name] = PredictJob(name, str(file), recipe, how, writer)
    progress = phase("segmenting")
    try:
        work = each_finished(predict_job, jobs, workers=at_once, on=on, progress=progress)
        with closing(work) as results:
            for name, row in results:
                rows[name] = predicted_image(row)
    except BaseException:  # stopped, or a file at fault: what was done is there all the same
        with suppress(SightlineError):
            writer.finish(rows.values(), whole=False)
        raise
    mine = [rows[name] for name in found]
    folder = _foreign_folder(writer, mine, trained)
    writer.finish(rows.values(), whole=True, foreign_folder=folder, model_folder=str(model))
    if project:
        take_predictions(project, read_prediction_folder(writer.folder), read_as)
    return _told(writer, mine, len(jobs), folder, notes)


def _found(images: str | Path | Sequence[str | Path]) -> tuple[dict[str, Path], list[str]]:
    """Name to file of all images that are meant, and what was assumed."""
    places = [images] if isinstance(images, str | Path) else list(images)
    pairs: list[tuple[str, Path]] = []
    notes: list[str] = []
    for place in (Path(each).absolute() for each in places):  # to be found from elsewhere too
        if place.is_dir() and place.suffix.lower() != ".zarr":
            inner = place / "images"
            if not image_files(place) and inner.is_dir():
                notes.append(f"the images of {place} are taken from its folder images")
                place = inner  # noqa: PLW2901 -- the folder that is meant
            pairs += images_within(place)
        elif place.exists():
            pairs.append((image_name(place), place))
        else:
            raise InputError(place, "it is not there", "an image or a folder", "Check the path.")
    if not pairs:
        raise InputError(
            ", ".join(map(str, places)), "no images", "PNG, TIFF, Zarr, HDF5 or npy files",
            "Give the images, or their folder.",
        )  # fmt: skip
    found: dict[str, Path] = {}
    folded: dict[str, Path] = {}
    twice = []
    for name, file in pairs:
        before = folded.setdefault(name.casefold(), file)  # some disks hold these for the same
        found.setdefault(name, file)
        if before.resolve() != file.resolve():
            twice.append(f"{before} and {file}")
    if twice:
        raise InputError(
            "images", f"two of one name: {'; '.join(twice)}", "names that differ in more than "
            "the ending or the folder", "Rename one of each, or segment them into two folders.",
        )  # fmt: skip
    return found, notes


def _check(found: Mapping[str, Path], model: Model, read_as: ReadAs) -> None:
    """Read every image once, and list all that is wrong with any."""
    faults = []
    for name, file in found.items():
        try:
            file_of(Path(), name, "")
            image = read_image_as(file, name, read_as)
            if image.channels != model.channels:
                raise InputError(
                    file, f"{image.channels} channels",
                    f"{model.channels}, as the model was trained on",
                    "Choose one with --channel, or another model.",
                )  # fmt: skip
            zoom_to(image, model.pixel_size_um)
        except InputError as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise InputError(
            f"{len(faults)} images", "; ".join(map(str, faults)), "images that can be segmented",
            "Correct these files, or move them away.",
        )  # fmt: skip


def _how(
    path: str | Path,
    model: Model,
    changes: Mapping[str, Any],
    wanted_dice: float,
    read_as: ReadAs,
    threads: int,
) -> Any:
    """How all images are segmented: as trained, with changes."""
    from sightline.workflows.segment_predict_image import How  # noqa: PLC0415 -- torch

    settings, flips = model.settings, changes["flips"]
    if flips not in (None, 1, 4, 8):
        raise SettingError(f"--flips is {flips}; it must be 1, 4 or 8.")
    separate = as_annotated(changes["separate"] or settings.separate, numbered=False)
    if separate not in get_args(Method):
        raise SettingError(
            f"Objects cannot be separated by {separate!r}; expected one of "
            f"{', '.join(get_args(Method))}. Choose another with --separate."
        )
    least = changes["min_area"]
    if (least is not None and least < 0) or changes["max_hole"] < 0:
        raise SettingError("--min-area and --max-hole must be 0 or more pixels.")
    scored = [one for one in model.history.get("images", ()) if one.get("dice") is not None]
    return How(
        str(Path(path).resolve()),
        model_digest(path),
        separate,
        max(settings.min_area, 0) if least is None else least,
        changes["max_hole"],
        flips or settings.flips_at_prediction,
        least_uncertainty(
            [float("nan") if one["uncertainty"] is None else one["uncertainty"] for one in scored],
            [one["dice"] for one in scored],
            wanted_dice,
        ),
        read_as,
        threads,
    )


def _settings(how: Any) -> dict[str, Any]:
    """What results depend on, wherever the model lies and however many threads there are."""
    return {key: value for key, value in asdict(how).items()
            if key not in ("model", "digest", "threads")}  # fmt: skip


def _recipe(file: Path, how: Any) -> str:
    digest = hashlib.sha256(json.dumps([how.digest, _settings(how)], sort_keys=True).encode())
    inner = file.rglob("*") if file.is_dir() else [file]
    for path in sorted(path for path in inner if path.is_file()):
        with path.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def _shared(
    workers: int | None, threads: int | None, on: str, images: int
) -> tuple[int | None, int]:
    """Images at a time, and threads of each."""
    from sightline.segment.networks import device  # noqa: PLC0415 -- torch is an extra

    if on:
        return workers, threads or 1
    cores = os.cpu_count() or 1
    at_once = workers or (1 if device().type != "cpu" else max(1, min(cores, images)))
    return at_once, threads or (max(1, cores // at_once) if images == 1 else 1)


def _earlier(writer: PredictionWriter, found: Mapping[str, Path]) -> dict[str, PredictedImage]:
    """Rows of images that were segmented into the folder before; none is of another file."""
    rows = {row.name: row for row in read_prediction_folder(writer.folder).rows}
    for name, file in found.items():
        if name in rows and Path(rows[name].source).resolve() != file.resolve():
            raise InputError(
                writer.folder, f"{name} of {rows[name].source}", f"none, or {name} of {file}",
                "Segment these images into another folder.",
            )  # fmt: skip
    return rows


def _foreign_folder(
    writer: PredictionWriter, rows: Sequence[PredictedImage], model: Model
) -> dict[str, Any]:
    """Whether the images, together, are unlike those of the training."""
    kept = [writer.kept(row.name)["statistics"] for row in rows]
    mean = {name: float(np.mean([one[name] for one in kept])) for name in kept[0]}
    return asdict(foreignness(mean, model.statistics))


def _told(
    writer: PredictionWriter,
    rows: Sequence[PredictedImage],
    now: int,
    folder: Mapping[str, Any],
    notes: Sequence[str],
) -> dict[str, Any]:
    return {
        "output": str(writer.folder),
        "images": len(rows),
        "done_now": now,
        "objects": sum(row.objects for row in rows),
        "uncertainty": _mean([row.uncertainty for row in rows]),
        "expected_dice": _mean([row.expected_dice for row in rows]),
        "review": sum(row.review for row in rows),
        "foreign": sum(row.foreign for row in rows),
        "foreign_folder": folder["flag"],
        "why": folder["why"],
        "notes": [*notes, *(f"{row.name}: {note}" for row in rows for note in row.notes)],
    }


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else None
