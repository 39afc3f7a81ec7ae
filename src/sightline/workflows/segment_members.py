"""Train one network of an ensemble in whatever process, so that it can be stopped and gone on with.

All that is known of it lies in the folder of work: its state every hundred steps, its weights when
it is done, its curve as it goes.
"""

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.segmentation import Segmentation
from sightline.errors import InputError
from sightline.formats.model_folder import (
    read_arrays,
    read_notes,
    write_arrays,
    write_json,
)
from sightline.segment.balance import balanced
from sightline.segment.model import Model
from sightline.segment.networks import weights_of
from sightline.segment.predict import segment_image
from sightline.segment.settings import SegmentSettings
from sightline.segment.threads import with_threads
from sightline.segment.train import Member, Step, TrainingState, train_member
from sightline.segment.training_image import TrainingImage
from sightline.trust.mask_scores import dice
from sightline.workflows.segment_material import load_image
from sightline.workflows.segment_pictures import draw_curves, draw_example
from sightline.workflows.segment_weights import read_encoder

STOP: Final = "stop"
_LOOKS: Final = 6  # at held-out images, in the course of a training
_LOOKED_AT: Final = 2  # of these
_BALANCED_BY: Final = 12  # images at most
_PART_PX: Final = 512  # of these, so that looking takes little
_SECONDS: Final = 0.5  # between two words about progress
_DRAW_SECONDS: Final = 10.0  # between pictures, but for the last


@dataclass(frozen=True)
class MemberJob:
    """What one network is trained on.

    Parameters
    ----------
    number
        Of the network.
    folder
        For its files, inside the folder of work, where a file ``stop`` asks it to end.
    learnt, held_out
        Files of images (`load_image`).
    settings
        As JSON values.
    class_names
        Of classes 1, 2, ...
    seed
        Of its random numbers.
    threads
        That it computes with; the result depends on them in its last digits.
    start
        File of the weights of a network to go on from; none if empty.
    until
        Time, seconds since 1970, at which it ends whatever it has reached; None: when it is done.
    """

    number: int
    folder: str
    learnt: tuple[str, ...]
    held_out: tuple[str, ...]
    settings: dict[str, Any]
    class_names: tuple[str, ...]
    seed: int
    threads: int = 1
    start: str = ""
    until: float | None = None

    def file(self, kind: str) -> Path:
        """Of this network, in the folder of work."""
        return Path(self.folder) / f"member-{self.number}{kind}"


def train_job(job: MemberJob) -> dict[str, Any]:
    """Train a network, or go on where an earlier process was.

    Returns
    -------
    dict
        JSON values: ``weights``, the file; ``steps`` done and ``of`` so many; ``stopped``, if
        before; ``losses``; ``looks`` at held-out images: ``step`` and ``held_out_dice``;
        ``seconds`` of this process.
    """
    begun = time.monotonic()
    settings = SegmentSettings.from_dict(job.settings)
    images = [load_image(file) for file in job.learnt]
    watch = _Watch(job, settings, images[0].image.channels)
    start = read_arrays(Path(job.start)) if job.start else None
    with with_threads(job.threads):
        member = train_member(
            images,
            len(job.class_names) + 1,
            settings,
            job.seed,
            encoder=None if start or not settings.weights else read_encoder(settings),
            start=start,
            state=watch.earlier(),
            keep=watch.keep,
            tell=watch.tell,
        )
        if settings.balance:
            weights = balanced(watch.model(member.weights), _whole(job, images))
            member = replace(member, weights=weights)
        watch.look(len(member.losses), member.weights, member.losses.tolist())
    return watch.done(member) | {"seconds": time.monotonic() - begun}


def _whole(job: MemberJob, learnt: Sequence[TrainingImage]) -> Sequence[TrainingImage]:
    """Images to set a network's balance by: held out, or learnt from if there are no others."""
    return [load_image(file) for file in job.held_out[:_BALANCED_BY]] or learnt[:_BALANCED_BY]


