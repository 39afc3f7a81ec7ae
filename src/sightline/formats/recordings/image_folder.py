"""A folder of images, PNG, JPEG or BMP, each a frame, in the natural order of their names.

The frames that DeepLabCut's users label are such a folder; a project with one of them stands for
it. Images whose channels say the same are grey; else red, green and blue are channels.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sightline.errors import InputError
from sightline.formats.recordings.file_recording import FileRecording
from sightline.formats.recordings.numbered_files import numbered_files
from sightline.formats.recordings.recording_info import FileMetadata, make_info
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.stored_axes import plan_axes
from sightline.formats.unreadable import damage_reported

_FORMATS: Final = ("PNG", "JPEG", "BMP")
_KINDS: Final = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP"}
_EXPECTED: Final = "a whole PNG, JPEG or BMP image"
_LABELLED: Final = "CollectedData_*"
_NEUTRAL: Final = 8  # how far the channels of a grey JPEG stray from each other, of 256
_LUMA: Final = (0.299, 0.587, 0.114)  # of red, green and blue (ITU-R BT.601)


def image_names(folder: Path) -> list[Path]:
    """Images of a folder, 2 before 10; hidden ones are left out."""
    return numbered_files(folder, _KINDS)


def labelled_folder(folder: Path) -> Path:
    """The folder of labelled frames that a DeepLabCut project has, else the folder itself.

    Raises
    ------
    InputError
        If the project has several.
    """
    labels = [
        path for place in ("*/", "labeled-data/*/") for path in folder.glob(place + _LABELLED)
    ]
    found = sorted({path.parent for path in labels})
    if any(folder.glob(_LABELLED)) or not found:
        return folder
    if len(found) > 1:
        listed = ", ".join(str(path.relative_to(folder)) for path in found[:10])
        raise InputError(
            folder,
            f"it holds labelled frames of {len(found)} videos: {listed}",
            "those of one",
            "Give the folder of one video.",
        )
    return found[0]


def open_image_folder(folder: Path, options: RecordingOptions) -> "ImageFolder":
    """Open all images of a folder as one recording.

    Three of them are looked at for their kind; the others are checked when they are read.

    Raises
    ------
    InputError
        If there is none, they are of several kinds, or differ in size or depth.
    """
    paths = image_names(folder)
    if not paths:
        raise InputError(folder, "it holds no images", "at least one", "Give another folder.")
    counts = dict.fromkeys(_KINDS.values(), 0)
    for path in paths:
        counts[_KINDS[path.suffix.lower()]] += 1
    if len(paths) not in counts.values():
        listed = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        raise InputError(
            folder, f"it holds images of several kinds, {listed}", "frames of one kind",
            "Move those that are no frames elsewhere.",
        )  # fmt: skip
    return ImageFolder(folder, paths, options)


class ImageFolder(FileRecording):
    """Images of a folder, each a frame.

    Parameters
    ----------
    folder, options
        The folder, and what the user says.
    paths
        Its images, in order.
    """

    def __init__(self, folder: Path, paths: list[Path], options: RecordingOptions) -> None:
        self._paths = paths
        samples = [_pixels(paths[n]) for n in sorted({0, len(paths) // 2, len(paths) - 1})]
        self._like = samples[0]
        colour = any(_is_colour(sample, paths[0]) for sample in samples)
        axes, letters = ("time", "y", "x"), "tyx"
        shape: tuple[int, ...] = (len(paths), *self._like.shape[:2])
        notes = [f"{len(paths)} images, from {paths[0].name} to {paths[-1].name}."]
        if colour:
            axes, letters = ("time", "channel", "y", "x"), "tcyx"
            shape = (shape[0], 3, *shape[1:])
            notes.append("Colour images: red, green and blue are channels 0, 1 and 2.")
        if _is_cut(paths[0]):
            notes.append("Of the 16 bits of a colour, the higher 8 are read.")
        if options.axes not in ("", letters):
            raise InputError(
                folder, f"its axes are {letters}", f"{options.axes}, as `--axes` says",
                "Leave it out.",
            )  # fmt: skip
        plan, said = plan_axes(folder, shape, axes, options)
        self._picked = plan.picked.get("channel", slice(None))
        self._colour = colour
        found = FileMetadata(name=folder.absolute().name, notes=(*notes, *said))
        info = make_info(folder, plan, self._like.dtype, found, options)
        super().__init__(replace(info, frame_names=tuple(path.name for path in paths)))

    def _fill(self, start: int, stop: int, out: NDArray[Any]) -> None:
        for number, path in enumerate(self._paths[start:stop]):
            image = _pixels(path)
            if (image.shape[:2], image.dtype) != (self._like.shape[:2], self._like.dtype):
                raise _unlike(path, image, self._like)
            if not self._colour:
                out[number] = _grey(image)
            else:
                out[number] = np.broadcast_to(_planes(image), (3, *image.shape[:2]))[self._picked]

    def _release(self) -> None:
        """Nothing is held open."""


def _pixels(path: Path) -> NDArray[Any]:
    """(y, x) uint8 or uint16, or (y, x, colour) uint8; transparency is left out."""
    with damage_reported(path, _EXPECTED), Image.open(path, formats=_FORMATS) as image:
        if image.mode.startswith("I"):
            return np.asarray(image).astype(np.uint16)
        return np.asarray(image.convert("L" if image.mode in ("1", "L", "LA") else "RGB"))


def _is_colour(image: NDArray[Any], path: Path) -> bool:
    if image.ndim == 2:
        return False
    stray = np.ptp(image.astype(np.int16), axis=2).max()
    return bool(stray > (_NEUTRAL if _KINDS[path.suffix.lower()] == "JPEG" else 0))


def _is_cut(path: Path) -> bool:
    """Whether a PNG has 16 bits a colour, which are not all read."""
    with path.open("rb") as file:
        start = file.read(26)
    return start.startswith(b"\x89PNG") and len(start) == 26 and start[24] == 16 and start[25] != 0


def _grey(image: NDArray[Any]) -> NDArray[Any]:
    """Brightness; of channels that are alike, their value."""
    if image.ndim == 2:
        return image
    return (image @ np.array(_LUMA) + 0.5).astype(image.dtype)


def _planes(image: NDArray[Any]) -> NDArray[Any]:
    """(channel, y, x); of a grey image, one channel."""
    return image[None] if image.ndim == 2 else image.transpose(2, 0, 1)


def _unlike(path: Path, image: NDArray[Any], like: NDArray[Any]) -> InputError:
    height, width = like.shape[:2]
    return InputError(
        path,
        f"it is of {image.shape[1]} x {image.shape[0]} pixels ({image.dtype})",
        f"{width} x {height} ({like.dtype}), as the folder's first image is",
        "Move images that are no frames elsewhere, or bring them to one size.",
    )
