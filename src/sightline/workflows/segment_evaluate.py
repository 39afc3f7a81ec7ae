"""How good predictions are, and whether their uncertainty tells: `sightline segment evaluate`."""

import filecmp
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from sightline.compute.jobs import Progress
from sightline.consensus.mask_consensus import METHODS
from sightline.consensus.mask_fusion import Fusion, fusion_of
from sightline.data.json_values import without_nan
from sightline.data.mask import Mask
from sightline.errors import InputError, SettingError
from sightline.formats.predicted_image import PredictedImage
from sightline.formats.prediction_folder import PredictionFolder, read_prediction_folder
from sightline.formats.table import write_rows
from sightline.trust.dice_forecast import LEAST_IMAGES, DiceForecast, fit_forecast
from sightline.trust.mask_agreement import PRECISIONS, mean_of
from sightline.trust.rank_correlation import rank_correlation
from sightline.workflows.renewed_folder import check_renewable, renewed_folder
from sightline.workflows.segment_agreement import (
    ImageAgreement,
    agreement_on,
    annotator_figures,
    measures,
)
from sightline.workflows.segment_evaluate_picture import draw_evaluation
from sightline.workflows.segment_inputs import SegmentInputs, read_inputs

Row = dict[str, Any]
Phase = Callable[[str], Progress]
KIND: Final = "evaluation"
UNCERTAINTIES: Final = ("uncertainty", "between_members", "between_flips", "data")
_MACHINE: Final = ("dice", "dice_others", "map", *PRECISIONS, "sensitivity", "specificity")


def evaluate(  # noqa: PLR0913 -- one argument for each thing a user may say
    folder: str | Path,
    *,
    model: str | Path | None = None,
    predictions: str | Path | None = None,
    output: str | Path | None = None,
    method: str = "staple",
    least: int = 2,
    classes: Sequence[str] = (),
    images: str | Path = "",
    annotators: Sequence[str] = (),
    min_area_px: int = 0,
    seed: int = 0,
    workers: int | None = None,
    say: Callable[[Sequence[str]], None] = lambda _said: None,
    phase: Phase = lambda _name: lambda _done, _total: None,
    **read: Any,
) -> Row:
    """Score predictions against the consensus of a folder's annotators, and against each of them.

    Parameters
    ----------
    folder
        Images and annotators' masks.
    model
        Model folder to predict with; into a folder that is thrown away.
    predictions
        What `predict` left, instead of a model.
    output
        New folder for tables and a picture, or an earlier one of ours; none if not given.
    method, least, classes, images, annotators, min_area_px, say, phase, **read
        As for `consensus`.
    seed
        Of the bootstrap.
    workers
        Processes that predict; one a core if not given.

    Returns
    -------
    dict
        ``machine`` and ``annotators``: means over images of the agreement with the consensus, and
        with the consensuses of all annotators but one (``dice_others``), which judge machine and
        annotators alike; ``images``, a row each; ``rank_correlation`` of Dice with U and its parts,
        with intervals of 95 %; ``forecast``, the error of a line through the other images in
        forecasting Dice from U, and that of guessing their mean; ``said`` and ``notes``.

    Raises
    ------
    InputError, SettingError
        If a file or setting cannot be used, no image was predicted, or a prediction does not fit.
    """
    target = None if output is None else Path(output)
    if (model is None) == (predictions is None):
        raise SettingError("Give either --model or --predictions: what is to be evaluated.")
    if method not in METHODS:
        raise SettingError(f"Method {method!r} is not known; choose one of {', '.join(METHODS)}.")
    if target is not None:
        check_renewable(target, KIND)
    inputs = read_inputs(folder, images=images, annotators=annotators, class_names=classes, **read)
    with tempfile.TemporaryDirectory(prefix="sightline-") as scratch:
        made = predictions
        if model is not None:
            made = Path(scratch) / "predictions"
            _predict(inputs, model, made, workers, phase)
        found = read_prediction_folder(made or "")
        names, notes = _matched(inputs, found)
        say([*inputs.said, *notes])
        fusion = fusion_of(
            (inputs.masks(name) for name in inputs.names), method, least, leave_out=True
        )
        scored = _score(inputs, found, names, fusion, min_area_px, phase("scoring"))
    told = _told(scored, inputs, method, seed) | {"min_area_px": min_area_px, "notes": notes}
    if target is not None:
        with renewed_folder(target, KIND) as aside:
            _write(told, aside)
            draw_evaluation(told, _line(told["images"]), aside)
        told["output"] = str(target)
    return told