class _Watch:
    """Keeps the state of a training, looks at held-out images now and then, and says when to stop.

    Parameters
    ----------
    job, settings
        Of the training.
    channels
        Of the images.
    """

    def __init__(self, job: MemberJob, settings: SegmentSettings, channels: int) -> None:
        self._job = job
        self._model = Model((), settings, job.class_names, channels)
        self._looks: list[dict[str, float]] = []
        self._losses: list[float] = []
        self._told = 0.0
        self._drawn = time.monotonic()
        self._steps = settings.iterations + settings.frozen_iterations
        self._going = True
        self._held_out = [_part(load_image(file)) for file in job.held_out[:_LOOKED_AT]]

    def earlier(self) -> TrainingState | None:
        """State that an earlier process kept, if it is there and whole."""
        file = self._job.file(".state.safetensors")
        try:
            if not file.is_file():
                return None
            about = json.loads(read_notes(file)["about"])
            state = TrainingState(read_arrays(file), about["state"])
            self._looks, self._losses = about["looks"], list(state.about["losses"])
        except (InputError, KeyError, ValueError, TypeError):
            return None
        return state

    def keep(self, state: TrainingState) -> None:
        """Keep the state, in one file, so that it is there whole or not at all."""
        about = json.dumps({"state": state.about, "looks": self._looks})
        write_arrays(self._job.file(".state.safetensors"), state.arrays, {"about": about})

    def tell(self, step: Step) -> bool:
        """Look where it is time; False to end the training."""
        self._losses.append(step.loss)
        now = time.monotonic()
        if now - self._told > _SECONDS or step.step == step.steps:
            self._told = now
            with suppress(OSError):
                self._job.file(".step").write_text(f"{step.step} {step.steps}", encoding="ascii")
        if step.step < step.steps and not step.step % max(1, step.steps // _LOOKS):
            self.look(step.step, weights_of(step.network), self._losses)
        late = self._job.until is not None and time.time() > self._job.until
        self._going = not (late or (Path(self._job.folder).parent / STOP).exists())
        return self._going

    def look(self, step: int, weights: dict[str, NDArray[Any]], losses: Sequence[float]) -> None:
        """Score held-out images as the network stands, and draw curves and an example."""
        last = step == self._steps or not self._going
        draws = last or time.monotonic() - self._drawn > _DRAW_SECONDS
        if not any(look["step"] == step for look in self._looks):
            scores = []
            for place, image in enumerate(self._held_out):
                found = segment_image(self.model(weights), image.image)
                scores.append(held_out_dice(found.classes, image.target, self._model.classes))
                if draws and not place:
                    with suppress(InputError):  # somebody may have it open
                        self._draw_example(image, found)
            said = float(np.mean(scores)) if scores else float("nan")
            self._looks.append({"step": step, "held_out_dice": said})
        curve = {"losses": list(losses), "looks": [_known(look) for look in self._looks]}
        with suppress(InputError):  # another process may have it open; the next look renews it
            write_json(self._job.file(".curve.json"), curve)
        if draws:
            with suppress(InputError):
                draw_curves(Path(self._job.folder))
            self._drawn = time.monotonic()

    def done(self, member: Member) -> dict[str, Any]:
        """Keep the weights, and say what became of it."""
        file = self._job.file(".safetensors")
        write_arrays(file, member.weights)
        if not member.stopped:
            self._job.file(".state.safetensors").unlink(missing_ok=True)
        return {
            "weights": str(file),
            "steps": len(member.losses),
            "of": member.steps,
            "stopped": member.stopped,
            "losses": [round(float(loss), 6) for loss in member.losses],
            "looks": [_known(look) for look in self._looks],
        }

    def model(self, weights: dict[str, NDArray[Any]]) -> Model:
        """The network alone, as it is, without flips."""
        settings = replace(self._model.settings, flips_at_prediction=1, match_noise=False)
        return replace(self._model, members=(weights,), settings=settings)

    def _draw_example(self, image: TrainingImage, found: Segmentation) -> None:
        folder = Path(self._job.folder) / "examples"
        draw_example(folder / f"member-{self._job.number}.png", image.image, image.target, found)


def held_out_dice(found: NDArray[Any], target: NDArray[np.int16], classes: int) -> float:
    """Dice of predicted classes where something is said; 1 where neither has anything."""
    said = target >= 0
    score = dice(np.where(said, found, 0), np.where(said, target, 0), range(1, classes))
    return 1.0 if np.isnan(score) else score


def steps_done(folder: Path) -> tuple[int, int]:
    """Steps done and wanted, of all networks at work in a folder."""
    done = total = 0
    for file in folder.glob("member-*.step"):
        with suppress(OSError, ValueError):
            step, steps = map(int, file.read_text(encoding="ascii").split())
            done, total = done + step, total + steps
    return done, total


def _part(image: TrainingImage) -> TrainingImage:
    """As much around the middle of what is to be found as is looked at."""
    places = np.nonzero(image.target > 0)
    inside = []
    for axis, length in enumerate(image.target.shape):
        middle = int(np.median(places[axis])) if len(places[axis]) else length // 2
        first = int(np.clip(middle - _PART_PX // 2, 0, max(0, length - _PART_PX)))
        inside.append(slice(first, first + _PART_PX))
    rows, columns = inside
    pixels = replace(image.image, pixels=image.image.pixels[:, rows, columns])
    return TrainingImage(pixels, image.target[rows, columns])


def _known(look: dict[str, float]) -> dict[str, Any]:
    return {key: None if np.isnan(value) else value for key, value in look.items()}
