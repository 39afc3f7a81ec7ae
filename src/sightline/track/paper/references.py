"""What is kept of the annotated frames: their patches and springs, never the frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.located import known
from sightline.track.paper.coordinates import to_unit
from sightline.track.paper.foveated import FoveatedGrid, foveated_grid, intensities
from sightline.track.paper.registration import cut_patches
from sightline.track.paper.settings import PaperSettings
from sightline.track.paper.springs import Springs, join_springs, tie


@dataclass(frozen=True)
class PaperReference:
    """One annotated frame, by itself.

    Parameters
    ----------
    shape
        Of the frame, (channel, z, y, x).
    positions : (keypoint, 3) float64
        Pixels; NaN where missing.
    patches : (held keypoint, channel, z, y, x) float32
        Around the positions that are there; dimmed, not blurred.
    """

    shape: tuple[int, ...]
    positions: NDArray[np.float64]
    patches: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class PaperReferences:
    """Annotated frames, ready to be followed from.

    Parameters
    ----------
    shape
        Of a frame, (channel, z, y, x), before a channel is chosen.
    holds : (reference, keypoint) bool
        Which keypoints a reference has.
    patches
        Of each reference, see `PaperReference`.
    springs
        Of each reference.
    grid
        On which patches are sampled.
    """

    shape: tuple[int, ...]
    holds: NDArray[np.bool_]
    patches: tuple[NDArray[np.float32], ...] = field(repr=False)
    springs: tuple[Springs, ...] = field(repr=False)
    grid: FoveatedGrid = field(repr=False)

    def sought(self, nearest: Sequence[int]) -> "Sought":
        """Each keypoint as in the first of these references that has it."""
        source = np.full(self.holds.shape[1], -1)
        for place in reversed(nearest):
            source[self.holds[place]] = place
        first = nearest[0]
        if (source[source >= 0] == first).all():
            return Sought(self.holds[first], self.patches[first], self.springs[first])
        row = np.cumsum(self.holds, axis=1) - 1
        held = np.flatnonzero(source >= 0)
        patches = [self.patches[source[one]][row[source[one], one]] for one in held]
        return Sought(source >= 0, np.array(patches), join_springs(self.springs, source))


@dataclass(frozen=True)
class Sought:
    """What is looked for in a frame.

    Parameters
    ----------
    holds : (keypoint,) bool
        Which keypoints there are patches of.
    patches : (held keypoint, channel, z, y, x) float32
    springs
        Of all keypoints.
    """

    holds: NDArray[np.bool_]
    patches: NDArray[np.float32]
    springs: Springs


def prepare_paper(
    frames: Sequence[NDArray[np.float32]], positions: NDArray[np.float64], settings: PaperSettings
) -> PaperReferences:
    """Cut the patches that are looked for, and tie the points.

    Parameters
    ----------
    frames : of each reference (channel, z, y, x) float32
        May be read one by one; none is kept.
    positions : (reference, keypoint, 3) float64
        (z, y, x) pixels; NaN where missing.

    Raises
    ------
    SettingError
        If there is no reference, there are not as many frames as positions, frames differ in size,
        or the channel that the settings ask for is not there.
    """
    if len(frames) != len(positions):
        raise SettingError(
            f"There are {len(frames)} reference frames and positions in {len(positions)}; "
            "both must be there for each."
        )
    pairs = zip(frames, positions, strict=True)
    return join_references([cut_reference(*pair, settings) for pair in pairs], settings)


def cut_reference(
    frame: NDArray[np.float32], positions: NDArray[np.float64], settings: PaperSettings
) -> PaperReference:
    """Cut the patches of one reference, see `prepare_paper`; `join_references` does the rest."""
    shape = np.shape(frame)
    check_frame(frame, shape, settings)
    places = np.asarray(positions, np.float64)
    there = known(places)
    grid = foveated_grid(settings, shape[1])
    patches = cut_patches(intensities(frame, settings), places[there], grid)
    return PaperReference(shape, np.where(there[:, None], places, np.nan), patches)


def join_references(
    references: Sequence[PaperReference], settings: PaperSettings
) -> PaperReferences:
    """Tie the points of all references, see `prepare_paper`."""
    if not references:
        raise SettingError("There is no reference frame; annotate at least one.")
    shape = references[0].shape
    for one in references[1:]:
        _check_shape(one.shape, shape)
    positions = np.array([one.positions for one in references])
    return PaperReferences(
        shape,
        known(positions),
        tuple(one.patches for one in references),
        tie(to_unit(positions, shape[1:]), shape[1:], settings),
        foveated_grid(settings, shape[1]),
    )


def check_frame(
    frame: NDArray[np.float32], shape: tuple[int, ...], settings: PaperSettings
) -> None:
    """Refuse a frame of another size than the first reference, or without the channel asked for."""
    _check_shape(np.shape(frame), shape)
    if isinstance(settings.channel, int) and settings.channel >= shape[0]:
        raise SettingError(
            f"channel is {settings.channel} and the frames have {shape[0]}, counted from 0; "
            "choose one that is there."
        )


def _check_shape(found: tuple[int, ...], shape: tuple[int, ...]) -> None:
    if found != shape:
        raise SettingError(
            f"A frame is {found} (channel, z, y, x) and the first reference {shape}; "
            "all frames must be of one size."
        )
