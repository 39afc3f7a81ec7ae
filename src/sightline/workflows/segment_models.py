"""Trained models and their folders."""

from collections.abc import Callable
from pathlib import Path

from sightline.errors import InputError, SightlineError
from sightline.formats.model_folder import ABOUT, read_model_folder, write_model_folder
from sightline.segment.installed import need_torch
from sightline.segment.model import Model


def load_model(path: str | Path) -> Model:
    """Read a model that `sightline segment train` wrote; nothing in its folder is executed.

    Raises
    ------
    InputError, SettingError
        If it is missing, damaged, changed, of a newer release or of another tool, or torch is not
        installed.
    """
    need_torch()
    arrays, about = read_model_folder(path)
    from sightline.segment.predict import Predictor  # noqa: PLC0415 -- torch is an extra

    file = Path(path) / ABOUT
    try:
        model = Model.of(arrays, about)
        Predictor.of(model)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration) as odd:
        raise _unfit(file, repr(odd)) from None
    except SightlineError as odd:
        raise _unfit(file, str(odd)) from None
    if not model.members or not model.class_names:
        raise _unfit(file, "no network, or no class")
    return model


def write_model(
    path: str | Path, model: Model, more: Callable[[Path], None] = lambda _folder: None
) -> Path:
    """Write a model into a new folder; see `write_model_folder`."""
    return write_model_folder(path, model.arrays(), model.about(), more)


def _unfit(file: Path, found: str) -> InputError:
    return InputError(
        file, f"its parts do not fit each other ({found})", "a model as it was trained",
        "Copy the model folder again from where it was trained, or train it again.",
    )  # fmt: skip
