"""What a user may say of images, where their files do not or are wrong."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadAs:
    """How to read images; None or empty where the files know.

    Parameters
    ----------
    channel
        Read this channel alone, from 0.
    plane
        Of a stack, read this z plane (or frame, where it has frames alone), from 0.
    projection
        Of a stack, the brightest (``"max"``) or the mean (``"mean"``) of its planes.
    pixel_size_um
        One number, or one along y and one along x; overrules the files.
    axes
        Letters of the stored axes in their order, as ``"cyx"``; overrules the files.
    """

    channel: int | None = None
    plane: int | None = None
    projection: str = ""
    pixel_size_um: float | tuple[float, float] | None = None
    axes: str = ""
