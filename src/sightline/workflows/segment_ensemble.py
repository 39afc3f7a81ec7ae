"""From material to a model: a first answer, the networks that replace it, their scores, the log."""

import csv
import os
import platform
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sightline.compute.jobs import Progress
from sightline.errors import SightlineError
from sightline.formats.model_folder import write_arrays
from sightline.segment.model import Model
from sightline.segment.networks import device
from sightline.segment.settings import PRESETS
from sightline.trust.dice_forecast import fit_forecast
from sightline.workflows.segment_held_out import mean_of
from sightline.workflows.segment_material import Material
from sightline.workflows.segment_models import write_model
from sightline.workflows.segment_training import (
    NEVER,
    Rows,
    Training,
    assign_folds,
    is_stopped,
    score_held_out,
    stopping,
    train_networks,
    with_found_rate,
    within,
)
from sightline.workflows.segment_wanted import Wanted

Phase = Callable[[str], Progress]
Say = Callable[[str], None]
Networks = dict[int, dict[str, Any]]

FIRST: Final = "first"
_MEMBERS: Final = "members"
_RATES: Final = "rates"
_LEAST_HELD_OUT: Final = 2  # images a network, of a model that is gone on from
_ENOUGH: Final = 0.3  # of its steps, from which on a stopped network is of use
_VERSIONS: Final = ("numpy", "scipy", "torch", "safetensors")


@dataclass(frozen=True)
class _Trained:
    """Networks of one kind, and their scores on images that they have not learnt from."""

    training: Training
    kind: str
    networks: Networks
    rows: Rows

    @property
    def last_look(self) -> float | None:
        """Dice of parts of held-out images when training ended, the mean over networks."""
        looks = [network["looks"][-1] for network in self.networks.values() if network["looks"]]
        return mean_of(looks, "held_out_dice")


def make_model(
    wanted: Wanted, material: Material, log: Mapping[str, Any], say: Say, phase: Phase
) -> dict[str, Any]:
    """Train, choose and write a model; see `sightline.workflows.segment_train.train`.

    Parameters
    ----------
    wanted
        What was asked for.
    material
        What is learnt from.
    log
        What is kept in the model's history, beside what is found here.
    say, phase
        As for `train`.
    """
    begun = time.time()
    training = _planned(wanted, material, say)
    with stopping(wanted.folder):
        first = _first_answer(training, say, phase)
        if log["find_rate"]:
            training = with_found_rate(training, wanted.folder / _RATES)
            say(f"learning rate {training.settings.learning_rate:.2g}, found by trying")
        if wanted.minutes is not None:
            training = within(training, wanted.minutes, begun)
            _say_steps(training, wanted, say)
        trained = _networks(training, phase)
        before = _before(training, phase)
        best = _better(first, trained, phase)
        stopped = is_stopped(wanted.folder)
    if best is None:
        for kind in (FIRST, _MEMBERS):  # what was stopped too soon is no result to keep
            (wanted.folder / kind / "members.jsonl").unlink(missing_ok=True)
        raise SightlineError(
            f"{wanted.output}: stopped before anything of use was learnt; expected a few more "
            "steps. Run the same again: it goes on where it was."
        )
    history = _history(wanted, best, log, (first, trained, before), stopped)
    model = _model(best, material, history)
    write_model(wanted.output, model, lambda folder: _add_files(folder, best))
    return _told(wanted, model, best, time.time() - begun)


def _planned(wanted: Wanted, material: Material, say: Say) -> Training:
    """Folds, and where the networks start; what is not as asked for is said."""
    known = {}
    start: list[str] = []
    if wanted.before is not None:
        known = {image["name"]: image["fold"] for image in wanted.before.history.get("images", ())}
        for number, weights in enumerate(wanted.before.members):
            file = wanted.folder / f"start-{number}.safetensors"
            write_arrays(file, weights)
            start.append(str(file))
    fold = assign_folds(material, wanted.settings.folds, wanted.seed, known)
    if start and len(material.images) < _LEAST_HELD_OUT * len(start):
        fold = dict.fromkeys(fold, NEVER)  # each of so few is worth more learnt than held out
    training = Training(
        wanted.folder, material, wanted.settings, fold, wanted.seed, wanted.threads,
        wanted.workers, wanted.on, tuple(start),
    )  # fmt: skip
    if training.members < wanted.settings.members:
        say(
            f"{len(material.images)} images: {training.members} networks instead of "
            f"{wanted.settings.members}, as each is trained without some"
        )
    if all(place < 0 for place in fold.values()):
        say("no image can be held out, so no score and no forecast of quality can be told")
    kind = device().type
    say("training on a GPU" if kind == "cuda" else f"training on the processor, {kind}")
    return training


