"""Objects by cellpose's own model, where it is installed with weights on this disk."""

from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError


def objects_by_cellpose(
    probability: NDArray[np.floating],
    weights: str | Path,
    *,
    object_diameter_px: float = 0.0,
    min_area: int = 0,
) -> NDArray[np.int32]:
    """Number the objects of one class from its probability map, as deepflash2 does.

    Parameters
    ----------
    probability : (y, x)
        Of the class; what is below .5 belongs to no object.
    weights
        File of a cellpose model; never fetched.
    object_diameter_px
        Of a typical object; cellpose's own if 0.
    min_area
        Objects of fewer pixels are left out.

    Returns
    -------
    (y, x) int32
        From 1; 0 for none.

    Raises
    ------
    SettingError
        If cellpose is not installed, or the file of weights is not there.
    """
    if not Path(weights).is_file():
        raise SettingError(
            f"cellpose's weights are not at {weights}; expected a file on this disk, as they are "
            "never fetched. Give its path, or separate objects by watershed."
        )
    try:
        models = import_module("cellpose.models")
    except ImportError as failure:
        raise SettingError(
            f"cellpose cannot be used ({failure}). Install it: pip install cellpose, or separate "
            "objects by watershed."
        ) from None
    model = models.CellposeModel(gpu=False, pretrained_model=str(weights))
    found = model.eval(
        np.asarray(probability, np.float32),
        diameter=object_diameter_px or None,
        min_size=max(min_area, 0),
        normalize=False,
    )
    return np.where(probability >= 0.5, found[0], 0).astype(np.int32)
