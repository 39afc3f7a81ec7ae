"""How well segmentation does where experts' consensus is known: `sightline segment benchmark`."""

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from sightline.consensus.mask_consensus import METHODS
from sightline.data.json_values import without_nan
from sightline.errors import SettingError
from sightline.formats.images.read_as import ReadAs
from sightline.segment.instances import as_annotated
from sightline.segment.settings import CHOICES
from sightline.segment.settings import preset as preset_named
from sightline.workflows.segment_benchmark_figures import draw_segmentation
from sightline.workflows.segment_benchmark_images import Known, Reading, read_known
from sightline.workflows.segment_benchmark_learner import Learner, our_learner
from sightline.workflows.segment_benchmark_nnunet import nnunet_row
from sightline.workflows.segment_benchmark_ours import Phase, Protocol, measure_ours
from sightline.workflows.segment_benchmark_peers import PEERS, peer_rows
from sightline.workflows.segment_benchmark_scores import (
    Judge,
    Row,
    expert_rows,
    smallest_object,
    usual_diameter,
)
from sightline.workflows.segment_benchmark_sets import choose_sets


def benchmark(  # noqa: PLR0913 -- one argument for each thing a user may say
    folder: str | Path,
    train: str = "",
    test: str = "",
    *,
    preset: str = "default",
    settings: Mapping[str, str] | None = None,
    adapt: Sequence[int] = (0,),
    choices: int = 10,
    minutes: float | None = None,
    adapt_minutes: float | None = None,
    repeats: int = 1,
    seed: int = 0,
    peers: Sequence[str] = PEERS,
    nnunet: str = "",
    min_area: int | None = None,
    separate: str = "",
    consensus: str = "staple",
    images: str = "",
    annotators: Sequence[str] = (),
    class_names: Sequence[str] = (),
    mask_kind: str = "",
    read_as: ReadAs | None = None,
    figures: str | Path | None = None,
    learner: Learner | None = None,
    phase: Phase = lambda _name: lambda _done, _total: None,
) -> Row:
    """Train on the consensus of some images' experts, judge on that of others', and compare.

    Parameters
    ----------
    folder, train, test, images, annotators, class_names
        As for `choose_sets`; no image that is judged on is trained on.
    preset, settings
        Of our ensemble, and settings by name that differ.
    adapt
        Numbers of images to judge on that the model is continued with, the others being scored;
        0 is the model as trained.
    choices
        Sets of so many images at most; all there are if these are no more.
    minutes, adapt_minutes
        Of training all members, and of continuing; as long as the preset takes if not given.
    repeats, seed
        Trainings, with seeds from ``seed`` on.
    peers
        Of ``PEERS``.
    nnunet
        Python interpreter of an environment with nnU-Net 2; trained as long as ours.
    min_area
        Least area of an object, pixels; half of what all but 2 % of the drawn objects in the
        training images reach if not given.
    separate
        How objects of predictions are told apart; as the preset does if empty.
    consensus
        Method of `fuse_masks`.
    mask_kind, read_as
        As for `read_inputs`.
    figures
        Folder for pictures; none if not given.
    learner
        What is measured; our ensemble if not given.
    phase
        Gives what shows the progress of each step, by its name.

    Returns
    -------
    dict
        ``images``, one row an image and set of images adapted on: ``name``, ``adapted`` (how many),
        ``adapted_on`` (which), ``dice``, ``map``, ``ap50``, ``uncertainty`` (U) and its parts,
        standard deviations over repeats, ``foreign``; of those adapted, the measures ``unadapted``
        and started ``afresh``. ``summary``, a row a number of images. ``experts`` and ``peers``.
        ``train_seconds``, ``adapt_seconds``, ``predict_seconds_per_image``, ``peak_memory_mb``.
        ``settings``, ``train_images``, ``test_images`` and ``said``: what was assumed and left out.
        With a folder, ``figures``. What is not a number is None.

    Raises
    ------
    InputError, SettingError
        If a setting is unknown, or no images are left to train on or to judge on.
    """
    protocol = Protocol(tuple(dict.fromkeys(adapt)), choices, minutes, adapt_minutes, repeats, seed)
    separate = separate or preset_named(preset).separate
    _check(protocol, peers, separate, consensus, min_area)
    with (
        nullcontext(learner) if learner else our_learner(preset, settings or {}, consensus) as used
    ):
        sets = choose_sets(
            folder, train, test, images=images, annotators=annotators, class_names=class_names
        )
        reading = Reading(read_as or ReadAs(), tuple(class_names), mask_kind, consensus)
        known = read_known(sets, reading, phase("reading"))
        numbered = any(
            mask.objects is not None for one in known.train for mask in one.masks.values()
        )
        separate = as_annotated(separate, numbered)
        least_area = smallest_object(known.train) if min_area is None else min_area
        judge = Judge(least_area, separate, usual_diameter(known.train))  # pyright: ignore[reportArgumentType]
        ours = measure_ours(known, used, judge, protocol, phase)
    experts = expert_rows(known.test, judge, phase("experts"))
    others = peer_rows(known, peers, judge, seed, phase)
    if nnunet:
        seconds = ours.cost["train_seconds"]
        others.append(nnunet_row(known, nnunet, seconds, judge, phase("nnU-Net")))
    told = {
        "images": ours.rows, "experts": experts, "peers": others, **ours.cost,
        "summary": ours.summary, "foreign": ours.foreign,
        "settings": {
            "preset": preset, "changed": dict(settings or {}), "minutes": minutes,
            "adapt_minutes": adapt_minutes, "repeats": repeats, "seed": seed,
            "min_area": least_area, "separate": separate, "consensus": consensus,
            "class_names": list(known.class_names),
        },
        "train_images": [one.name for one in known.train],
        "test_images": [one.name for one in known.test],
        "said": [*sets.said, *known.said, *_on_area(known, min_area, least_area), *ours.said],
    }  # fmt: skip
    if figures is not None:
        drawn = draw_segmentation(told, known.test, ours.seen, Path(figures))
        told["figures"] = [str(path) for path in drawn]
    return without_nan(told)


