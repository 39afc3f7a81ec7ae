"""Plain ways to follow points, run beside `sightline track benchmark` on the same references.

- copied: each frame has the positions of the reference that looks most like it;
- detections: of volumes; each keypoint is the detected blob nearest to its place in that reference;
- correlation: normalised cross-correlation of a patch around each keypoint in that reference with
  every place of the frame within a search radius, whole pixels; the best place counts;
- correlation of 5: the same from the five most similar references, each keypoint where it is best.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter
from scipy.signal import fftconvolve
from scipy.spatial import KDTree

from sightline.data.recording import Recording
from sightline.data.volumes import FirstFrames, read_volumes, voxel_size_um
from sightline.formats.recordings.open_recording import open_recording
from sightline.track.detect import detect_blobs
from sightline.track.frame_distance import distances
from sightline.track.radius import typical_radius
from sightline.workflows.read_thumbnails import read_thumbnails
from sightline.workflows.spent import Spent
from sightline.workflows.track_benchmark import benchmark
from sightline.workflows.track_benchmark_rows import size_px
from sightline.workflows.track_scores import score_tracks
from sightline.workflows.track_video import read_keypoints

_FLAT = 1e-3  # of an image's deviation: a patch with less tells nothing


@dataclass(frozen=True)
class Reference:
    """An annotated frame: (z, y, x) image, (keypoint, 3) positions, NaN where missing."""

    image: NDArray[np.float32]
    positions: NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """Half the side of a patch and the search radius, in pixels of the image plane."""

    patch_px: float
    search_px: float
    size_px: NDArray[np.float64]

    def voxels(self, length_px: float, shape: Sequence[int]) -> NDArray[np.int64]:
        """(3,) that length along each axis; 0 where there is one plane."""
        along = np.maximum(np.rint(length_px / self.size_px), 1).astype(int)
        return np.where(np.array(shape) == 1, 0, along)


Method = Callable[[NDArray[np.float32], Sequence[Reference]], NDArray[np.float64]]


def compare(
    video: str | Path,
    truth: str | Path,
    numbers: Sequence[int],
    *,
    patch_px: float,
    search_px: float,
    presets: Sequence[str] = ("default",),
    **protocol: Any,
) -> Iterator[dict[str, Any]]:
    """Rows of `benchmark` with each preset, then of each baseline, with the ``method``'s name."""
    rows: list[dict[str, Any]] = []
    for preset in presets:
        rows = benchmark(video, truth, numbers, preset=preset, **protocol)["rows"]
        yield from ({"method": preset, **row} for row in rows)
    of_protocol = ("tolerance_px", "frames", "radius", "partial", "seed", "order")
    read_as = {name: said for name, said in protocol.items() if name not in of_protocol}
    with open_recording(video, **read_as) as opened:
        frames = protocol.get("frames")
        recording = opened if frames is None else FirstFrames(opened, frames)
        known = read_keypoints(truth, opened).dense(np.arange(recording.info.frames))
        thumbnails = read_thumbnails(recording, lambda _done, _total: None)
        reach = Reach(patch_px, search_px, size_px(recording.info))
        for row in rows:
            chosen = np.array(row["reference_frames"])
            near = np.argsort(distances(thumbnails, thumbnails[chosen]), axis=1, kind="stable")
            for name, method in _methods(recording, known[chosen[0]], reach).items():
                scored = _measure(
                    recording, known, chosen, near, method, protocol.get("tolerance_px", 5.0)
                )
                yield {"method": name, "references": len(chosen), **scored}


def _methods(
    recording: Recording, positions: NDArray[np.float64], reach: Reach
) -> dict[str, Method]:
    methods: dict[str, Method] = {
        "copied": lambda _image, near: near[0].positions,
        "correlation": lambda image, near: correlated(image, near[:1], reach),
        "correlation of 5": lambda image, near: correlated(image, near[:5], reach),
    }
    if dict(zip(recording.info.axes, recording.info.shape, strict=True)).get("z", 1) > 1:
        z, y, x = voxel_size_um(recording.info) or (1.0, 1.0, 1.0)
        radius = typical_radius(read_volumes(recording, 0, 1)[0], positions, (z, y, x))
        methods["detections"] = lambda image, near: nearest_detections(
            image, near[0], (z, y, x), radius
        )
    return methods


