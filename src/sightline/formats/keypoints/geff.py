"""The graph exchange file format (geff): a Zarr group with nodes in space and time, and edges.

Pixels: positions are those of the space axes (z, y, x, or y, x), with pixel centres at whole
numbers; 64 bits are written, so that positions round-trip exactly. Axes with a unit of length, or a
scale, are not in pixels and are refused.

A node is one position; a chain of nodes without a branch is a keypoint, and the first node after a
branch is a daughter. What a graph has no place for (names, people, skeleton ...) is kept under
``extra`` and ``nodes/props``, and comes back; other tools ignore it.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from zarr.storage import LocalStore

from sightline.data.keypoints import Author, KeypointSet, Pair, check_keypoints
from sightline.errors import InputError
from sightline.formats.keypoints.carried import EVERYTHING, Part, refuse_nothing
from sightline.formats.new_folder import new_folder
from sightline.formats.unreadable import damage_reported

CARRIED: Final[tuple[Part, ...]] = EVERYTHING
_EXPECTED: Final = "a geff: a Zarr group with nodes/ids, nodes/props and edges/ids"
_OURS: Final = "sightline"
_SPACE: Final = ("z", "y", "x")
_PIXELS: Final = (None, "", "pixel", "pixels")
_MOST_NODES: Final = 1 << 28
_VERSION: Final = "1.0"


def is_geff(folder: Path) -> bool:
    """Whether a folder is a Zarr group that says that it is a geff."""
    if not any((folder / name).is_file() for name in (".zgroup", "zarr.json")):
        return False
    with damage_reported(folder, _EXPECTED):
        return "geff" in zarr.open_group(LocalStore(folder, read_only=True), mode="r").attrs


def read_geff(folder: Path, *, image_shape: tuple[int, int, int] | None = None) -> KeypointSet:
    """Read a graph; keypoints of other tools' graphs are numbered in the order of their begin.

    Raises
    ------
    InputError
        If it is damaged, in other units than pixels, or frames are no whole numbers.
    """
    with damage_reported(folder, _EXPECTED):
        root = zarr.open_group(LocalStore(folder, read_only=True), mode="r")
        about: Any = root.attrs["geff"]
        ids, edges = _array(root, "nodes/ids"), _array(root, "edges/ids").reshape(-1, 2)
        frame, position = _places(root, about, folder, len(ids))
        extra = (about.get("extra") or {}).get(_OURS)
        if extra is not None:
            return _ours(folder, root, extra, frame, position, image_shape)
        keypoint, parents = _chains(ids, edges, frame)
    count = int(keypoint.max(initial=-1)) + 1
    names = tuple(str(number + 1) for number in range(count))
    return check_keypoints(
        KeypointSet(
            names=names,
            source=str(folder),
            format="geff",
            frame=frame,
            keypoint=keypoint,
            position=position,
            score=np.full(len(frame), np.nan),
            hidden=np.zeros(len(frame), bool),
            author=np.zeros(len(frame), np.int64),
            authors=(Author("", "geff"),),
            parents=tuple((names[child], names[mother]) for child, mother in parents),
            image_shape=image_shape,
        )
    )


def write_geff(folder: Path, keypoints: KeypointSet) -> tuple[str, ...]:
    """Write a new folder, beside it first and renamed when whole.

    Raises
    ------
    InputError
        If there is such a file or folder already, or nothing to write.
    """
    refuse_nothing(keypoints, folder, "geff")
    with new_folder(folder) as aside:
        _write(zarr.open_group(LocalStore(aside), mode="w", zarr_format=2), keypoints)
    return ()


def _write(root: zarr.Group, keypoints: KeypointSet) -> None:
    props = {
        "t": keypoints.frame,
        **{axis: keypoints.position[:, place] for place, axis in enumerate(_SPACE)},
        "keypoint": keypoints.keypoint,
        "score": keypoints.score,
        "hidden": keypoints.hidden,
        "author": keypoints.author,
    }
    for name, values in props.items():
        _add(root, f"nodes/props/{name}/values", values)
    _add(root, "nodes/ids", np.arange(len(keypoints), dtype=np.uint64))
    _add(root, "edges/ids", _links(keypoints))
    root.require_group("edges/props")
    axes = [{"name": name, "type": "time" if name == "t" else "space"} for name in ("t", *_SPACE)]
    described = {
        name: {"identifier": name, "dtype": str(values.dtype), "varlength": False}
        for name, values in props.items()
    }
    root.attrs["geff"] = {
        "geff_version": _VERSION,
        "directed": True,
        "axes": axes,
        "node_props_metadata": described,
        "edge_props_metadata": {},
        "extra": {
            _OURS: {
                "names": list(keypoints.names),
                "authors": [[author.annotator, author.tool] for author in keypoints.authors],
                "edges": [list(pair) for pair in keypoints.edges],
                "symmetries": [list(pair) for pair in keypoints.symmetries],
                "parents": [list(pair) for pair in keypoints.parents],
                "image_shape": keypoints.image_shape,
                "frame_names": list(keypoints.frame_names),
                "video": keypoints.video,
            }
        },
    }


def _add(root: zarr.Group, name: str, values: NDArray[Any]) -> None:
    item = root.create_array(name, shape=values.shape, dtype=values.dtype)
    if values.size:
        item[...] = values


def _links(keypoints: KeypointSet) -> NDArray[np.uint64]:
    """(edge, 2): each position to the keypoint's next one, and a mother's last to her daughters."""
    order = np.lexsort((keypoints.frame, keypoints.keypoint))
    same = np.flatnonzero(np.diff(keypoints.keypoint[order]) == 0)
    links = [np.stack([order[same], order[same + 1]], axis=1)]
    number = {name: place for place, name in enumerate(keypoints.names)}
    for daughter, mother in keypoints.parents:
        rows = [np.flatnonzero(keypoints.keypoint == number[name]) for name in (mother, daughter)]
        if all(map(len, rows)):
            links.append(np.array([[rows[0][-1], rows[1][0]]]))
    return np.concatenate(links).astype(np.uint64)


def _array(root: zarr.Group, name: str) -> NDArray[Any]:
    """An array that is there whole: Zarr would take a chunk that is lost for zeros."""
    item = root[name]
    if not isinstance(item, zarr.Array) or item.dtype.kind not in "biuf":
        raise TypeError(f"{name} is no array of numbers")
    if item.size > _MOST_NODES or (item.size and item.nchunks_initialized < item.nchunks):
        raise ValueError(f"{name} of shape {item.shape} is not there whole")
    return np.asarray(item[...])


def _property(root: zarr.Group, name: str, count: int) -> NDArray[Any]:
    values = _array(root, f"nodes/props/{name}/values")
    if values.shape != (count,):
        raise ValueError(f"{values.shape} values of {name} for {count} nodes")
    if f"nodes/props/{name}/missing" in root and _array(root, f"nodes/props/{name}/missing").any():
        raise ValueError(f"some nodes have no {name}")
    return values


def _places(
    root: zarr.Group, about: Any, folder: Path, count: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Frame and (z, y, x) of each node."""
    axes = {axis["name"]: axis for axis in about.get("axes") or ()}
    times = [name for name, axis in axes.items() if axis.get("type") == "time"] or ["t"]
    space = [name for name, axis in axes.items() if axis.get("type") == "space"] or list(_SPACE)
    if len(times) != 1 or not {"y", "x"} <= set(space) <= set(_SPACE):
        raise ValueError(f"its axes are {', '.join(axes)}")
    for name in space:
        axis = axes.get(name, {})
        if axis.get("unit") not in _PIXELS or axis.get("scale") not in (None, 1):
            raise InputError(
                folder,
                f"its {name} is in {axis.get('unit') or 'units'} with scale {axis.get('scale')}",
                "positions in pixels",
                "Export it in pixels.",
            )
    time = _property(root, times[0], count)
    if (time != np.round(time)).any():
        raise InputError(folder, "its times are no whole numbers", "frames", "Export frames.")
    columns = [
        _property(root, name, count) if name in space else np.zeros(count) for name in _SPACE
    ]
    return time.astype(np.int64), np.stack(columns, axis=1).astype(np.float64)


