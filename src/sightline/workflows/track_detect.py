"""Where there are things to track, in frames nobody has annotated: `sightline track detect`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from sightline.compute.jobs import Progress
from sightline.data.keypoints import KeypointSet
from sightline.data.recording import Recording
from sightline.data.volumes import read_volumes, volume_shape, voxel_size_um
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.formats.recordings.open_recording import open_recording
from sightline.review.said_keypoints import trusted
from sightline.track.detect import Detections
from sightline.track.detector import Detector, train_detector
from sightline.track.detector import detect as detect_things
from sightline.track.given_detections import DetectFunction, join_detections
from sightline.track.image_channels import summed_channels
from sightline.track.propose import blob_radius, propose
from sightline.track.radius import typical_radius
from sightline.workflows.detected_keypoints import as_keypoints, no_keypoints
from sightline.workflows.detection_picture import draw_detections
from sightline.workflows.foreign_detections import ForeignFiles, Source, open_sources
from sightline.workflows.track_export import new_output
from sightline.workflows.track_video import read_keypoints

Summary = dict[str, Any]

TOLERANCE_PX: Final = 5.0
_TRAINED_ON: Final = 5  # annotated frames at most; more hardly change a detector
_TESTED_ON: Final = 3
_PIXELS: Final = (1.0, 1.0, 1.0)
_SAME_PX: Final = 2.0  # two foreign detections so near are one, where no radius is known
_CIRCLE: Final = 3.0  # pixels: radius drawn where none is known
_FEW: Final = 0.1  # share annotated below which the detector was hardly told what is no such thing
_NAMES: Final = "A point's name tells its frame and rank; no identity is meant across frames."
_ALIKE: Final = (
    "Little of what looks like the annotated points is annotated; if the rest is nothing of the "
    "kind, annotate more frames, or give another --radius."
)


@dataclass(frozen=True)
class _Known:
    """What people annotated: frames, their content, and the points in each."""

    frames: tuple[int, ...]
    contents: list[NDArray[np.float32]]
    points: list[NDArray[np.float64]]

    def of(self, frame: int) -> NDArray[np.float64]:
        """Points of a frame, none if nobody annotated it."""
        known = frame in self.frames
        return self.points[self.frames.index(frame)] if known else np.empty((0, 3))

    def without(self, place: int) -> "_Known":
        """All but one of the frames."""
        rest = [number for number in range(len(self.frames)) if number != place]
        return _Known(
            tuple(self.frames[number] for number in rest),
            [self.contents[number] for number in rest],
            [self.points[number] for number in rest],
        )


@dataclass(frozen=True)
class _Looking:
    """How to look at a frame."""

    voxel_size: tuple[float, float, float]
    radius: float
    number: int | None
    least_probability: float
    detector: Detector | None

    def __call__(self, content: NDArray[np.float32]) -> Detections:
        if self.detector is None:
            return propose(content, self.voxel_size, self.radius, self.number)
        return detect_things(content, self.detector, self.least_probability, self.number)


def detect(  # noqa: PLR0913 -- one argument for each thing a user may say
    video: str | Path,
    output: str | Path | None = None,
    *,
    frames: Sequence[int] = (0,),
    annotations: str | Path | None = None,
    radius: float | None = None,
    number: int | None = None,
    least_probability: float = 0.5,
    points: str | Path | None = None,
    labels: str | Path | None = None,
    probability: str | Path | None = None,
    function: DetectFunction | None = None,
    join: bool = False,
    to: str = "",
    picture: str | Path | None = None,
    seed: int = 0,
    phase: Callable[[str], Progress] = lambda _name: lambda _done, _total: None,
    **read_as: Any,
) -> Summary:
    """Find what there is to track: like what is annotated, or bright blobs if nothing is.

    Parameters
    ----------
    video
        File or folder, flat or with planes.
    output
        New file of keypoints; beside the video if not given.
    frames
        Frames to look at.
    annotations
        Keypoints of some frames, in any known format: a detector is trained on them.
    radius
        Standard deviation of a thing's brightness, in um where the video tells its pixels' size,
        else in pixels. Found from the annotations, or from the frame, if not given.
    number
        Detections of a frame at most, the strongest.
    least_probability
        That a detection must reach; blobs without a trained detector have none.
    points, labels, probability, function
        Detections from elsewhere, see `ForeignFiles`; they replace ours.
    join
        Whether they join ours instead; near duplicates are merged.
    to
        Format of the output; the annotations' own if not given, or a CSV table.
    picture
        New PNG file: the first frame with its detections.
    seed
        Of the detector's random examples.
    phase
        Takes the name of the next step, and returns what is called with its progress.
    **read_as
        What the video's file does not say, as for `open_recording`.

    Returns
    -------
    dict
        ``output``; ``frames`` looked at and ``detections`` in each; ``radius``; frames
        ``trained_on`` and, with two or more of them, ``recall`` and ``precision`` in those
        ``held_out``, each left out in turn, within ``tolerance_px``: 5 or a radius; the
        ``share_annotated`` of the things there, as far as the detector can tell; ``notes``.

    Raises
    ------
    InputError, SettingError
        If a file cannot be used or written, or there is nothing to detect.
    """
    foreign = ForeignFiles(points, labels, probability, function)
    _check_settings(number, least_probability, radius)
    own = join or not foreign.any
    with open_recording(video, **read_as) as recording:
        chosen = _checked_frames(frames, recording)
        given = None if annotations is None else read_keypoints(annotations, recording)
        form = to or (given.format if given else "csv")
        shape, size = volume_shape(recording.info), _voxel_size(recording)
        empty = no_keypoints(Path(video), form, shape[1:])
        target, drawn = new_output(empty, output, form), _new_picture(picture)
        known = _known(recording, given)
        first = _content(recording, chosen[0])
        sized = own or probability is not None
        wide = _radius(radius, known, first, size) if sized else radius
        told, looking = {}, None
        if own and wide is not None:
            detector = _trained(known, size, wide, seed)
            looking = _Looking(size, wide, number, least_probability, detector)
            told = _training(known, looking, seed, phase("checking"))
        with open_sources(foreign, recording, size, wide, least_probability) as sources:
            found = [
                _look(_content(recording, frame), frame, looking, sources, size)
                for frame in _counted(chosen, phase("detecting"))
            ]
    found = [_first(one, number) for one in found]
    keypoints = as_keypoints(empty, found, chosen)
    notes = write_keypoints(target, keypoints, form)
    if drawn is not None:
        there = known.of(chosen[0])
        draw_detections(first, found[0].positions, there, size, wide or _CIRCLE * size[2], drawn)
    return {
        "output": str(target),
        "frames": list(chosen),
        "detections": [len(one.positions) for one in found],
        "radius": wide,
        **told,
        "picture": None if drawn is None else str(drawn),
        "notes": [*_said(chosen, told), *notes],
    }


def _said(chosen: Sequence[int], told: Summary) -> list[str]:
    """What a user may take for more than it is."""
    share = told.get("share_annotated")
    few = share is not None and share < _FEW
    return [*([_NAMES] if len(chosen) > 1 else []), *([_ALIKE] if few else [])]


def _check_settings(number: int | None, least_probability: float, radius: float | None) -> None:
    if number is not None and number < 1:
        raise SettingError(f"--number is {number}; ask for at least one.")
    if not 0 <= least_probability <= 1:
        raise SettingError(f"--least-probability is {least_probability}; it must be from 0 to 1.")
    if radius is not None and not 0 < radius < np.inf:
        raise SettingError(f"--radius is {radius}; it must be a number above 0.")


def _checked_frames(frames: Sequence[int], recording: Recording) -> tuple[int, ...]:
    chosen = tuple(sorted(set(frames)))
    last = recording.info.frames - 1
    if not chosen or chosen[0] < 0 or chosen[-1] > last:
        raise SettingError(
            f"--frame is {', '.join(map(str, chosen)) or 'empty'}; there are frames 0 to {last}."
        )
    return chosen


def _new_picture(picture: str | Path | None) -> Path | None:
    path = None if picture is None else Path(picture)
    if path is not None and path.exists():
        raise InputError(path, "it is there already", "a new name", "Choose another --picture.")
    return path


def _content(recording: Recording, frame: int) -> NDArray[np.float32]:
    return read_volumes(recording, frame, frame + 1)[0]


def _voxel_size(recording: Recording) -> tuple[float, float, float]:
    size = voxel_size_um(recording.info) or _PIXELS
    return size[0], size[1], size[2]


def _counted(frames: Sequence[int], progress: Progress) -> Iterator[int]:
    for count, frame in enumerate(frames):
        progress(count, len(frames))
        yield frame
    progress(len(frames), len(frames))


def _known(recording: Recording, given: KeypointSet | None) -> _Known:
    """What people annotated, in the frames with most of it."""
    if given is None:
        return _Known((), [], [])
    said = given.chosen(trusted(given))
    there, counts = np.unique(said.frame, return_counts=True)
    if not len(there):
        raise InputError(
            given.source, "nothing is annotated in it", "at least one point", "Annotate a frame."
        )
    fullest = np.argsort(-counts, kind="stable")[:_TRAINED_ON]
    frames = tuple(sorted(there[fullest].tolist()))
    points = [said.position[said.frame == frame] for frame in frames]
    return _Known(frames, [_content(recording, frame) for frame in frames], points)


def _radius(
    radius: float | None,
    known: _Known,
    first: NDArray[np.float32],
    size: tuple[float, float, float],
) -> float:
    """What the user says, else the annotations, else the frame."""
    if radius is not None:
        return radius
    if known.frames:
        return typical_radius(known.contents[0], known.points[0], size)
    return blob_radius(summed_channels(first), size)


def _trained(
    known: _Known, size: tuple[float, float, float], radius: float, seed: int
) -> Detector | None:
    if not known.frames:
        return None
    return train_detector(known.contents, known.points, size, radius, seed)


def _training(known: _Known, looking: _Looking, seed: int, progress: Progress) -> Summary:
    """What there is to say of the detector: how it does in frames it was not trained on."""
    if looking.detector is None:
        return {"trained_on": [], "share_annotated": None}
    told: Summary = {"trained_on": list(known.frames), "share_annotated": looking.detector.share}
    tested = known.frames[:_TESTED_ON] if len(known.frames) > 1 else ()
    within = max(TOLERANCE_PX, looking.radius / looking.voxel_size[2])
    things = right = said = 0
    for count, frame in enumerate(tested):
        place = known.frames.index(frame)
        rest = known.without(place)
        detector = _trained(rest, looking.voxel_size, looking.radius, seed)
        found = replace(looking, detector=detector)(known.contents[place]).positions
        things, said = things + len(known.points[place]), said + len(found)
        right += matched(known.points[place], found, looking.voxel_size, within)
        progress(count + 1, len(tested))
    if tested:
        told |= {
            "held_out": list(tested),
            "tolerance_px": within,
            "recall": right / things,
            "precision": right / said if said else None,
        }
    return told


def matched(
    truth: NDArray[np.float64],
    found: NDArray[np.float64],
    voxel_size: tuple[float, float, float],
    tolerance_px: float = TOLERANCE_PX,
) -> int:
    """How many true points have a detection of their own near them.

    Parameters
    ----------
    truth, found : (point, 3)
        (z, y, x) pixels.
    voxel_size
        Along (z, y, x).
    tolerance_px
        Farthest that counts, in pixels of the image plane.
    """
    size_px = np.array(voxel_size) / voxel_size[-1]
    apart = cdist(truth * size_px, found * size_px)
    near = apart <= tolerance_px
    rows, columns = linear_sum_assignment(np.where(near, apart, 1e6 + apart))
    return int(near[rows, columns].sum())


def _look(
    content: NDArray[np.float32],
    frame: int,
    looking: _Looking | None,
    sources: Sequence[Source],
    size: tuple[float, float, float],
) -> Detections:
    """Our detections and those from elsewhere, joined."""
    given = [source(frame, content) for source in sources]
    if looking is None:
        apart = 0.0 if len(given) == 1 else _SAME_PX * size[2]
        return given[0] if len(given) == 1 else join_detections(given, size, apart)
    own = looking(content)
    return join_detections([*given, own], size, looking.radius) if given else own


def _first(found: Detections, number: int | None) -> Detections:
    chance = found.probability
    return Detections(
        found.positions[:number],
        found.strength[:number],
        found.radius[:number],
        None if chance is None else chance[:number],
    )
