"""How the published method compares frames: its projections, shrunk by fixed factors."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.track.paper.settings import PaperSettings

_SHRUNK: Final = (4, 16, 16)  # z, y, x


def paper_thumbnail(frame: NDArray[np.floating], settings: PaperSettings) -> NDArray[np.float16]:
    """Small maximum projections of a frame along z, y and x.

    To be used as `frame_distance.thumbnail` is: one less the inner product of two is their
    distance, the mean of one less the correlation of each projection.

    Parameters
    ----------
    frame : (channel, z, y, x)
        Values that are not finite count as 0.
    settings
        Name the channel; the brightest one counts if they name none.

    Returns
    -------
    (pixel,) float16
        Each projection with mean 0; zero where it is constant.
    """
    light = np.nan_to_num(np.asarray(frame, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    one = settings.channel
    volume = light[one] if isinstance(one, int) else light.max(axis=0)
    small = np.maximum(np.array(volume.shape) // _SHRUNK, 1)
    parts = []
    for axis in range(3):
        view = _shrunk(volume.max(axis=axis), np.delete(small, axis)).ravel()
        values = view - view.mean()
        length = np.linalg.norm(values)
        flat = length <= 1e-6 * np.abs(view).max() * np.sqrt(view.size)
        parts.append(np.zeros_like(values) if flat else values / length)
    return (np.concatenate(parts) / np.sqrt(3)).astype(np.float16)


def _shrunk(view: NDArray[np.float32], shape: NDArray[np.int64]) -> NDArray[np.float64]:
    """Smoothed by half of what a pixel grows by, then sampled linearly at the new centres."""
    wide = view.astype(np.float64)
    factor = np.array(view.shape) / shape
    smooth = ndimage.gaussian_filter(wide, np.maximum(0, (factor - 1) / 2), mode="mirror")
    return np.asarray(ndimage.zoom(smooth, 1 / factor, order=1, mode="mirror", grid_mode=True))
