"""Cell Tracking Challenge: a folder of label images, one a frame, and ``man_track.txt``.

Pixels: a keypoint is a label, its position the centroid of the label's voxels, with voxel centres
at whole numbers. Written is one voxel a keypoint, at the nearest whole numbers: positions at whole
numbers round-trip exactly, others come back to within half a voxel along each axis.

``man_track.txt`` (or ``res_track.txt``) has a line a track: label, first frame, last frame, parent
or 0. Images are TIFFs whose names end in the frame's number, ``man_track000.tif``, ``mask000.tif``
or ``t000.tif``. Names are the labels' numbers. A gap in a track stays a gap.
"""

import re
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile
from numpy.typing import NDArray

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.errors import InputError
from sightline.formats.keypoints.carried import Part, refuse_nothing, told_of_loss
from sightline.formats.new_file import new_file
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.tiff_recording import open_tiff
from sightline.formats.unreadable import damage_reported

CARRIED: Final[tuple[Part, ...]] = ("z", "parents", "image shape")
TABLES: Final = ("man_track.txt", "res_track.txt")
_IMAGE: Final = re.compile(r"(?:man_track|mask|t|man_seg)_?0*(\d+)\.tiff?", re.IGNORECASE)
_EXPECTED: Final = "man_track.txt with lines of label, first frame, last frame, parent"
_LARGEST_LABEL: Final = 2**16 - 1
_MOST_VOXELS: Final = 1 << 32


def read_cell_tracking(folder: Path) -> KeypointSet:
    """Read a folder of label images with its table of tracks; an image at a time.

    Raises
    ------
    InputError
        If the table or an image is missing or damaged, an image is of another size, or it holds a
        label that the table does not have.
    """
    table_path = next((folder / name for name in TABLES if (folder / name).is_file()), None)
    if table_path is None:
        raise InputError(folder, "it has no man_track.txt", _EXPECTED, "Give the TRA folder.")
    table = _read_table(table_path)
    labels = table[:, 0]
    frames, rows, position, shape = _placed(folder, labels, table_path.name)
    count = len(frames)
    names = {label: str(label) for label in labels.tolist()}
    return check_keypoints(
        KeypointSet(
            names=tuple(names.values()),
            source=str(folder),
            format="ctc",
            frame=frames,
            keypoint=rows,
            position=position,
            score=np.full(count, np.nan),
            hidden=np.zeros(count, bool),
            author=np.zeros(count, np.int64),
            authors=(Author("", "Cell Tracking Challenge"),),
            parents=tuple(
                (names[label], names[parent])
                for label, _, _, parent in table.tolist()
                if parent in names
            ),
            image_shape=shape,
            numbers=tuple(labels.tolist()),
            notes=_notes(table, frames, rows),
        )
    )


def write_cell_tracking(folder: Path, keypoints: KeypointSet) -> tuple[str, ...]:
    """Write ``mask000.tif``, ... and ``res_track.txt`` into a new folder.

    Raises
    ------
    InputError
        If the folder is there already, the image's shape is not known, a keypoint lies outside, or
        two are at the same voxel.
    """
    refuse_nothing(keypoints, folder, "the Cell Tracking Challenge")
    shape = keypoints.image_shape
    if shape is None:
        raise InputError(
            folder, "the size of the image is not known", "it, for label images", "Give (z, y, x)."
        )
    if folder.exists():
        raise InputError(folder, "it is there already", "a new folder", "Choose another name.")
    labels = _labels(keypoints)
    lines = _lines(keypoints, labels)
    images = _drawn(keypoints, labels, shape, folder)
    folder.mkdir(parents=True)
    frames = int(keypoints.frame.max()) + 1
    digits = max(3, len(str(frames - 1)))
    for frame in range(frames):
        with new_file(folder / f"mask{frame:0{digits}}.tif") as aside:
            image = np.zeros(shape, np.uint16)
            image[tuple(images[frame][0].T)] = images[frame][1]
            flat = image[0] if shape[0] == 1 else image
            tifffile.imwrite(aside, flat, compression="zlib", photometric="minisblack")
    with new_file(folder / TABLES[1]) as aside:
        aside.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    renamed = [name for name, label in zip(keypoints.names, labels, strict=True)
               if name != str(label)]  # fmt: skip
    told = (f"Names became numbers: {renamed[0]}, ...",) if renamed else ()
    return *told_of_loss(keypoints, "The Cell Tracking Challenge", (*CARRIED, "names")), *told


def _read_table(path: Path) -> NDArray[np.int64]:
    """(track, 4) label, first and last frame, parent; by label."""
    with damage_reported(path, _EXPECTED):
        lines = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
        if not lines or any(len(line) != 4 for line in lines):
            raise ValueError("a line has not four numbers")
        table = np.array([[int(word) for word in line] for line in lines], np.int64)
        if (table < 0).any() or (table[:, 0] < 1).any() or (table[:, 1] > table[:, 2]).any():
            raise ValueError("a track ends before it begins, or has a label below 1")
        if len(np.unique(table[:, 0])) < len(table):
            raise ValueError("a label comes twice")
    return table[np.argsort(table[:, 0])]


