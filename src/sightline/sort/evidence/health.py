"""What is wrong with a recording, and what to change before extraction is run again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import Units

_MOVED_PX = 1.0
_FADED = 0.2
_MANY_DUPLICATES = 0.05
_SATURATED = 0.001
_ON_IMAGE = 0.15
_LATE = 1.5  # intervals between frames


@dataclass(frozen=True)
class Health:
    """What was measured of a recording.

    Parameters
    ----------
    brightness : (frame,) float64
        Mean of each frame; ``nan`` where a value is not finite.
    change : (frame,) float64
        Mean squared difference to the frame before, ``nan`` where it was not measured.
    shifts : (sample, 2) float32
        Motion of sampled frames against their mean, pixels.
    frame_times_s : (frame,) float64 or None
        When frames were taken.
    units
        Of the movie's values.
    saturated
        Share of pixels that reach the largest value the recording can hold.
    duplicates
        Share of candidates that look like another one.
    upright, turned
        Correlation of the summed footprints with the correlation image, as they are and with rows
        and columns exchanged; see `footprints_on_image`.
    """

    brightness: NDArray[np.float64]
    change: NDArray[np.float64]
    shifts: NDArray[np.float32]
    frame_times_s: NDArray[np.float64] | None = None
    units: Units = "unknown"
    saturated: float = 0.0
    duplicates: float = 0.0
    upright: float = 0.0
    turned: float = 0.0


def footprints_on_image(
    density: NDArray[np.floating], image: NDArray[np.floating]
) -> tuple[float, float]:
    """Return how well footprints lie on an image, upright and turned.

    Nothing in a file of square images tells rows from columns; the image does.

    Parameters
    ----------
    density : (height, width)
        Sum of all footprints.
    image : (height, width)
        Correlation image.

    Returns
    -------
    upright, turned
        Pearson correlations; both 0 for images that are not square.
    """
    if density.shape[0] != density.shape[1] or not density.std() * image.std() > 0:
        return 0.0, 0.0
    upright, turned = (
        float(np.corrcoef(each.ravel(), image.ravel())[0, 1]) for each in (density, density.T)
    )
    return upright, turned


def find_warnings(health: Health) -> tuple[str, ...]:
    """Return one sentence for each thing that is wrong, with its remedy; none for a good movie."""
    findings = (
        _motion(health.shifts),
        _missing_values(health.brightness),
        _repeated(health.change),
        _dark(health.brightness),
        _late(health.frame_times_s),
        "" if health.units == "dF/F" else _bleaching(health.brightness),
        _saturation(health.saturated),
        _duplicates(health.duplicates),
        _transposed(health.upright, health.turned),
    )
    return tuple(finding for finding in findings if finding)


def _motion(shifts: NDArray[np.float32]) -> str:
    length = np.hypot(*shifts[np.isfinite(shifts).all(1)].T)
    if not length.size or (far := np.quantile(length, 0.95)) < _MOVED_PX:
        return ""
    return (
        f"Residual motion: in 5 % of the frames the image is shifted by {far:.1f} pixels or more "
        f"(median {np.median(length):.1f}). Correct motion before extraction; "
        "candidates at bright edges may be artefacts."
    )


def _missing_values(brightness: NDArray[np.float64]) -> str:
    bad = np.flatnonzero(np.isnan(brightness))
    if not bad.size:
        return ""
    return (
        f"{bad.size:,} frames hold values that are not numbers (first: frame {bad[0]}); they were "
        "left out of the images. Cut or interpolate them before extraction."
    )


def _repeated(change: NDArray[np.float64]) -> str:
    same = np.flatnonzero(change == 0)
    if not same.size:
        return ""
    return (
        f"{same.size:,} frames repeat the one before exactly (first: frame {same[0]}), as after "
        "dropped frames. Check the acquisition; events may seem longer than they were."
    )


def _dark(brightness: NDArray[np.float64]) -> str:
    """Compared with all frames, and, as a recording may fade, with those of the same tenth."""
    tenths = [_far_below_typical(part) for part in np.array_split(brightness, 10)]
    dark = np.flatnonzero(_far_below_typical(brightness) | np.concatenate(tenths))
    if not dark.size:
        return ""
    return (
        f"{dark.size:,} frames are far darker than the others (first: frame {dark[0]}), as when "
        "the light was off or frames were lost. Cut them before extraction."
    )


def _far_below_typical(brightness: NDArray[np.float64]) -> NDArray[np.bool_]:
    known = brightness[np.isfinite(brightness)]
    if known.size < 3:
        return np.zeros(len(brightness), bool)
    typical = np.median(known)
    spread = 1.4826 * np.median(np.abs(known - typical))
    return brightness < typical - max(10 * spread, 0.3 * abs(typical))


def _late(times: NDArray[np.float64] | None) -> str:
    if times is None or len(times) < 3:
        return ""
    steps = np.diff(times)
    typical = float(np.median(steps))
    late = np.flatnonzero(steps > _LATE * typical)
    if typical <= 0 or (steps <= 0).any():
        return "The frame times do not increase. Check the acquisition's clock; times are not used."
    if not late.size:
        return ""
    lost = int(np.rint(steps[late] / typical - 1).sum())
    return (
        f"{lost:,} frames were dropped in {late.size:,} gaps of the frame times (first: after "
        f"frame {late[0]}). Intervals in frames are too short there."
    )


def _bleaching(brightness: NDArray[np.float64]) -> str:
    known = brightness[np.isfinite(brightness)]
    tenth = len(known) // 10
    if not tenth:
        return ""
    begin, end = np.median(known[:tenth]), np.median(known[-tenth:])
    spread = np.median(np.abs(known[:tenth] - begin))
    if begin <= 0 or (loss := 1 - end / begin) < _FADED or begin - end < 3 * spread:
        return ""
    return (
        f"Bleaching: brightness falls by {loss:.0%} from the first to the last tenth. Divide by a "
        "slow baseline (dF/F) before extraction, or use less light."
    )


def _saturation(share: float) -> str:
    if share < _SATURATED:
        return ""
    return (
        f"{share:.1%} of the pixels reach the largest value that the recording can hold. Peaks "
        "are cut off there; use less gain."
    )


def _duplicates(share: float) -> str:
    if share < _MANY_DUPLICATES:
        return ""
    return (
        f"{share:.0%} of the candidates look like another one. Let the extraction merge more "
        "readily, or accept the merge suggestions."
    )


def _transposed(upright: float, turned: float) -> str:
    if turned < max(_ON_IMAGE, 2 * upright):
        return ""
    return (
        "The footprints look transposed: they lie on the correlated pixels when rows and columns "
        f"are exchanged (correlation {turned:.2f}), not as they are ({upright:.2f}). Check the "
        "order of the axes of movie and candidates."
    )
