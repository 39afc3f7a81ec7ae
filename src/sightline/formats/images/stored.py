"""What a reader found of one still image, before it is brought into the form of all images."""

from dataclasses import dataclass, field
from typing import Any, Final

from numpy.typing import NDArray

PixelSize = tuple[float, float]

_LARGEST_UM: Final = 20.0
_SMALLEST_UM: Final = 1e-3


@dataclass(frozen=True)
class Stored:
    """One image as its file holds it.

    Parameters
    ----------
    pixels : (channel, y, x)
        Without an alpha channel; an array in memory, or one that is read when it is sliced.
    pixel_size_um
        Size of a pixel along y and x; None where the file does not say.
    notes
        What was found and assumed, in words.
    colour
        Whether the channels are red, green and blue.
    alpha
        Whether an alpha channel was left out.
    """

    pixels: NDArray[Any] = field(repr=False)
    pixel_size_um: PixelSize | None = None
    notes: tuple[str, ...] = ()
    colour: bool = False
    alpha: bool = False


def size_from_resolution(
    pixels_per_um: tuple[float, float],
) -> tuple[PixelSize | None, tuple[str, ...]]:
    """Pixel size (y, x) from a resolution, unless it is meant for print, which is noted.

    Programs write 72 or 300 dots an inch for lack of anything better: a pixel above 20
    micrometres is taken for such.
    """
    if min(pixels_per_um) <= 0:
        return None, ()
    size = (1 / pixels_per_um[0], 1 / pixels_per_um[1])
    if not _SMALLEST_UM <= min(size) <= max(size) <= _LARGEST_UM:
        dots = round(pixels_per_um[1] * 25_400)
        return None, (f"Its resolution, {dots} dots an inch, is one for print: no pixel size.",)
    return size, ()