def _first_answer(training: Training, say: Say, phase: Phase) -> _Trained | None:
    """A pixel classifier, kept as a model of its own while the networks learn."""
    if training.start or training.settings.network == PRESETS[FIRST].network:
        return None
    separate = training.settings.separate
    quick = replace(
        PRESETS[FIRST],
        folds=training.settings.folds,
        members=training.members,
        separate="watershed" if separate == "middles" else separate,  # it learns no middles
        min_area=training.settings.min_area,
    )
    first = replace(training, settings=quick)
    done = _usable(train_networks(first, FIRST, [0], phase("first answer")))
    if not done:
        return None
    rows = score_held_out(first, FIRST, _files(done))
    found = _Trained(first, FIRST, done, rows)
    place = training.folder / "first-answer"
    if not place.exists():
        write_model(place, _model(found, training.material, {"first_answer": True}))
    dice = mean_of(list(rows.values()), "dice")
    scored = "" if dice is None else f"Dice {dice:.3f} on {len(rows)} held-out images; "
    say(f"first answer: {scored}a model to use meanwhile is {place}")
    return found


def _networks(training: Training, phase: Phase) -> _Trained | None:
    if is_stopped(training.folder):
        return None
    numbers = range(training.members)
    done = _usable(train_networks(training, _MEMBERS, numbers, phase("training")))
    if not done:
        return None
    rows = score_held_out(training, _MEMBERS, _files(done), phase("held-out images"))
    return _Trained(training, _MEMBERS, done, rows)


def _before(training: Training, phase: Phase) -> Rows:
    """Scores of the model that was gone on from, on the same images."""
    if not training.start or is_stopped(training.folder):
        return {}
    files = dict(enumerate(training.start))
    return score_held_out(training, "before", files, phase("the model before"))


def _better(first: _Trained | None, trained: _Trained | None, phase: Phase) -> _Trained | None:
    """The networks, if they are better than the first answer where both can be compared."""
    if first is None or trained is None:
        return trained or first
    one, other = _compared(first, trained)
    if one is None or other is None or other >= one:
        return trained
    training = replace(first.training, until=trained.training.until)
    late = training.until is not None and time.time() > training.until
    rest = [number for number in range(training.members) if number not in first.networks]
    if is_stopped(training.folder) or late or not rest:
        return first
    more = _usable(train_networks(training, FIRST, range(training.members), phase("first answer")))
    rows = score_held_out(training, FIRST, _files(more), phase("held-out images"))
    return replace(first, networks=more, rows=rows)


def _compared(first: _Trained, trained: _Trained) -> tuple[float | None, float | None]:
    """Mean Dice of both, on the held-out images that both were scored on."""
    both = [name for name in first.rows if name in trained.rows]
    if not both:
        return first.last_look, trained.last_look
    return (
        mean_of([first.rows[name] for name in both], "dice"),
        mean_of([trained.rows[name] for name in both], "dice"),
    )


def _usable(networks: Networks) -> Networks:
    return {
        number: network
        for number, network in networks.items()
        if not network["stopped"] or network["steps"] >= _ENOUGH * network["of"]
    }


def _files(networks: Networks) -> dict[int, str]:
    return {number: network["weights"] for number, network in networks.items()}