def _placed(
    folder: Path, labels: NDArray[np.int64], table_name: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], tuple[int, int, int]]:
    """Frame, row of the table and centroid of every label in the images, and their shape."""
    frames, rows, positions = [], [], []
    shape: tuple[int, int, int] | None = None
    for number, path in sorted(_images(folder).items()):
        image = _read_image(path)
        if shape is not None and image.shape != shape:
            raise InputError(
                path, f"its shape is {image.shape}", f"{shape}, as of those before", "Check it."
            )
        shape = (image.shape[0], image.shape[1], image.shape[2])
        there, centroid = _centroids(image)
        unknown = np.setdiff1d(there, labels)
        if len(unknown):
            raise InputError(
                path,
                f"it holds label {unknown[0]}, which {table_name} does not have",
                "labels of its tracks",
                "Give the images that belong to the table.",
            )
        frames += [number] * len(there)
        rows += np.searchsorted(labels, there).tolist()
        positions.append(centroid)
    if shape is None:
        raise InputError(folder, "it holds no label images", "man_track000.tif, ...", "Add them.")
    return (
        np.array(frames, np.int64),
        np.array(rows, np.int64),
        np.concatenate(positions),
        shape,
    )


def _images(folder: Path) -> dict[int, Path]:
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        match = _IMAGE.fullmatch(path.name)
        if match is None:
            continue
        if int(match[1]) in found:
            raise InputError(
                path, f"frame {match[1]} has another image", "one a frame", "Take one away."
            )
        found[int(match[1])] = path
    return found


def _read_image(path: Path) -> NDArray[Any]:
    """(z, y, x) labels."""
    expected = "a label image (TIFF) of whole numbers"
    with damage_reported(path, expected), open_tiff(path, RecordingOptions()) as stored:
        lengths = dict(zip(stored.info.axes, stored.info.shape, strict=True))
        if stored.info.dtype.kind not in "iu" or lengths.get("channel", 1) > 1:
            raise TypeError(f"{stored.info.dtype} with axes {stored.info.axes}")
        if np.prod(stored.info.shape, dtype=float) > _MOST_VOXELS:
            raise ValueError(f"it promises {stored.info.shape}")
        image = stored.read(0, stored.info.frames)
    return image.reshape(-1, *image.shape[-2:])


def _centroids(image: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Labels of an image, rising, and the mean (z, y, x) of the voxels of each."""
    places = np.nonzero(image)
    labels, member = np.unique(image[places].astype(np.int64), return_inverse=True)
    counts = np.bincount(member, minlength=len(labels))
    means = [np.bincount(member, axis, minlength=len(labels)) / counts for axis in places]
    return labels, np.stack(means, axis=1)


def _notes(
    table: NDArray[np.int64], frames: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[str, ...]:
    """What the table promises and the images do not hold."""
    promised = int((table[:, 2] - table[:, 1] + 1).sum())
    inside = (frames >= table[rows, 1]) & (frames <= table[rows, 2]) if len(rows) else rows > 0
    absent, beyond = promised - int(inside.sum()), int((~inside).sum())
    notes = []
    if absent:
        notes.append(f"{absent} times a track of the table has no label in the image.")
    if beyond:
        notes.append(f"{beyond} labels are in frames beyond their track's of the table.")
    return tuple(notes)


def _labels(keypoints: KeypointSet) -> list[int]:
    """A number from 1 for each keypoint: its own where all can have it."""
    numbers = keypoints.numbers
    if numbers and min(numbers) >= 1 and max(numbers) <= _LARGEST_LABEL:
        return list(numbers)
    return list(range(1, len(keypoints.names) + 1))


def _lines(keypoints: KeypointSet, labels: list[int]) -> list[str]:
    label_of = dict(zip(keypoints.names, labels, strict=True))
    mothers = {label_of[first]: label_of[second] for first, second in keypoints.parents}
    placed = {labels[number] for number in keypoints.keypoint.tolist()}
    lines = []
    for number, label in sorted(enumerate(labels), key=lambda pair: pair[1]):
        frames = keypoints.frame[keypoints.keypoint == number]
        if len(frames):
            mother = mothers.get(label, 0)
            mother = mother if mother in placed else 0
            lines.append(f"{label} {frames.min()} {frames.max()} {mother}")
    return lines


def _drawn(
    keypoints: KeypointSet, labels: list[int], shape: tuple[int, int, int], folder: Path
) -> dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For each frame, the voxels and their labels."""
    if max(labels) > _LARGEST_LABEL:
        raise InputError(
            folder, f"it has {len(labels):,} keypoints", f"at most {_LARGEST_LABEL:,}", "Split it."
        )
    voxels = np.floor(keypoints.position + 0.5).astype(np.int64)
    number = np.array(labels, np.int64)[keypoints.keypoint]
    drawn = {}
    frames = np.arange(int(keypoints.frame.max()) + 1)
    ends = np.searchsorted(keypoints.frame, frames, side="right")
    for frame, start, end in zip(frames.tolist(), [0, *ends[:-1]], ends, strict=True):
        rows = np.arange(start, end)
        some = voxels[rows]
        inside = ((some >= 0) & (some < np.array(shape))).all()
        if not inside or len(np.unique(some, axis=0)) < len(some):
            raise InputError(
                folder,
                f"in frame {frame} two keypoints are at one voxel, or one lies outside",
                "a voxel of its own for each keypoint",
                "Take one of them away, or write csv.",
            )
        drawn[frame] = some, number[rows]
    return drawn
