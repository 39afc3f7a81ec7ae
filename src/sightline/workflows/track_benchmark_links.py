"""The benchmark of linking alone: detections of volumes are given identities; no images."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.data.point_clouds import PointClouds
from sightline.errors import InputError, SettingError
from sightline.formats.point_clouds import is_points_file, read_point_clouds
from sightline.track.linking import link_points
from sightline.workflows.spent import Spent
from sightline.workflows.track_scores import score_links

Summary = dict[str, Any]


@dataclass(frozen=True)
class Unlinked:
    """A volume whose detections are to be given identities.

    Parameters
    ----------
    seen : (detection, 3) float64
        z, y, x in the file's unit.
    references : of each (identity, 3) float64
        Where identities are in volumes that are labelled, the nearest in time first; NaN where
        missing.
    context : of each reference (point, 3) float64
        What else was detected there, unlabelled.
    fixed
        Where some identities are in this volume, for a person said so.
    """

    seen: NDArray[np.float64]
    references: Sequence[NDArray[np.float64]]
    context: Sequence[NDArray[np.float64]]
    fixed: Mapping[int, NDArray[np.float64]]


Link = Callable[[Unlinked], NDArray[np.int64]]
"""Gives the (identity,) detection that is it; -1 if none is."""


def link_volume(volume: Unlinked) -> NDArray[np.int64]:
    """Tell which detection each identity is, our way."""
    return link_points(
        volume.seen, volume.references, context=volume.context, fixed=volume.fixed
    ).detection


def read_truth(points: str | Path, truth: str | Path | None) -> PointClouds:
    """Read a points file; its own labels are the truth, or those of another file of its points.

    Raises
    ------
    InputError
        If a file cannot be used, or the two hold different points.
    """
    clouds = read_point_clouds(points)
    if truth is None or Path(truth) == Path(points):
        return clouds
    if not is_points_file(truth):
        raise InputError(
            truth,
            "it is no points file",
            f"labels of the points of {points}",
            "Give the points file itself if it is labelled.",
        )
    known = read_point_clouds(truth)
    same = len(known) == len(clouds) and (
        np.array_equal(known.frame, clouds.frame)
        and np.allclose(known.position, clouds.position, rtol=0, atol=1e-6)
    )
    if not same:
        raise InputError(
            truth,
            f"its {len(known)} points are not the {len(clouds)} of {points}",
            "the same points, with labels",
            "Check that the two belong together.",
        )
    return known


def link_rows(
    clouds: PointClouds,
    references: Sequence[int],
    partial: Sequence[int],
    frames: int | None,
    preset: str,
    seed: int,
    progress: Progress,
    link: Link | None = None,
) -> list[Summary]:
    """Take the labels of some volumes, give detections of others identities, and compare.

    References are evenly spaced among the volumes: points have no thumbnails to recommend by.

    Parameters
    ----------
    clouds
        Detections with their true identities.
    references, partial, preset, seed
        As for `benchmark`.
    frames
        So many volumes are scored, drawn at random from those that are never a reference; all if
        None.
    progress
        Called with the number of rows measured and of all.
    link
        Another way to link, to compare with; ours if None.

    Raises
    ------
    InputError, SettingError
        If there are not so many volumes or identities, or the preset needs images.
    """
    if preset != "default":
        raise SettingError(f"--preset {preset} tracks in images, and a points file has none.")
    if max(partial) >= len(clouds.names):
        raise SettingError(
            f"--partial is {max(partial)}; it must be from 0 to {len(clouds.names) - 1} identities."
        )
    volumes = clouds.frames
    if max(references) >= len(volumes):
        raise InputError(
            clouds.source,
            f"it holds {len(volumes)} volumes",
            f"more than {max(references)}, as many as references are asked for",
            "Give fewer --references.",
        )
    spread = {number: evenly_spaced(volumes, number) for number in references}
    rng = np.random.default_rng(seed)
    pins = rng.permutation(len(clouds.names))
    scored = np.setdiff1d(volumes, np.concatenate(list(spread.values())))
    if frames is not None:
        scored = np.sort(rng.permutation(scored)[:frames])
    rows: list[Summary] = []
    for number in references:
        for given in partial:
            done, total = len(rows), len(references) * len(partial)
            rows.append(_row(clouds, spread[number], pins[:given], scored, link or link_volume))
            progress(done + 1, total)
    return rows


def evenly_spaced(volumes: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """The middle volume of each of so many equal stretches."""
    return volumes[((np.arange(number) + 0.5) * len(volumes) / number).astype(int)]


def _row(
    clouds: PointClouds,
    references: NDArray[np.int64],
    pins: NDArray[np.int64],
    scored: NDArray[np.int64],
    link: Link,
) -> Summary:
    labelled = {frame: clouds.known(frame) for frame in references.tolist()}
    linked: list[NDArray[np.int64]] = []
    wanted: list[NDArray[np.int64]] = []
    spent = Spent()
    for frame in scored.tolist():
        found = link(_unlinked(clouds, frame, labelled, pins))
        identities = clouds.of(frame)[1]
        found[pins] = -1
        linked.append(found)
        wanted.append(np.where(np.isin(identities, pins), -1, identities))
    cost = (spent.cpu_seconds(), spent.wall_seconds())
    known = np.stack(list(labelled.values()))
    followed = np.asarray(np.isfinite(known).all(axis=2).any(axis=0))
    measures = score_links(linked, wanted, followed)
    return {
        "references": len(references),
        "partial": len(pins),
        "preset": "default",
        "reference_frames": references.tolist(),
        "frames": len(scored),
        **measures,
        "cpu_seconds_per_frame": cost[0] / max(len(scored), 1),
        "wall_seconds_per_frame": cost[1] / max(len(scored), 1),
        "peak_memory_mb": spent.peak_memory_mb(),
    }


def _unlinked(
    clouds: PointClouds,
    frame: int,
    labelled: Mapping[int, NDArray[np.float64]],
    pins: NDArray[np.int64],
) -> Unlinked:
    """What is known when a volume is linked."""
    nearest = sorted(labelled, key=lambda reference: abs(reference - frame))
    others = [clouds.of(reference) for reference in nearest]
    seen, identities = clouds.of(frame)
    given = np.flatnonzero(np.isin(identities, pins))
    return Unlinked(
        seen,
        [labelled[reference] for reference in nearest],
        [positions[names < 0] for positions, names in others],
        {int(identities[row]): seen[row] for row in given},
    )
