"""Tensors of a file that torch wrote, without running anything that it may hold."""

from io import BytesIO
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray


def tensors_of(content: bytes) -> dict[str, NDArray[Any]]:
    """Name to tensor, in the order of the file.

    Parameters
    ----------
    content
        Of a state dict as ``torch.save`` writes it, or of a dict with one under ``state_dict``.

    Raises
    ------
    ValueError
        If it holds anything but tensors, or is damaged.
    """
    try:
        found = torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as odd:  # noqa: BLE001 -- a damaged file raises anything
        raise ValueError(str(odd).splitlines()[0] if str(odd) else type(odd).__name__) from None
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
        found = found["state_dict"]
    if not isinstance(found, dict) or not all(map(torch.is_tensor, found.values())):
        raise ValueError("it holds other things than tensors by name")
    return {str(name): np.array(tensor.detach().numpy()) for name, tensor in found.items()}