def _model(best: _Trained, material: Material, history: Mapping[str, Any]) -> Model:
    from sightline.formats.model_folder import read_arrays  # noqa: PLC0415

    training = best.training
    quiet = sum(
        training.settings.of_member(number, training.members).quiet_members
        for number in best.networks
    )
    settings = replace(
        training.settings, min_area=training.min_area, members=len(best.networks),
        quiet_members=quiet,
    )  # fmt: skip
    files = dict(sorted(_files(best.networks).items()))
    members = tuple(read_arrays(Path(file)) for file in files.values())
    known = {
        "object_diameter_px": training.object_diameter_px,
        "min_area_learnt": training.settings.min_area < 0,
    }
    return Model(
        members, settings, material.class_names, material.channels, material.pixel_size_um,
        training.statistics, known | dict(history),
    )  # fmt: skip


def _history(
    wanted: Wanted,
    best: _Trained,
    log: Mapping[str, Any],
    others: tuple[_Trained | None, _Trained | None, Rows],
    stopped: bool,
) -> dict[str, Any]:
    """All that is needed to repeat the training and to judge it, as JSON values."""
    first, trained, before = others
    one, other = (None, None) if first is None or trained is None else _compared(first, trained)
    training, rows = best.training, best.rows
    forecast = fit_forecast(
        [_number(row["uncertainty"]) for row in rows.values()],
        [_number(row["dice"]) for row in rows.values()],
    )
    images = [
        image.to_dict() | {"fold": training.fold[image.name]} | rows.get(image.name, {})
        for image in training.material.images
    ]
    networks = [
        {key: value for key, value in network.items() if key not in ("weights", "losses")}
        | {"number": number}
        for number, network in best.networks.items()
    ]
    return dict(log) | {
        "kind": best.kind,
        "images": images,
        "networks": networks,
        "first_dice": one,
        "network_dice": other,
        "before": {name: row["dice"] for name, row in before.items()},
        "forecast": None if forecast is None else forecast.to_dict(),
        "stopped": stopped,
        "notes": list(training.material.said),
        "device": device().type,
        "workers": wanted.workers,
        "cores": os.cpu_count(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _VERSIONS},
    }


def _add_files(folder: Path, best: _Trained) -> None:
    """Curves as a table and a picture, and examples, into the model's folder."""
    work = best.training.folder / best.kind
    with (folder / "curves.csv").open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("member", "step", "loss", "held_out_dice"))
        for number, network in best.networks.items():
            looks = {look["step"]: look["held_out_dice"] for look in network["looks"]}
            for step, loss in enumerate(network["losses"], start=1):
                writer.writerow((number + 1, step, loss, looks.get(step, "")))
    if (work / "curves.png").is_file():
        shutil.copyfile(work / "curves.png", folder / "curves.png")
    rates = best.training.folder / _RATES / "learning_rate.png"
    if rates.is_file():
        shutil.copyfile(rates, folder / rates.name)
    if (work / "examples").is_dir():
        shutil.copytree(work / "examples", folder / "examples")


def _told(wanted: Wanted, model: Model, best: _Trained, seconds: float) -> dict[str, Any]:
    rows: Sequence[Mapping[str, Any]] = list(best.rows.values())
    history = model.history
    common = [name for name in history["before"] if name in best.rows]
    before = [{"dice": history["before"][name]} for name in common]
    return {
        "model": str(wanted.output),
        "images": len(best.training.material.images),
        "annotators": len(wanted.inputs.annotators),
        "classes": list(model.class_names),
        "network": model.settings.network,
        "members": len(model.members),
        "steps": [network["steps"] for network in best.networks.values()],
        "held_out": len(rows),
        "dice": mean_of(rows, "dice"),
        "map": mean_of(rows, "map"),
        "ap50": mean_of(rows, "ap50"),
        "first_dice": history["first_dice"],
        "network_dice": history["network_dice"],
        "dice_before": mean_of(before, "dice"),
        "min_area_px": model.settings.min_area,
        "forecast_error": (history["forecast"] or {}).get("error"),
        "device": history["device"],
        "threads": wanted.threads,
        "seconds": round(seconds, 1),
        "stopped": history["stopped"],
        "notes": history["notes"],
    }


def _say_steps(training: Training, wanted: Wanted, say: Say) -> None:
    steps = training.settings.iterations
    if steps < wanted.settings.iterations:
        say(
            f"{steps} steps a network instead of {wanted.settings.iterations}, "
            f"to be done within {wanted.minutes:g} minutes"
        )


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
