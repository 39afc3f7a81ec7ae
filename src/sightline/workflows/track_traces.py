"""How bright every followed point is over time: `sightline track traces`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress, each_finished
from sightline.data.recording import Recording
from sightline.data.volumes import read_volumes
from sightline.errors import InputError, SettingError
from sightline.formats.new_file import new_file
from sightline.formats.table import write_rows
from sightline.review.track_session import TrackSession
from sightline.track.traces import read_brightness, relative_change

Summary = dict[str, Any]

_STRETCH: Final = 32  # frames that a process reads before it reports
_ENDINGS: Final = (".csv", ".npz")


@dataclass(frozen=True)
class _Stretch:
    """Frames of which one process reads the brightness."""

    open: Callable[[], Recording] = field(repr=False)
    start: int
    positions: NDArray[np.float32] = field(repr=False)
    voxel_size: tuple[float, float, float]
    radius: float


def traces(  # noqa: PLR0913 -- one argument for each thing a user may say
    project: str | Path,
    output: str | Path,
    *,
    radius: float | None = None,
    relative: bool = False,
    window: int | None = None,
    percentile: float = 20.0,
    divide_by: int | None = None,
    video: str | Path | None = None,
    workers: int | None = None,
    on: str = "",
    progress: Progress = lambda _done, _total: None,
) -> Summary:
    """Read every point's brightness above its surround off each frame, and write it.

    Parameters
    ----------
    project
        The project folder of a tracked video.
    output
        New file. ``.csv``: a row a frame, a column a point and channel. ``.npz``: ``brightness``
        (frame, keypoint, channel), ``names``, and ``times_s`` where they are known.
    radius
        Of what belongs to a point, as for `run`; that of the tracking if not given.
    relative
        Write the change against a baseline, (F - F0) / F0, see `relative_change`.
    window, percentile
        Of the baseline.
    divide_by
        A channel that shows no activity: the others are divided by it, which takes out what motion
        and focus do to both.
    video
        Where the video is now, if it was moved.
    workers, on, progress
        As for `run`.

    Returns
    -------
    dict
        ``output``, ``frames``, ``keypoints``, ``channels``, and ``missing``, the share of points
        and frames without a value.

    Raises
    ------
    InputError, SettingError, ProjectError
        If the output is there already or of another kind, there is no such channel, or the project
        or its video cannot be used.
    """
    target = Path(output)
    if target.suffix.lower() not in _ENDINGS:
        raise InputError(target, "another ending", " or ".join(_ENDINGS), "Rename the output.")
    if target.exists():
        raise InputError(target, "it is there already", "a new name", "Choose another --output.")
    with TrackSession(project, "", video=video) as session:
        follow = session.settings.follow
        positions, names = session.predict().positions, session.names
        opened = session.open_video
    size = radius if radius is not None else follow.radius
    if not 0 < size < np.inf:
        raise SettingError(f"--radius is {size}; it must be a number above 0.")
    with opened() as recording:
        times, rate = recording.info.frame_times_s, recording.info.frame_rate_hz
    if times is None and rate:
        times = np.arange(len(positions)) / rate
    jobs = {
        str(start): _Stretch(opened, start, positions[start : start + _STRETCH],
                             follow.voxel_size, size)
        for start in range(0, len(positions), _STRETCH)
    }  # fmt: skip
    parts = dict(each_finished(_read, jobs, workers=workers, on=on, progress=progress))
    brightness = np.concatenate([parts[name] for name in jobs])
    channels = _divided(brightness, divide_by)
    values = relative_change(channels, window, percentile) if relative else channels
    _write(target, values, names, times)
    return {
        "output": str(target),
        "frames": len(values),
        "keypoints": len(names),
        "channels": values.shape[2],
        "missing": float(np.isnan(values).mean()),
    }


def _read(stretch: _Stretch) -> NDArray[np.float32]:
    """(frame, keypoint, channel)."""
    found = []
    with stretch.open() as recording:
        for place, positions in enumerate(stretch.positions):
            frame = stretch.start + place
            volume = read_volumes(recording, frame, frame + 1)[0]
            found.append(read_brightness(volume, positions, stretch.voxel_size, stretch.radius))
    return np.array(found, np.float32)


def _divided(brightness: NDArray[np.float32], by: int | None) -> NDArray[np.float64]:
    """The other channels over one; as they are if none is named."""
    values = brightness.astype(np.float64)
    if by is None:
        return values
    channels = values.shape[2]
    if not 0 <= by < channels or channels < 2:
        raise SettingError(
            f"--divide-by is {by}; expected one of {channels} channels, from 0, and another one."
        )
    others = np.delete(values, by, axis=2)
    below = values[:, :, [by]]
    return np.divide(others, below, out=np.full(others.shape, np.nan), where=below > 0)


def _write(
    path: Path, values: NDArray[np.float64], names: tuple[str, ...], times: NDArray[Any] | None
) -> None:
    if path.suffix.lower() == ".npz":
        kept: dict[str, Any] = {"brightness": values.astype(np.float32), "names": np.array(names)}
        if times is not None:
            kept["times_s"] = times
        with new_file(path) as aside:
            np.savez_compressed(aside, **kept)
        return
    channels = values.shape[2]
    columns = [
        name if channels == 1 else f"{name} (channel {channel})"
        for channel in range(channels)
        for name in names
    ]
    flat = values.transpose(0, 2, 1).reshape(len(values), -1)
    first = [[frame, "" if times is None else f"{times[frame]:.6g}"] for frame in range(len(flat))]
    rows = [
        [*start, *("" if np.isnan(one) else f"{one:.6g}" for one in row)]
        for start, row in zip(first, flat.tolist(), strict=True)
    ]
    write_rows(path, ["frame", "time_s", *columns], rows)