def _ours(
    folder: Path,
    root: zarr.Group,
    extra: Any,
    frame: NDArray[np.int64],
    position: NDArray[np.float64],
    image_shape: tuple[int, int, int] | None,
) -> KeypointSet:
    """A graph that we wrote, with all that we put beside it."""
    count = len(frame)
    shape = extra.get("image_shape")
    return check_keypoints(
        KeypointSet(
            names=tuple(map(str, extra["names"])),
            source=str(folder),
            format="geff",
            frame=frame,
            keypoint=_property(root, "keypoint", count),
            position=position,
            score=_property(root, "score", count),
            hidden=_property(root, "hidden", count),
            author=_property(root, "author", count),
            authors=tuple(Author(str(name), str(tool)) for name, tool in extra["authors"]),
            image_shape=image_shape or (None if shape is None else _three(shape)),
            frame_names=tuple(map(str, extra["frame_names"])),
            video=str(extra.get("video", "")),
            edges=_pairs(extra["edges"]),
            symmetries=_pairs(extra["symmetries"]),
            parents=_pairs(extra["parents"]),
        )
    )


def _pairs(listed: Any) -> tuple[Pair, ...]:
    return tuple((str(first), str(second)) for first, second in listed)


def _three(shape: Any) -> tuple[int, int, int]:
    z, y, x = (int(length) for length in shape)
    return z, y, x


def _chains(
    ids: NDArray[Any], edges: NDArray[Any], frame: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
    """Keypoint of each node, and (daughter, mother) of them; a chain ends where it branches."""
    order = np.argsort(ids)
    place = np.searchsorted(ids[order], edges)
    if len(edges) and (place >= len(ids)).any():
        raise ValueError("an edge joins a node that is not there")
    ends = order[place] if len(edges) else np.zeros((0, 2), np.int64)
    if (ids[ends] != edges).any():
        raise ValueError("an edge joins a node that is not there")
    backwards = frame[ends[:, 0]] > frame[ends[:, 1]]
    ends[backwards] = ends[backwards][:, ::-1]
    leaving = np.bincount(ends[:, 0], minlength=len(ids))
    coming = np.bincount(ends[:, 1], minlength=len(ids))
    inside = (leaving[ends[:, 0]] == 1) & (coming[ends[:, 1]] == 1)
    kept = ends[inside]
    graph = sparse.coo_array((np.ones(len(kept)), tuple(kept.T)), shape=(len(ids),) * 2)
    _, chain = csgraph.connected_components(graph, directed=False)
    begin = np.full(int(chain.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(begin, chain, frame)
    number = np.empty(len(begin), np.int64)
    number[np.argsort(begin, kind="stable")] = np.arange(len(begin))
    keypoint = number[chain]
    crossing = keypoint[ends[~inside]]
    return keypoint, [(daughter, mother) for mother, daughter in crossing.tolist()]