@dataclass(frozen=True)
class _Scored:
    """An image's row of the predictions, and what comparing it gave."""

    row: PredictedImage
    agreement: ImageAgreement


def _predict(
    inputs: SegmentInputs, model: str | Path, output: Path, workers: int | None, phase: Phase
) -> None:
    """Predict the images that annotators did."""
    from sightline.workflows.segment_predict import predict  # noqa: PLC0415 -- torch

    files = [one.image for one in inputs.annotated.images if one.masks]
    predict(files, model, output, read_as=inputs.read_as, workers=workers, phase=phase)


def _matched(inputs: SegmentInputs, found: PredictionFolder) -> tuple[dict[str, str], list[str]]:
    """Image to its name among the predictions, by name or file, and what is left out, in words."""
    ours, theirs = inputs.class_names, found.class_names
    if len(ours) != len(theirs) or (len(ours) > 1 and ours != theirs):
        raise InputError(
            found.path, f"classes {', '.join(theirs)}", ", ".join(ours),
            "Name the folder's classes as the model's are, with --classes.",
        )  # fmt: skip
    done = {one.name: one.image.resolve() for one in inputs.annotated.images if one.masks}
    files = {Path(row.source).resolve(): row.name for row in found.rows if row.source}
    predicted = set(found.names)
    names = {
        name: files.get(file, name)
        for name, file in done.items()
        if name in predicted or file in files
    }
    _check_same(found, {theirs: done[name] for name, theirs in names.items()})
    if not names:
        raise InputError(
            found.path, f"predictions of {', '.join(found.names[:5]) or 'nothing'}",
            f"of some of the annotated images, such as {', '.join(list(done)[:5])}",
            "Predict the images of this folder.",
        )  # fmt: skip
    missing = [name for name in done if name not in names]
    strange = sorted(predicted - set(names.values()))
    notes = [f"not predicted, so not scored: {', '.join(missing)}"] if missing else []
    return names, notes + (
        [f"predicted, but without masks: {', '.join(strange)}"] if strange else []
    )


def _check_same(found: PredictionFolder, files: Mapping[str, Path]) -> None:
    """Images that are matched by name are the very same, as far as both files are there."""
    others = []
    for name, file in files.items():
        source = Path(found.row(name).source)
        known = source.is_file() and file.is_file() and source.resolve() != file
        if known and not filecmp.cmp(source, file, shallow=False):
            others.append(f"{name} of {source}")
    if others:
        raise InputError(
            found.path, f"predictions of other images by these names: {', '.join(others)}",
            f"of those in {next(iter(files.values())).parent}", "Predict these very images.",
        )  # fmt: skip


def _score(
    inputs: SegmentInputs,
    found: PredictionFolder,
    names: Mapping[str, str],
    fusion: Fusion,
    min_area_px: int,
    progress: Progress,
) -> list[_Scored]:
    scored = []
    for done, (name, theirs) in enumerate(names.items()):
        progress(done, len(names))
        masks, row = inputs.masks(name), found.row(theirs)
        classes, objects = found.classes(theirs), found.objects(theirs)
        shape = next(iter(masks.values())).shape
        if row.shape != shape:
            raise InputError(
                found.path, f"{name}: {row.shape[0]} x {row.shape[1]} pixels",
                f"{shape[0]} x {shape[1]}, as annotators' masks are",
                "Predict these very images.",
            )  # fmt: skip
        objects = np.where(classes > 0, objects, 0).astype(np.int32)
        machine = Mask(classes, objects, inputs.class_names, f"prediction of {name}")
        consensus = fusion.fuse(masks).mask
        agreement = agreement_on(name, masks, consensus, fusion, min_area_px, machine=machine)
        scored.append(_Scored(row, agreement))
    progress(len(names), len(names))
    return scored


