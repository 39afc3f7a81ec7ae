"""What each frame is tracked from, and so which frames must be tracked again after a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import KeypointSet
from sightline.track.frame_distance import nearest_frames, pair_distances
from sightline.track.order import FrameTree, Order, order_frames

NEAREST: Final = 5  # references that a frame is compared with
_BYTES: Final = 16


@dataclass(frozen=True)
class Ordered:
    """How frames hang together, whatever is said of them.

    Parameters
    ----------
    references
        Reference frames, rising.
    tree
        Parents and the order of tracking.
    nearest : (frame, some) int64
        Places in ``references``, the most similar first.
    distance : (frame,) float32
        From the parent, 0 to 2; 0 where there is none.
    """

    references: tuple[int, ...]
    tree: FrameTree = field(repr=False)
    nearest: NDArray[np.int64] = field(repr=False)
    distance: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Plan:
    """From what every frame of a recording is tracked.

    Parameters
    ----------
    given
        All that people said; frames that are annotated whole are references.
    ordered
        Parents and references.
    recipe : (frame, 16) uint8
        Digest of all that the result of a frame depends on: settings, references, what is said of
        the frame itself, and its parent's recipe. Zero for frames that are skipped.
    key
        A name for settings and references together: what is prepared once for all frames.
    """

    given: KeypointSet = field(repr=False)
    ordered: Ordered
    recipe: NDArray[np.uint8] = field(repr=False)
    key: str

    @property
    def reference_positions(self) -> NDArray[np.float64]:
        """(reference, keypoint, 3) pixels; NaN where missing."""
        return self.given.dense(self.ordered.references)

    def stale(self, recipe: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Frames whose kept recipe (frame, 16) is not the wanted one, parents first."""
        other = (recipe != self.recipe).any(axis=1)
        sequence = self.ordered.tree.sequence
        return sequence[other[sequence]]


def order_video(
    thumbnails: NDArray[np.float16],
    references: tuple[int, ...],
    order: Order = "similarity",
    skip: tuple[int, ...] = (),
) -> Ordered:
    """Find the parent and the nearest references of every frame.

    Parameters are those of `order_frames`.

    Raises
    ------
    SettingError
        If there is no reference, or one is skipped.
    """
    tree = order_frames(thumbnails, references, order, skip)
    nearest, _ = nearest_frames(thumbnails, thumbnails[list(references)], NEAREST)
    distance = np.zeros(len(thumbnails), np.float32)
    child = np.flatnonzero(tree.parent >= 0)
    distance[child] = pair_distances(thumbnails, child, tree.parent[child])
    return Ordered(references, tree, nearest, distance)


def make_plan(ordered: Ordered, given: KeypointSet, settings: str, *, together: bool) -> Plan:
    """Find what each frame depends on.

    Parameters
    ----------
    ordered
        Of `order_video`, for the frames that ``given`` annotates whole.
    given
        All that people said.
    settings
        All else that results depend on, in words: another text makes every frame stale.
    together
        Whether a frame depends on all references, not only on the nearest ones.
    """
    said = _spoken(given)
    of_reference = [_digest(said[frame]) for frame in ordered.references]
    key = _digest(settings.encode(), *of_reference)
    begin = key if together else _digest(settings.encode())
    recipe = np.zeros((len(ordered.nearest), _BYTES), np.uint8)
    for frame, one in zip(ordered.references, of_reference, strict=True):
        recipe[frame] = np.frombuffer(one, np.uint8)
    tree, nearest = ordered.tree, ordered.nearest.tolist()
    for frame in tree.sequence.tolist():
        parent = int(tree.parent[frame])
        parts = [of_reference[place] for place in nearest[frame]]
        before = recipe[parent].tobytes() if parent >= 0 else b""
        one = _digest(begin, *parts, before, said.get(frame, b""))
        recipe[frame] = np.frombuffer(one, np.uint8)
    return Plan(given, ordered, recipe, key.hex())


def downstream(tree: FrameTree) -> NDArray[np.int64]:
    """(frame,) how many frames are tracked from each, or from one that is."""
    counts = np.zeros(len(tree.parent), np.int64)
    for frame in tree.sequence[::-1].tolist():
        parent = int(tree.parent[frame])
        if parent >= 0:
            counts[parent] += counts[frame] + 1
    return counts


def _spoken(given: KeypointSet) -> Mapping[int, bytes]:
    """All that is said of each frame of which something is said, as bytes."""
    there, starts = np.unique(given.frame, return_index=True)
    ends = np.append(starts[1:], len(given))
    return {
        frame: b"".join(
            part[start:end].tobytes() for part in (given.frame, given.keypoint, given.position)
        )
        for frame, start, end in zip(there.tolist(), starts, ends, strict=True)
    }


def _digest(*parts: bytes) -> bytes:
    digest = blake2b(digest_size=_BYTES)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()