def _measure(
    recording: Recording,
    known: NDArray[np.float64],
    chosen: NDArray[np.int64],
    near: NDArray[np.int64],
    method: Method,
    tolerance_px: float,
) -> dict[str, Any]:
    spent = Spent()
    references = [Reference(_image(recording, int(frame)), known[frame]) for frame in chosen]
    found = np.full(known.shape, np.nan)
    rest = np.setdiff1d(np.flatnonzero(np.isfinite(known).any(axis=(1, 2))), chosen)
    for frame in rest.tolist():
        similar = [references[place] for place in near[frame]]
        found[frame] = method(_image(recording, frame), similar)
    cost = (spent.cpu_seconds() / max(len(rest), 1), spent.wall_seconds() / max(len(rest), 1))
    wanted = known.copy()
    wanted[chosen] = np.nan
    return {
        "frames": len(rest),
        **score_tracks(found, wanted, size_px(recording.info), tolerance_px),
        "cpu_seconds_per_frame": cost[0],
        "wall_seconds_per_frame": cost[1],
    }


def _image(recording: Recording, frame: int) -> NDArray[np.float32]:
    """(z, y, x), the mean of the channels."""
    return read_volumes(recording, frame, frame + 1)[0].mean(axis=0)


def nearest_detections(
    image: NDArray[np.float32],
    reference: Reference,
    voxel_size: tuple[float, float, float],
    radius: float,
) -> NDArray[np.float64]:
    """The detected blob nearest to each keypoint's place in the reference; one may serve twice."""
    seen = detect_blobs(image, voxel_size, (0.6 * radius,)).positions
    found = np.full(reference.positions.shape, np.nan)
    there = np.isfinite(reference.positions).all(axis=1)
    if len(seen):
        size = np.array(voxel_size)
        found[there] = seen[KDTree(seen * size).query(reference.positions[there] * size)[1]]
    return found


def correlated(
    image: NDArray[np.float32], references: Sequence[Reference], reach: Reach
) -> NDArray[np.float64]:
    """Each keypoint where a reference's patch around it correlates best with the image."""
    half = reach.voxels(reach.patch_px, image.shape)
    search = reach.voxels(reach.search_px, image.shape)
    margin = half + search
    around = [(int(side), int(side)) for side in margin]
    padded = np.pad(image.astype(np.float64) - image.mean(), around, mode="edge")
    floor = _FLAT * float(image.std()) + 1e-12
    best = np.full(len(references[0].positions), -np.inf)
    found = np.full(references[0].positions.shape, np.nan)
    for one in references:
        source = np.pad(one.image.astype(np.float64), around, mode="edge")
        for k in np.flatnonzero(np.isfinite(one.positions).all(axis=1)):
            at = np.clip(np.rint(one.positions[k]), 0, np.array(image.shape) - 1).astype(int)
            patch = source[_box(at + margin, half)]
            likeness = normalised_correlation(padded[_box(at + margin, margin)], patch, floor)
            place = np.unravel_index(int(likeness.argmax()), likeness.shape)
            if likeness[place] > best[k]:
                best[k] = likeness[place]
                found[k] = at - search + np.array(place)
    return np.clip(found, 0, np.array(image.shape) - 1.0)


def normalised_correlation(
    window: NDArray[np.float64], patch: NDArray[np.float64], floor: float
) -> NDArray[np.float64]:
    """Pearson correlation of a patch with every place of a window at which it fits.

    Places whose standard deviation is below the floor have 0.
    """
    template = patch - patch.mean()
    product = fftconvolve(window, template[::-1, ::-1, ::-1], mode="valid") / patch.size
    inner = tuple(
        slice(side // 2, side // 2 + length)
        for side, length in zip(patch.shape, product.shape, strict=True)
    )
    mean = uniform_filter(window, patch.shape)[inner]
    power = uniform_filter(window**2, patch.shape)[inner]
    spread = np.sqrt(np.maximum(power - mean**2, 0))
    flat = spread < floor
    deviation = max(float(template.std()), floor)
    return np.where(flat, 0.0, product / (np.where(flat, 1.0, spread) * deviation))


def _box(centre: NDArray[np.int64], half: NDArray[np.int64]) -> tuple[slice, ...]:
    return tuple(slice(int(c - h), int(c + h) + 1) for c, h in zip(centre, half, strict=True))


def words(row: dict[str, Any], tolerance_px: float) -> str:
    """A row as a line."""
    median, mean = row["median_error_px"], row["mean_error_px"]
    errors = "no positions" if median is None else f"error {median:.2f} median, {mean:.2f} mean px"
    return (
        f"{row['method']:16} {row['references']:2} references: within {tolerance_px:g} px "
        f"{row['accuracy']:.3f}, half {row['accuracy_half']:.3f}; {errors}; "
        f"{row['cpu_seconds_per_frame']:.3f} CPU s a frame"
    )
