"""Arrays on the way to the page: a short JSON header, then their bytes as they lie in memory.

::

    bytes 0-3    "SLP1"
    bytes 4-7    length of the header, uint32
    header       UTF-8 JSON, padded with spaces: {"meta": {...}, "arrays": [...]}
    arrays       each beginning at a multiple of 8 bytes

Everything is little endian. An entry of ``arrays`` has ``name``, ``dtype`` (u1 u2 u4 i1 i2 i4 f4
f8), ``shape`` and ``offset``, counted from the first array's first byte.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.web.values import plain

MAGIC: Final = b"SLP1"
MEDIA_TYPE: Final = "application/x-sightline-packet"

_TYPES: Final = frozenset({"u1", "u2", "u4", "i1", "i2", "i4", "f4", "f8"})
_EIGHT: Final = 8


def pack(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Put arrays and what is to be known of them into one body.

    Parameters
    ----------
    meta
        JSON values; a number that is not finite counts as none.
    arrays
        By name, of one of the types above in any byte order.

    Raises
    ------
    ValueError
        If an array is of another type.
    """
    entries, parts, offset = [], [], 0
    for name, array in arrays.items():
        kind = array.dtype.str[1:]
        if kind not in _TYPES:
            raise ValueError(f"array {name!r} is of type {array.dtype}")
        body = np.ascontiguousarray(array, f"<{kind}").tobytes()
        entry = {"name": name, "dtype": kind, "shape": array.shape, "offset": offset}
        entries.append(entry)
        parts += [body, bytes(-len(body) % _EIGHT)]
        offset += len(body) + len(parts[-1])
    header = json.dumps({"meta": plain(meta), "arrays": entries}, allow_nan=False).encode()
    header += b" " * (-len(header) % _EIGHT)
    return b"".join([MAGIC, len(header).to_bytes(4, "little"), header, *parts])
