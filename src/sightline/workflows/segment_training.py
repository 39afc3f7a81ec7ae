"""The parts of a training: which network learns from which images, side by side, and scores."""

import json
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any, Final

import numpy as np

from sightline.compute.jobs import Progress, run_jobs
from sightline.formats.model_folder import read_arrays
from sightline.segment.foreign import together
from sightline.segment.instances import smallest_area, typical_diameter
from sightline.segment.model import Model
from sightline.segment.predict import segment_image
from sightline.segment.rate_finder import find_rate
from sightline.segment.settings import SegmentSettings
from sightline.segment.threads import with_threads
from sightline.segment.train import train_member
from sightline.workflows.segment_held_out import HeldOutJob, score_job
from sightline.workflows.segment_material import Material, load_image, load_objects
from sightline.workflows.segment_members import STOP, MemberJob, steps_done, train_job
from sightline.workflows.segment_rate_figure import draw_rates
from sightline.workflows.segment_weights import read_encoder

Rows = dict[str, dict[str, Any]]

NEVER: Final = -1  # the fold of images that are never held out
_PROBED: Final = 4  # steps by which the time of a training is told beforehand
_FOR_TRAINING: Final = 0.85  # of the time that is left, the rest is for scores and pictures
_LEAST_STEPS: Final = 10


@dataclass(frozen=True)
class Training:
    """What is trained, and where.

    Parameters
    ----------
    folder
        Of the work.
    material
        What is learnt from.
    settings
        How.
    fold
        Image name to the fold in which it is held out, or `NEVER`.
    seed
        Of all random numbers.
    threads, workers
        Of each network, and networks at a time.
    on
        Address of a cluster; this machine if empty.
    start
        Files of weights to go on from, one a network; from nothing if empty.
    until
        Time, seconds since 1970, by which training is to end.
    """

    folder: Path
    material: Material
    settings: SegmentSettings
    fold: Mapping[str, int]
    seed: int
    threads: int = 1
    workers: int | None = 1
    on: str = ""
    start: tuple[str, ...] = ()
    until: float | None = None

    @property
    def members(self) -> int:
        """Networks: no more than folds, for each is trained without one."""
        if self.start:
            return len(self.start)
        return min(self.settings.members, max(1, max(self.fold.values()) + 1))

    @property
    def min_area(self) -> int:
        """Of objects, in pixels: as set, or as annotated."""
        if self.settings.min_area >= 0:
            return self.settings.min_area
        return smallest_area(load_objects(image.file) for image in self.material.images)

    @property
    def object_diameter_px(self) -> float:
        """Of a typical object in the annotations."""
        return typical_diameter(load_objects(image.file) for image in self.material.images)

    @property
    def statistics(self) -> dict[str, list[float]]:
        """Of the images, by which foreign ones are known."""
        return together(image.statistics for image in self.material.images)


