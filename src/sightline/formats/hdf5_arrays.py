"""Arrays of others' HDF5 files, checked for their size before memory is taken for them."""

from typing import Any, Final

import h5py

_MOST_COMPRESSED: Final = 2_000  # gzip reaches about a thousandfold
_FREE_BYTES: Final = 1 << 20


def numbers_in(item: Any) -> h5py.Dataset | None:
    """Return a dataset if it is one, of numbers, along at least one axis.

    Raises
    ------
    ValueError
        If it promises far more than the file holds.
    """
    if not isinstance(item, h5py.Dataset) or item.dtype.kind not in "fiub" or not item.shape:
        return None
    return held(item)


def held(item: h5py.Dataset) -> h5py.Dataset:
    """Return a dataset that does not promise far more than the file holds; see `numbers_in`."""
    if item.nbytes > _MOST_COMPRESSED * item.id.get_storage_size() + _FREE_BYTES:
        raise ValueError(f"{item.name} promises {item.nbytes:,} bytes that the file does not hold")
    return item
