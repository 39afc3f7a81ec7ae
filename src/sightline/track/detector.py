"""A detector trained on a few annotated frames: it says where there is such a thing.

What a person pointed at is told from what else there is by a logistic regression on what places
look like at several scales (`sightline.track.blob_channels`). The job of ZephIR's detector (paper,
"Feature detection"): known detectors as channels, weighed by a small learner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from sightline.errors import SettingError
from sightline.learn.logistic import LogisticModel
from sightline.learn.presence_only import fit_presence_only
from sightline.track.blob_channels import (
    BlurLadder,
    Places,
    blob_places,
    blur_ladder,
    channel_names,
    describe_places,
)
from sightline.track.detect import Detections
from sightline.track.image_channels import image_weights, weighed_image
from sightline.track.local_maxima import first_of_near

_OWN: Final = 1.3  # radii: farthest that a place may be from the point it belongs to
_SAME: Final = 0.8  # radii: a place so near to a point is the point, seen at another scale
_UNCLEAR: Final = 1.8  # radii: a place so near to a point is no example
_APART: Final = 1.1  # radii between two detections, at least
_RIDGE: Final = 4.0  # pull of the learner to what is believed before
_ANYWHERE: Final = 100  # random places of a frame that are examples too
_PLACES: Final = 600  # of a frame and scale, at least
_FACTOR: Final = 6  # places of a frame and scale for each annotated point
_PLAIN: Final = 1  # channel: the difference of Gaussians that finds blobs untrained
_BLOB: Final = 5.0  # standard deviations at which such a one is as probable as not
_STEEP: Final = 4.0  # log-odds a unit of the channel


@dataclass(frozen=True)
class Detector:
    """What was learnt: plain numbers, which `dataclasses.asdict` makes ready for JSON.

    Parameters
    ----------
    voxel_size
        Along (z, y, x), of the frames that it was trained on and is for.
    radius
        Standard deviation of the things' brightness, in that unit.
    flat
        Whether the frames have one plane.
    image_weights
        Of the frames' channels, whose weighted sum is looked at; negative where things are dark.
    channels
        Names of what describes a place.
    means, deviations
        Of these and then of their squares, over the examples.
    weights, intercept
        Of the standardised ones: the log-odds of a thing.
    places
        Of a frame that are looked at, at each scale.
    share
        Of the things in the examples that were annotated, as far as the detector can tell.
    """

    voxel_size: tuple[float, float, float]
    radius: float
    flat: bool
    image_weights: tuple[float, ...]
    channels: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    places: int
    share: float


def train_detector(
    frames: Sequence[NDArray[np.floating]],
    positions: Sequence[NDArray[np.float64]],
    voxel_size: tuple[float, float, float],
    radius: float,
    seed: int = 0,
) -> Detector:
    """Learn from annotated frames what is a thing and what is not.

    Positive examples are the local maxima at annotated points. All others, and random places, are
    not taken for negative but for unlabelled (`fit_presence_only`), since people annotate some of
    what there is; maxima near a point that are not its own are left out.

    Parameters
    ----------
    frames
        Each (channel, z, y, x), all with as many channels.
    positions
        (keypoint, 3) of each frame, (z, y, x) pixels; NaN where missing.
    voxel_size
        Along (z, y, x).
    radius
        Standard deviation of the brightness of a thing, in that unit.
    seed
        Of the random places.

    Raises
    ------
    SettingError
        If nothing is annotated, or there is no blob of that radius at any annotated point; if
        frames are of different kinds, or the radius is not above 0.
    """
    size = (float(voxel_size[0]), float(voxel_size[1]), float(voxel_size[2]))
    points = _checked(frames, positions, size, radius)
    rng = np.random.default_rng(seed)
    kept = max(_PLACES, _FACTOR * max(map(len, points)))
    weights = image_weights(frames, points, size, radius, rng)
    examples, labelled = [], []
    for frame, there in zip(frames, points, strict=True):
        ladder = blur_ladder(weighed_image(frame, weights, size, radius), size, radius)
        places = blob_places(ladder, kept)
        asked, label = _examples(ladder, places, there, rng)
        examples.append(describe_places(ladder, asked, places))
        labelled.append(label)
    label = np.concatenate(labelled)
    if not label.any():
        raise SettingError(
            f"None of the {sum(map(len, points))} annotated points lies on a blob of radius "
            f"{radius:g}; give another radius, or check that video and annotations belong together."
        )
    values = _with_squares(np.concatenate(examples))
    means, deviations = values.mean(axis=0), values.std(axis=0) + 1e-9
    prior = _plain_blobs(means, deviations)
    model = fit_presence_only((values - means) / deviations, label, prior, l2=_RIDGE)
    flat = frames[0].shape[1] == 1
    return Detector(
        voxel_size=size,
        radius=float(radius),
        flat=flat,
        image_weights=weights,
        channels=channel_names(flat),
        means=tuple(means.tolist()),
        deviations=tuple(deviations.tolist()),
        weights=tuple(model.classifier.coefficients.tolist()),
        intercept=model.classifier.intercept,
        places=kept,
        share=model.share,
    )


def detect(
    frame: NDArray[np.floating],
    detector: Detector,
    least_probability: float = 0.5,
    most: int | None = None,
) -> Detections:
    """Find things in a frame.

    Parameters
    ----------
    frame : (channel, z, y, x)
        Like those that the detector was trained on.
    detector
        Of `train_detector`.
    least_probability
        That a detection must reach.
    most
        Detections to keep at most, the most probable.

    Returns
    -------
    Detections
        The most probable first; no two nearer to each other than about a radius.

    Raises
    ------
    SettingError
        If the frame is not of the kind that the detector was trained on.
    """
    _check_kind(frame, detector)
    image = weighed_image(frame, detector.image_weights, detector.voxel_size, detector.radius)
    ladder = blur_ladder(image, detector.voxel_size, detector.radius)
    places = blob_places(ladder, detector.places)
    if not len(places.positions):
        return Detections(places.positions, places.strength, places.radius, places.strength)
    values = _with_squares(describe_places(ladder, places.positions, places))
    model = LogisticModel(np.array(detector.weights), detector.intercept)
    chance = model.probability((values - detector.means) / detector.deviations)
    probability = chance.astype(np.float64)
    order = np.lexsort((-places.strength, -probability))
    order = order[probability[order] >= least_probability]
    size = np.array(detector.voxel_size)
    apart = first_of_near(places.positions[order] * size, _APART * detector.radius)
    kept = order[apart][:most]
    return Detections(
        places.positions[kept], places.strength[kept], places.radius[kept], probability[kept]
    )


def _checked(
    frames: Sequence[NDArray[np.floating]],
    positions: Sequence[NDArray[np.float64]],
    voxel_size: tuple[float, float, float],
    radius: float,
) -> list[NDArray[np.float64]]:
    """The annotated points of each frame that lie in it."""
    if not (0 < radius < np.inf and min(voxel_size) > 0):
        raise SettingError(f"radius is {radius} and voxel_size {voxel_size}; all must be above 0.")
    if len(frames) != len(positions):
        raise SettingError(f"{len(frames)} frames and {len(positions)} sets of positions; as many.")
    if len({(len(frame), frame.shape[1] == 1) for frame in frames}) > 1:
        raise SettingError("The frames have different numbers of channels, or some are flat.")
    points = []
    for frame, there in zip(frames, positions, strict=True):
        last = np.array(frame.shape[1:]) - 0.5
        points.append(there[np.all((there >= -0.5) & (there < last), axis=1)])
    if not any(map(len, points)):
        raise SettingError("No frame has an annotated point in it; annotate at least one.")
    return points


def _check_kind(frame: NDArray[np.floating], detector: Detector) -> None:
    channels, flat = len(detector.image_weights), frame.shape[1] == 1
    if len(frame) != channels or flat != detector.flat:
        kind = "flat frames" if detector.flat else "volumes"
        raise SettingError(
            f"The frame is {frame.shape} (channel, z, y, x), and the detector was trained on "
            f"{kind} of {channels} channels; train one for this recording."
        )


def _examples(
    ladder: BlurLadder,
    places: Places,
    points: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Positions of examples in a frame, and which are at annotated points."""
    size, radius = ladder.voxel_size, ladder.radius
    anywhere = rng.uniform(-0.5, np.array(ladder.blurred[0].shape) - 0.5, (_ANYWHERE, 3))
    anywhere[:, 0] = 0 if ladder.flat else anywhere[:, 0]
    positions = np.concatenate([places.positions, anywhere])
    labelled = np.zeros(len(positions), bool)
    if not len(points):
        return positions, labelled
    apart = cdist(points * size, positions * size)
    nearest = apart.min(axis=0)
    maxima = len(places.positions)
    labelled[:maxima] = nearest[:maxima] < _SAME * radius
    point, own = linear_sum_assignment(np.minimum(apart[:, :maxima], _OWN * radius))
    labelled[own[apart[point, own] < _OWN * radius]] = True
    kept = labelled | (nearest > _UNCLEAR * radius)
    return positions[kept], labelled[kept]


