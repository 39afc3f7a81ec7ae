"""A trained model as one folder: weights as safetensors, all else as JSON.

Reading executes nothing: safetensors hold numbers and names alone, and the weights must have the
SHA-256 that ``model.json`` tells.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError, SettingError
from sightline.formats.new_file import renewed_file
from sightline.formats.new_folder import new_folder

FORMAT: Final = "sightline segmentation model"
VERSION: Final = 1
ABOUT: Final = "model.json"
WEIGHTS: Final = "weights.safetensors"

Arrays = Mapping[str, NDArray[Any]]
_REMEDY: Final = "Copy the model folder again from where it was trained, or train it again."
_MOST_JSON: Final = 2**28  # bytes


def write_model_folder(
    path: str | Path,
    arrays: Arrays,
    about: Mapping[str, Any],
    more: Callable[[Path], None] = lambda _folder: None,
) -> Path:
    """Write a new model folder, aside first, so that it is there whole or not at all.

    Parameters
    ----------
    path
        Of the folder; nothing may be there yet.
    arrays
        Weights, by name.
    about
        All else, as JSON values.
    more
        Adds files to the folder, such as curves, before it gets its name.

    Raises
    ------
    InputError
        If something is there already, or it cannot be written.
    SettingError
        If safetensors is not installed.
    """
    folder = Path(path)
    with new_folder(folder) as aside:
        write_arrays(aside / WEIGHTS, arrays)
        known = {"format": FORMAT, "version": VERSION, "weights_sha256": _digest(aside / WEIGHTS)}
        write_json(aside / ABOUT, known | dict(about))
        more(aside)
    return folder


def read_model_folder(path: str | Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read the weights, and all else, of a model folder.

    Raises
    ------
    InputError
        If it is not there, is no model, is of a newer release, or was damaged or changed.
    SettingError
        If safetensors is not installed.
    """
    folder = Path(path)
    about = read_model_about(folder)
    weights = folder / WEIGHTS
    try:
        digest = _digest(weights)
    except OSError as failure:
        raise InputError(
            weights, f"it cannot be read ({failure.strerror})", "the model's weights", _REMEDY
        ) from None
    if digest != about.get("weights_sha256"):
        raise InputError(
            weights, "it was damaged or changed after training",
            "the file whose SHA-256 stands in model.json", _REMEDY,
        )  # fmt: skip
    return read_arrays(weights), about


def read_model_about(path: str | Path) -> dict[str, Any]:
    """Read ``model.json`` alone: what the model is and how it was trained.

    Raises
    ------
    InputError
        As `read_model_folder`.
    """
    folder = Path(path)
    file = folder / ABOUT
    if not file.is_file():
        found = "it is not there" if not folder.exists() else f"no {ABOUT} in it"
        raise InputError(
            folder, found, "a model folder that `sightline segment train` wrote",
            "Models of other tools cannot be used; give the folder named by --output there.",
        )  # fmt: skip
    about = read_json(file)
    if about.get("format") != FORMAT:
        raise InputError(file, f"format {about.get('format')!r}", repr(FORMAT), _REMEDY)
    version = about.get("version")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise InputError(
            file, f"version {version!r}", f"version {VERSION}",
            "Install the release of Sightline that wrote it, or a newer one.",
        )  # fmt: skip
    return about


def model_digest(path: str | Path) -> str:
    """SHA-256 of ``model.json``, which holds that of the weights: changes whenever the model does.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        return _digest(Path(path) / ABOUT)
    except OSError as failure:
        raise InputError(
            path, f"it cannot be read ({failure.strerror})", "a model folder", _REMEDY
        ) from None


def write_arrays(path: Path, arrays: Arrays, notes: Mapping[str, str] | None = None) -> None:
    """Write arrays as safetensors, in place of an earlier file of ours.

    Raises
    ------
    InputError
        If it cannot be written.
    SettingError
        If safetensors is not installed.
    """
    numpy_tensors, _ = _safetensors()
    content = numpy_tensors.save(
        {name: np.asarray(values, order="C") for name, values in arrays.items()},
        None if notes is None else dict(notes),
    )
    with renewed_file(path) as aside:
        aside.write_bytes(content)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read arrays that `write_arrays` wrote.

    Raises
    ------
    InputError
        If it is damaged or of another kind.
    SettingError
        If safetensors is not installed.
    """
    numpy_tensors, odd = _safetensors()
    try:
        return dict(numpy_tensors.load_file(path))
    except (odd, OSError, ValueError, KeyError, TypeError) as failure:
        raise InputError(
            path, f"it cannot be read ({str(failure).splitlines()[0]})", "safetensors", _REMEDY
        ) from None


def read_notes(path: Path) -> dict[str, str]:
    """Read the notes that `write_arrays` kept with arrays; InputError if the file is damaged."""
    _, odd = _safetensors()
    from safetensors import safe_open  # noqa: PLC0415 -- an extra

    try:
        with safe_open(path, framework="numpy") as file:
            return dict(file.metadata() or {})
    except (odd, OSError, ValueError) as failure:
        raise InputError(
            path, f"it cannot be read ({str(failure).splitlines()[0]})", "safetensors", _REMEDY
        ) from None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON, in place of an earlier file of ours; InputError if it cannot be written."""
    text = json.dumps(content, indent=1, allow_nan=False)
    with renewed_file(path) as aside:
        aside.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    InputError
        If it is not there or damaged.
    """
    try:
        if path.stat().st_size > _MOST_JSON:
            raise ValueError
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    except (OSError, ValueError, RecursionError):
        pass
    raise InputError(path, "it is damaged", "JSON that Sightline wrote", _REMEDY)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _safetensors() -> tuple[Any, type[Exception]]:
    try:
        from safetensors import SafetensorError, numpy  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError:
        raise SettingError(
            "Models need safetensors, which is not installed; "
            "expected the packages for segmentation. "
            "Install them: pip install 'sightline[segment]'."
        ) from None
    return numpy, SafetensorError