def _check(
    protocol: Protocol, peers: Sequence[str], separate: str, consensus: str, min_area: int | None
) -> None:
    if not protocol.adapt or min(protocol.adapt) < 0:
        raise SettingError("--adapt must be whole numbers from 0, such as 0,1,2.")
    for name, value in (("--repeats", protocol.repeats), ("--choices", protocol.choices)):
        if value < 1:
            raise SettingError(f"{name} is {value}; it must be a whole number from 1.")
    for name, value in (("--minutes", protocol.minutes),
                        ("--adapt-minutes", protocol.adapt_minutes)):  # fmt: skip
        if value is not None and not 0 < value < math.inf:
            raise SettingError(f"{name} is {value}; it must be a number of minutes above 0.")
    if min_area is not None and min_area < 0:
        raise SettingError(f"--min-area is {min_area}; it must be a number of pixels from 0.")
    for name, value, known in (("--separate", separate, CHOICES["separate"]),
                               ("--consensus", consensus, METHODS)):  # fmt: skip
        if value not in known:
            raise SettingError(f"{name} is {value!r}; choose one of {', '.join(known)}.")
    odd = sorted(set(peers) - set(PEERS))
    if odd:
        raise SettingError(f"--peers: {', '.join(odd)} unknown; choose some of {', '.join(PEERS)}.")


def _on_area(known: Known, given: int | None, used: int) -> list[str]:
    if given is not None:
        return [f"Objects of fewer than {used} px do not count, as told."]
    drawn = f"half of what all but 2 % of those drawn in {len(known.train)} training images reach"
    return [f"Objects of fewer than {used} px do not count: {drawn}."]