def _with_squares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values and their squares: what is looked for is neither too little nor too much."""
    return np.concatenate([values, values**2], axis=1)


def _plain_blobs(means: NDArray[np.float64], deviations: NDArray[np.float64]) -> LogisticModel:
    """What is believed before: a thing is what `detect_blobs` would take for a blob."""
    weights = np.zeros(len(means))
    weights[_PLAIN] = _STEEP * deviations[_PLAIN]
    return LogisticModel(weights, _STEEP * float(means[_PLAIN] - np.arcsinh(_BLOB)))


def detector_from(values: Mapping[str, Any]) -> Detector:
    """The detector that `dataclasses.asdict` wrote, as JSON gives it back.

    Raises
    ------
    SettingError
        If a field is missing, or is not what a detector holds.
    """
    try:
        detector = Detector(
            voxel_size=_three(values["voxel_size"]),
            radius=float(values["radius"]),
            flat=bool(values["flat"]),
            image_weights=_numbers(values["image_weights"]),
            channels=tuple(str(name) for name in values["channels"]),
            means=_numbers(values["means"]),
            deviations=_numbers(values["deviations"]),
            weights=_numbers(values["weights"]),
            intercept=float(values["intercept"]),
            places=int(values["places"]),
            share=float(values["share"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise SettingError(f"These values are no detector ({wrong}); train one anew.") from None
    numbers = (*detector.means, *detector.deviations, *detector.weights, detector.intercept)
    sizes = {len(detector.means), len(detector.deviations), len(detector.weights)}
    sound = (
        detector.channels == channel_names(detector.flat)
        and sizes == {2 * len(detector.channels)}
        and np.isfinite(numbers).all()
        and min(*detector.deviations, *detector.voxel_size, detector.radius, detector.places) > 0
        and detector.image_weights
    )
    if not sound:
        raise SettingError("These values are of another kind of detector; train one anew.")
    return detector


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    z, y, x = _numbers(values)
    return z, y, x


def _numbers(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
