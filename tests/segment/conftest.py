"""What lets torchvision be imported beside a build of torch that is not its own."""

import pytest
import torch


@pytest.fixture(scope="session")
def torchvision_schemas() -> object:
    """Two operators that torchvision looks for and that nothing here calls."""
    try:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:  # a torchvision that fits has defined them
        return None
    return library
