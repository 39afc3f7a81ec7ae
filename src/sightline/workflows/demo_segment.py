"""Simulated images to try segmentation on, from five opinions to objects: `demo segment`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path
from time import monotonic
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.consensus.mask_consensus import fuse_masks
from sightline.data.mask import Mask
from sightline.errors import SettingError
from sightline.formats.prediction_folder import PredictionFolder, read_prediction_folder
from sightline.segment.installed import need_torch
from sightline.simulate.ambiguous_images import AmbiguousImage, simulate_ambiguous_images
from sightline.simulate.ambiguous_settings import HOME
from sightline.simulate.mask_experts import FIVE_EXPERTS, MaskExpert, outline, outline_all
from sightline.trust.mask_scores import dice
from sightline.workflows.demo import new_home
from sightline.workflows.demo_segment_picture import Shown, draw_demo
from sightline.workflows.segment_consensus import consensus
from sightline.workflows.segment_correct import correct
from sightline.workflows.segment_export import export
from sightline.workflows.segment_predict import predict
from sightline.workflows.segment_train import train
from sightline.workflows.simulated_images import write_ambiguous_folder

CORRECTOR: Final = MaskExpert("fiona", threshold=2.0, missed=0.0, invented=0.0, fuses=0.0)
"""Who corrects the most uncertain images: somebody with time to look twice."""

MEAN, CONSENSUS = "experts' mean", "experts' consensus"
MACHINE, CORRECTED = "machine", "after corrections"

_SMALL: Final = {  # a network that learns enough in half a minute on two cores
    "network": "unet", "weights": "", "members": "2", "folds": "2", "downscale": "2",
    "tile": "96", "batch": "8", "iterations": "90",
}  # fmt: skip
_MORE: Final = {"iterations": "40"}  # on the corrections


@dataclass(frozen=True)
class DemoSegmentResult:
    """What the demonstration did and found.

    Parameters
    ----------
    annotations, images, consensus, model, predictions, project, regions, figure
        What it wrote: the annotated images with five experts' masks, the new images, the consensus,
        the last model and its predictions, the project with the corrections, ImageJ regions, and a
        picture.
    annotated, new
        How many images the experts outlined, and did not.
    deviates, deviating_dice
        The expert who agrees least with the consensus of the others, and how much.
    first_dice, network_dice
        Of the first answer and of the networks, with the consensus of annotated images that were
        held out; NaN where there is none.
    ranked
        Names of the new images, the most uncertain first, as the machine has it.
    corrected
        Those that were outlined by hand and learnt from.
    judged
        The other new images, on which ``dice`` is.
    dice
        Against the simulated truth, which has cells that nobody can see: of each expert, had they
        outlined these images; of the experts on average, and of their consensus; of the machine,
        and of the machine after the corrections.
    seconds
        All of it.
    """

    annotations: str
    images: str
    consensus: str
    model: str
    predictions: str
    project: str
    regions: str
    figure: str
    annotated: int
    new: int
    deviates: str
    deviating_dice: float
    first_dice: float
    network_dice: float
    ranked: tuple[str, ...]
    corrected: tuple[str, ...]
    judged: tuple[str, ...]
    dice: dict[str, float]
    seconds: float


def demo_segment(
    folder: str | Path | None = None,
    *,
    annotated: int = 8,
    new: int = 6,
    corrections: int = 2,
    minutes: float = 0.7,
    seed: int = 0,
    workers: int | None = None,
    phase: Callable[[str], Progress] = lambda _name: lambda _done, _total: None,
) -> DemoSegmentResult:
    """Simulate images and experts; fuse, train, predict, rank, correct, train on, compare.

    Parameters
    ----------
    folder
        New or empty folder for all files; a temporary one if not given.
    annotated, new
        Images that five experts outline, and images to predict.
    corrections
        So many of these, the most uncertain ones, are outlined by hand, and learnt from.
    minutes
        That the training may take, before the corrections.
    seed
        Same seed, same images and masks; the networks too, where their time is not cut.
    workers
        Processes; one a core if not given.
    phase
        Takes the name of the next step, and returns what is called with its progress.

    Raises
    ------
    SettingError
        If there are too few images, or the packages for networks are not installed.
    InputError
        If the folder holds something already.
    """
    if not (3 <= annotated <= 100 and 2 <= new <= 100 and 1 <= corrections < new):
        raise SettingError(
            f"The demo was given {annotated} annotated images, {new} new ones and {corrections} "
            "corrections; it needs 3 to 100, 2 to 100, and fewer corrections than new images."
        )
    need_torch()
    started = monotonic()
    home = new_home(folder)
    made = simulate_ambiguous_images(replace(HOME, seed=seed), annotated + new)
    drawn = outline_all(FIVE_EXPERTS, made, seed)
    lab, unseen = home / "annotated", home / "new"
    write_ambiguous_folder(lab, made[:annotated], _part(drawn, range(annotated)))
    write_ambiguous_folder(unseen, made[annotated:])
    phase("simulating images and experts")(1, 1)
    fused = consensus(lab, home / "consensus", phase=phase)
    how: dict[str, Any] = {"seed": seed, "workers": workers, "threads": 1, "phase": phase}
    learnt = train(lab, home / "model", changes=_SMALL, minutes=minutes, **how)
    look = _Looking(unseen / "images", home, workers, phase)
    found = {MACHINE: look.at("model", "predictions", project=home / "new.sightline")}
    chosen = found[MACHINE].names[:corrections]
    outlined = _corrections(home / "corrected", made, chosen, seed)
    correct(home / "new.sightline", outlined / "experts" / CORRECTOR.name, annotator=CORRECTOR.name)
    train(outlined, home / "corrected_model", start=home / "model", changes=_MORE, **how)
    found[CORRECTED] = look.at("corrected_model", "corrected_predictions")
    regions = export(home / "corrected_predictions", home / "regions", to="rois")["output"]
    judged = [number for number in range(annotated, annotated + new)
              if made[number].image.name not in chosen]  # fmt: skip
    scores = _scores(made, drawn, found, judged)
    figure = home / "segmentation.png"
    _draw(figure, made, drawn, found[CORRECTED], (annotated - 1, judged[0]), scores)
    who, how_far = _deviating(fused)
    return DemoSegmentResult(
        str(lab), str(unseen), str(home / "consensus"), str(home / "corrected_model"),
        str(home / "corrected_predictions"), str(home / "new.sightline"), str(regions),
        str(figure), annotated, new, who, how_far, *_held_out(learnt),
        found[MACHINE].names, chosen,
        tuple(made[number].image.name for number in judged), scores, monotonic() - started,
    )  # fmt: skip


@dataclass(frozen=True)
class _Looking:
    """Predicts the same images with one model after the other."""

    images: Path
    home: Path
    workers: int | None
    phase: Callable[[str], Progress]

    def at(self, model: str, output: str, **more: Any) -> PredictionFolder:
        """Predict with a model of that name into a folder of that name."""
        predict(
            self.images, model=self.home / model, output=self.home / output,
            workers=self.workers, phase=self.phase, **more,
        )  # fmt: skip
        return read_prediction_folder(self.home / output)


def _part(drawn: Mapping[str, Sequence[Mask]], which: Sequence[int]) -> dict[str, tuple[Mask, ...]]:
    """Each expert's masks of some images."""
    return {name: tuple(masks[number] for number in which) for name, masks in drawn.items()}


