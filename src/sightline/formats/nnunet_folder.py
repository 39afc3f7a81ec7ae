"""Folders as nnU-Net 2 takes and gives them, for comparisons with it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile
from numpy.typing import NDArray

from sightline.errors import InputError

DATASET: Final = "Dataset901_Sightline"
_ENDING: Final = ".tif"


def write_nnunet_dataset(
    raw: Path,
    training: Iterable[tuple[str, NDArray[Any], NDArray[np.int16]]],
    test: Mapping[str, NDArray[Any]],
    class_names: Sequence[str],
) -> Path:
    """Write images, masks and ``dataset.json``.

    Parameters
    ----------
    raw
        Folder that nnU-Net knows as ``nnUNet_raw``.
    training
        Case name, pixels (channel, y, x) and classes (y, x), -1 where nothing is said.
    test
        Case name to pixels of images to predict.
    class_names
        Of classes 1, 2, ...

    Returns
    -------
    Path
        Of the images to predict.
    """
    folder = raw / DATASET
    images, masks, asked = (folder / name for name in ("imagesTr", "labelsTr", "imagesTs"))
    for each in (images, masks, asked):
        each.mkdir(parents=True)
    ignored, cases, channels = len(class_names) + 1, 0, 1
    some_ignored = False
    for name, pixels, classes in training:
        _write_channels(images, name, pixels)
        written = np.where(classes < 0, ignored, classes).astype(np.uint8)
        tifffile.imwrite(masks / f"{name}{_ENDING}", written)
        some_ignored |= bool((classes < 0).any())
        cases, channels = cases + 1, len(pixels)
    for name, pixels in test.items():
        _write_channels(asked, name, pixels)
    labels = {"background": 0} | {name: label for label, name in enumerate(class_names, 1)}
    told = {
        "channel_names": {str(number): f"channel {number}" for number in range(channels)},
        "labels": labels | ({"ignore": ignored} if some_ignored else {}),
        "numTraining": cases,
        "file_ending": _ENDING,
        "overwrite_image_reader_writer": "NaturalImage2DIO",
    }
    (folder / "dataset.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    return asked


def read_nnunet_masks(
    folder: Path, shapes: Mapping[str, tuple[int, int]]
) -> dict[str, NDArray[np.int16]]:
    """Read predicted classes (y, x) of the cases of these shapes.

    Raises
    ------
    InputError
        If one is missing or of another shape.
    """
    found = {}
    for name, shape in shapes.items():
        path = folder / f"{name}{_ENDING}"
        mask = np.squeeze(tifffile.imread(path)) if path.is_file() else None
        if mask is None or mask.shape != shape:
            what = "no such file" if mask is None else f"shape {mask.shape}"
            raise InputError(path, what, f"nnU-Net's mask of shape {shape}",
                             "Look at what nnU-Net said.")  # fmt: skip
        found[name] = mask.astype(np.int16)
    return found


def _write_channels(folder: Path, name: str, pixels: NDArray[Any]) -> None:
    """One file a channel, as nnU-Net wants it."""
    for number, channel in enumerate(np.asarray(pixels)):
        plain = np.nan_to_num(channel.astype(np.float32))
        tifffile.imwrite(folder / f"{name}_{number:04d}{_ENDING}", plain)
