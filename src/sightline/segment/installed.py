"""Whether the packages that networks need are there."""

from importlib.util import find_spec

from sightline.errors import SettingError


def need_torch() -> None:
    """Raise where torch is not installed; it is not imported yet.

    Raises
    ------
    SettingError
    """
    missing = [name for name in ("torch", "safetensors") if find_spec(name) is None]
    if missing:
        raise SettingError(
            f"Networks need {' and '.join(missing)}, not installed here; "
            "expected the packages for segmentation. "
            "Install them: pip install 'sightline[segment]'."
        )
