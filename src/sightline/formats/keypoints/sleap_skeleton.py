"""The skeleton in a SLEAP file's JSON: nodes, edges and symmetries, read and written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sightline.data.keypoints import (
    SEPARATOR,
    KeypointSet,
    Pair,
    animal_of,
    keypoint_name,
    part_of,
)

_EDGE: Final = 1
_SYMMETRY: Final = 2
_TYPE: Final = "sleap.skeleton.EdgeType"


@dataclass(frozen=True)
class Skeleton:
    """One animal's parts, and the pairs of them that are joined, or mirror each other."""

    parts: tuple[str, ...]
    edges: tuple[Pair, ...] = ()
    symmetries: tuple[Pair, ...] = ()


def read_skeleton(content: dict[str, Any], number: int) -> Skeleton:
    """One of the skeletons in the JSON of a file's metadata.

    Raises
    ------
    KeyError, IndexError, TypeError, ValueError
        If it is damaged; the caller says of which file.
    """
    names = [sound_part(str(node["name"])) for node in content["nodes"]]
    listed = content["skeletons"][number]
    parts = tuple(names[node["id"]] for node in listed["nodes"])
    pairs: dict[int, list[tuple[int, Pair]]] = {_EDGE: [], _SYMMETRY: []}
    told: list[int] = []  # what a later link's "py/id" refers to, from 1
    for place, link in enumerate(listed["links"]):
        kind = _kind_of_link(link.get("type"), told)
        order = int(link.get("edge_insert_idx", place))
        pairs[kind].append((order, (names[link["source"]], names[link["target"]])))
    edges = tuple(pair for _, pair in sorted(pairs[_EDGE]))
    mirrored = {tuple(sorted(pair)): pair for _, pair in reversed(pairs[_SYMMETRY])}
    return Skeleton(parts, edges, tuple(reversed(mirrored.values())))


def write_skeleton(skeleton: Skeleton) -> dict[str, Any]:
    """The JSON of a file's metadata, with this skeleton."""
    place = {part: number for number, part in enumerate(skeleton.parts)}
    links: list[dict[str, Any]] = []
    known: dict[int, int] = {}
    pairs = [(_EDGE, pair) for pair in skeleton.edges]
    for first, second in skeleton.symmetries:
        pairs += [(_SYMMETRY, (first, second)), (_SYMMETRY, (second, first))]
    for number, (kind, (source, target)) in enumerate(pairs):
        first_time = {"py/reduce": [{"py/type": _TYPE}, {"py/tuple": [kind]}]}
        link: dict[str, Any] = {"key": 0, "source": place[source], "target": place[target]}
        link["type"] = {"py/id": known[kind]} if kind in known else first_time
        known.setdefault(kind, len(known) + 1)
        links.append({"edge_insert_idx": number, **link} if kind == _EDGE else link)
    return {
        "version": "2.0.0",
        "skeletons": [
            {
                "directed": True,
                "graph": {"name": "Skeleton", "num_edges_inserted": len(skeleton.edges)},
                "links": links,
                "multigraph": True,
                "nodes": [{"id": number} for number in range(len(skeleton.parts))],
            }
        ],
        "nodes": [{"name": part, "weight": 1.0} for part in skeleton.parts],
        "videos": [],
        "tracks": [],
        "suggestions": [],
        "negative_anchors": {},
        "provenance": {},
    }


def skeleton_of(keypoints: KeypointSet) -> tuple[Skeleton, tuple[str, ...]]:
    """The skeleton that all animals share, and what of theirs it leaves out, in words."""
    left_out = [
        f"{first} - {second}"
        for first, second in (*keypoints.edges, *keypoints.symmetries)
        if animal_of(first) != animal_of(second)
    ]
    told = (f"SLEAP joins parts of one animal only: {', '.join(left_out[:10])}.",)
    edges, symmetries = (
        tuple(
            dict.fromkeys(
                (part_of(first), part_of(second))
                for first, second in pairs
                if animal_of(first) == animal_of(second)
            )
        )
        for pairs in (keypoints.edges, keypoints.symmetries)
    )
    return Skeleton(keypoints.parts, edges, symmetries), told if left_out else ()


def of_all_animals(pairs: Iterable[Pair], animals: Sequence[str]) -> tuple[Pair, ...]:
    """Pairs of parts as pairs of keypoints, for each animal."""
    listed = list(pairs)
    return tuple(
        (keypoint_name(animal, first), keypoint_name(animal, second))
        for animal in animals
        for first, second in listed
    )


def sound_part(word: str) -> str:
    """A part's or animal's name without the slash that stands between the two."""
    return word.strip().replace(SEPARATOR, "-")


def _kind_of_link(said: Any, told: list[int]) -> int:
    if not isinstance(said, dict):
        return _EDGE
    if "py/id" in said:
        return told[int(said["py/id"]) - 1]
    _, arguments = said["py/reduce"]
    told.append(int(arguments["py/tuple"][0]))
    if told[-1] not in (_EDGE, _SYMMETRY):
        raise ValueError(f"a link of type {told[-1]}")
    return told[-1]