def _told(scored: Sequence[_Scored], inputs: SegmentInputs, method: str, seed: int) -> Row:
    rows = [_row(one) for one in scored]
    people = annotator_figures([one.agreement for one in scored])
    dice = [row["dice"] for row in rows]
    correlation = {}
    for part in UNCERTAINTIES:
        found = rank_correlation([row[part] for row in rows], dice, seed=seed)
        correlation[part] = {"value": found.value, "low": found.low, "high": found.high,
                             "images": found.pairs}  # fmt: skip
    return {
        "method": method,
        "machine": {measure: mean_of(row[measure] for row in rows) for measure in _MACHINE},
        "annotators": people,
        "images": rows,
        "rank_correlation": correlation,
        "forecast": _forecast(rows),
        "said": list(inputs.said),
    }


def _row(one: _Scored) -> Row:
    machine = one.agreement.machine
    assert machine is not None  # noqa: S101 -- it was compared
    row: Row = {"image": one.agreement.name}
    row |= measures(machine.consensus, None)
    row["dice_others"] = mean_of(each.dice for each in machine.without)
    row |= {part: getattr(one.row, part) for part in UNCERTAINTIES}
    row |= {"expected_dice": one.row.expected_dice, "foreign": one.row.foreign}
    row |= {
        "objects": one.row.objects,
        "true_objects": machine.consensus.found + machine.consensus.missed,
    }
    for who, each in machine.annotators.items():
        row[f"dice with {who}"] = each.dice
    for who, each in one.agreement.against.items():
        row[f"dice of {who}"] = each.dice
    return row


def _line(rows: Sequence[Row]) -> DiceForecast | None:
    return fit_forecast([row["uncertainty"] for row in rows], [row["dice"] for row in rows])


def _forecast(rows: Sequence[Row]) -> Row:
    """How well U forecasts Dice, on images that the line has not seen."""
    line = _line(rows)
    known = [row for row in rows if np.isfinite(row["uncertainty"]) and np.isfinite(row["dice"])]
    if line is None:
        words = f"none: {len(known)} scored images, and it needs {LEAST_IMAGES} of different U"
        return {"images": len(known), "error": None, "error_of_mean": None, "words": words}
    words = (
        f"a line through the other images misses an image's Dice by {line.error:.3f} on average; "
        f"guessing their mean, by {line.error_of_mean:.3f}"
    )
    told: Row = {**line.to_dict(), "words": words}
    forecast = [abs(row["expected_dice"] - row["dice"]) for row in known]
    if np.isfinite(forecast).any():
        told["error_of_the_model"] = mean_of(forecast)
    return told


def _write(told: Mapping[str, Any], folder: Path) -> None:
    columns = list(dict.fromkeys(column for row in told["images"] for column in row))
    images = ([without_nan(row.get(column)) for column in columns] for row in told["images"])
    write_rows(folder / "evaluation.csv", columns, images)
    kinds = [{"name": "the machine", **told["machine"]}]
    kinds += [{"name": name, **figures} for name, figures in told["annotators"].items()]
    people = list(dict.fromkeys(column for row in kinds for column in row))
    lines = ([without_nan(row.get(column)) for column in people] for row in kinds)
    write_rows(folder / "annotators.csv", people, lines)
    text = json.dumps(without_nan(told), indent=1, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
