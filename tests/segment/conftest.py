"""What the tests of networks share."""

from importlib.util import find_spec

import pytest

collect_ignore_glob: list[str] = []
if find_spec("torch") is None:  # the extra is not installed
    collect_ignore_glob += ["paper/*", "test_optimisers.py", "test_rate_finder.py",
                            "test_smp_networks.py"]  # fmt: skip


@pytest.fixture(scope="session")
def torchvision_schemas() -> object:
    """Two operators that torchvision looks for, so that it is imported beside any build of torch.

    Nothing here calls them.
    """
    from torch.library import Library  # noqa: PLC0415 -- an extra

    try:
        library = Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:  # a torchvision that fits has defined them
        return None
    return library