def assign_folds(
    material: Material, folds: int, seed: int, known: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Say in which fold each image is held out.

    Parameters
    ----------
    material
        Images that have something in them are dealt out first, so that folds are alike. An image
        that alone holds a class is never held out, nor is a single one.
    folds
        At most; no more than there are images.
    seed
        Of the order.
    known
        Folds of images that an earlier model was trained on; they stay, so that its networks are
        compared on what they have not seen.
    """
    images = material.images
    count = min(folds, len(images))
    having = {
        label: [image.name for image in images if label in image.present]
        for label in range(1, len(material.class_names) + 1)
    }
    alone = {names[0] for names in having.values() if len(names) == 1}
    fold = {image.name: NEVER for image in images if len(images) == 1 or image.name in alone}
    for name, place in (known or {}).items():
        if any(image.name == name for image in images) and place < count:
            fold.setdefault(name, place)
    left = [image for image in images if image.name not in fold]
    order = np.random.default_rng([seed, 2]).permutation(len(left))
    ranked = sorted((left[place] for place in order), key=lambda image: image.present == (0,))
    for image in ranked:
        taken = [sum(place == number for place in fold.values()) for number in range(count)]
        fold[image.name] = int(np.argmin(taken))
    return fold


def train_networks(
    training: Training, kind: str, numbers: Sequence[int], progress: Progress
) -> dict[int, dict[str, Any]]:
    """Train some networks of the ensemble, side by side; what is finished is not done again.

    Parameters
    ----------
    training
        What and how.
    kind
        Folder of the work that they are kept in, such as ``first``.
    numbers
        Of the networks, from 0.
    progress
        Told steps done and all.

    Returns
    -------
    dict
        Number to what `train_job` says.
    """
    folder = training.folder / kind
    folder.mkdir(exist_ok=True)
    jobs = {str(number): _member_job(training, folder, number) for number in numbers}
    one = training.settings.iterations + training.settings.frozen_iterations
    with _followed(folder, one * len(jobs), progress):
        done = run_jobs(
            train_job, jobs, kept=folder / "members.jsonl", workers=training.workers,
            on=training.on,
        )  # fmt: skip
    return {int(name): result for name, result in done.items()}


def score_held_out(
    training: Training,
    kind: str,
    weights: Mapping[int, str],
    progress: Progress = lambda _done, _total: None,
) -> Rows:
    """Score each image by the network that has not learnt from it; see `score_job`.

    Parameters
    ----------
    training
        What was trained.
    kind
        Folder of the work that results and pictures are kept in.
    weights
        Number of a network to its file; images held out of others are left out.
    progress
        Told images done and all.

    Returns
    -------
    dict
        Image name to its scores; images that stopping left out are not there.
    """
    folder = training.folder / kind
    folder.mkdir(exist_ok=True)
    statistics, diameter = training.statistics, training.object_diameter_px
    least, jobs = training.min_area, {}
    for number, image in enumerate(training.material.images):
        fold = training.fold[image.name]
        if fold not in weights:
            continue
        alone = training.settings.of_member(fold, training.members)
        jobs[image.name] = HeldOutJob(
            str(training.folder), image.file, (weights[fold],), alone.to_dict(),
            training.material.class_names, statistics, least, diameter, training.threads,
            str(folder / "examples" / f"{number:03d}.png"),
        )  # fmt: skip
    found = run_jobs(
        score_job, jobs, kept=folder / "scores.jsonl", workers=training.workers, on=training.on,
        progress=progress,
    ) if jobs else {}  # fmt: skip
    return {name: row for name, row in found.items() if row is not None}


def within(training: Training, minutes: float, begun: float) -> Training:
    """Take as many steps as fit into the time, found by a few steps; no more than were wanted.

    The number is kept with the work, so that stopped work goes on with the same.

    Parameters
    ----------
    training
        What and how.
    minutes
        In all.
    begun
        When the work began, seconds since 1970.
    """
    kept = training.folder / "steps.json"
    wanted = training.settings.iterations
    with suppress(OSError, ValueError, KeyError):
        steps = int(json.loads(kept.read_text(encoding="utf-8"))["iterations"])
        return replace(
            training, settings=replace(training.settings, iterations=min(wanted, steps)),
            until=time.time() + 60 * minutes,
        )  # fmt: skip
    step_seconds, pixel_seconds = _measured(training)
    at_once = training.workers or 1
    pixels = sum(
        int(np.prod(load_image(image.file).target.shape)) for image in training.material.images
    )
    left = begun + 60 * minutes - time.time() - pixel_seconds * pixels / at_once
    rounds = ceil(training.members / at_once)
    fitting = int(_FOR_TRAINING * left / (rounds * step_seconds))
    steps = max(_LEAST_STEPS, min(wanted, fitting - training.settings.frozen_iterations))
    kept.write_text(json.dumps({"iterations": steps}), encoding="utf-8")
    settings = replace(training.settings, iterations=steps)
    return replace(training, settings=settings, until=begun + 60 * minutes)


def with_found_rate(training: Training, kept: Path) -> Training:
    """Take the learning rate that trying finds; the curve is drawn into a folder.

    Raises
    ------
    SettingError
        If trying ended too soon.
    """
    images = [load_image(image.file) for image in training.material.images]
    classes = len(training.material.class_names) + 1
    start = read_arrays(Path(training.start[0])) if training.start else None
    encoder = None if start else read_encoder(training.settings)
    with with_threads(training.threads):
        curve = find_rate(
            images, classes, training.settings, training.seed, encoder=encoder, start=start
        )
    draw_rates(curve, kept)
    return replace(training, settings=replace(training.settings, learning_rate=curve.valley))


@contextmanager
def stopping(folder: Path) -> Iterator[None]:
    """Let Ctrl-C ask the networks to end as they stand; a second one ends all at once."""
    flag = folder / STOP
    flag.unlink(missing_ok=True)

    def ask(_number: int, _frame: Any) -> None:
        if flag.exists():
            raise KeyboardInterrupt
        flag.touch()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def is_stopped(folder: Path) -> bool:
    """Whether the work was asked to end."""
    return (folder / STOP).exists()


def _member_job(training: Training, folder: Path, number: int) -> MemberJob:
    learnt = [one.file for one in training.material.images if training.fold[one.name] != number]
    held_out = [one.file for one in training.material.images if training.fold[one.name] == number]
    return MemberJob(
        number,
        str(folder),
        tuple(learnt),
        tuple(held_out),
        training.settings.of_member(number, training.members).to_dict(),
        training.material.class_names,
        1000 * training.seed + number,
        training.threads,
        training.start[number] if training.start else "",
        training.until,
    )


def _measured(training: Training) -> tuple[float, float]:
    """Seconds a step, and seconds a pixel of a prediction, in this process."""
    images = [load_image(image.file) for image in training.material.images[:1]]
    classes = len(training.material.class_names) + 1
    few = replace(training.settings, iterations=_PROBED, frozen_iterations=0)
    ticks = [time.perf_counter()]

    def tell(_step: Any) -> bool:
        ticks.append(time.perf_counter())
        return True

    with with_threads(training.threads):
        member = train_member(images, classes, few, 0, tell=tell)
        model = Model(
            (member.weights,), few, training.material.class_names, training.material.channels
        )
        part = replace(images[0].image, pixels=images[0].image.pixels[:, :256, :256])
        begun = time.perf_counter()
        segment_image(model, part)
    pixel_seconds = (time.perf_counter() - begun) / max(1, part.shape[0] * part.shape[1])
    return float(np.median(np.diff(ticks)[1:])), pixel_seconds


@contextmanager
def _followed(folder: Path, total: int, progress: Progress) -> Iterator[None]:
    """Tell the steps that all processes have done, once a second."""
    over = threading.Event()

    def follow() -> None:
        while not over.wait(1.0):
            progress(steps_done(folder)[0], total)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        progress(steps_done(folder)[0], total)