def _corrections(
    folder: Path, made: Sequence[AmbiguousImage], names: Sequence[str], seed: int
) -> Path:
    """Write the images of these names, outlined by somebody who looks twice."""
    images = [one for one in made if one.image.name in names]
    return write_ambiguous_folder(
        folder, images, {CORRECTOR.name: outline(CORRECTOR, images, seed)}
    )


def _scores(
    made: Sequence[AmbiguousImage],
    drawn: Mapping[str, Sequence[Mask]],
    found: Mapping[str, PredictionFolder],
    judged: Sequence[int],
) -> dict[str, float]:
    """Mean Dice against the truth, of people and of networks."""

    def mean(masks: Sequence[NDArray[Any]]) -> float:
        truths = [made[number].truth.foreground for number in judged]
        return float(np.mean([dice(mask > 0, truth) for mask, truth in zip(masks, truths,
                     strict=True)]))  # fmt: skip

    own = {name: mean([one.classes for one in masks]) for name, masks in
           _part(drawn, judged).items()}  # fmt: skip
    together = [fuse_masks({name: masks[number] for name, masks in drawn.items()}).mask.classes
                for number in judged]  # fmt: skip
    names = [made[number].image.name for number in judged]
    machine = {who: mean([folder.classes(name) for name in names])
               for who, folder in found.items()}  # fmt: skip
    return own | {MEAN: float(np.mean(list(own.values()))), CONSENSUS: mean(together)} | machine


def _held_out(learnt: Mapping[str, Any]) -> tuple[float, float]:
    """Dice of the first answer and of the networks on held-out images; NaN where unknown."""
    first, network = (learnt.get(name) for name in ("first_dice", "network_dice"))
    return nan if first is None else float(first), nan if network is None else float(network)


def _deviating(fused: Mapping[str, Any]) -> tuple[str, float]:
    """Who agrees least with the others, and by which Dice."""
    agreement = {who: float(one["dice_others"]) for who, one in fused["annotators"].items()}
    who = min(agreement, key=lambda name: agreement[name])
    return who, agreement[who]


def _draw(
    path: Path,
    made: Sequence[AmbiguousImage],
    drawn: Mapping[str, Sequence[Mask]],
    found: PredictionFolder,
    shown: tuple[int, int],
    scores: Mapping[str, float],
) -> None:
    """An image with all opinions, and one with what was predicted."""
    first, second = (made[number] for number in shown)
    name = second.image.name
    opinions = Shown(
        f"{first.image.name}: five experts, five opinions", first.image.pixels[0],
        {who: masks[shown[0]].foreground for who, masks in drawn.items()},
    )  # fmt: skip
    seen = Shown(
        f"{name}: predicted, and true", second.image.pixels[0],
        {"true": second.truth.foreground, "predicted": found.classes(name) > 0},
    )  # fmt: skip
    draw_demo(path, opinions, seen, found.segmentation(name).uncertainty, scores)
