"""Write pictures as an MP4 video that every player knows."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from sightline.formats.new_file import new_file

_CODECS: Final = (("libx264", {"crf": "20"}), ("mpeg4", {"qscale": "3"}))


def write_video(
    path: Path, pictures: Iterable[NDArray[np.uint8]], rate_hz: int, comment: str = ""
) -> None:
    """Encode pictures into a new file; it appears when it is whole.

    Parameters
    ----------
    path
        New file, ``.mp4``.
    pictures
        (y, x, 3) red, green, blue, all of one size; an odd last line or column is left out.
    rate_hz
        Pictures a second.
    comment
        Kept in the file.

    Raises
    ------
    InputError
        If there is a file of that name, or it cannot be written.
    """
    codec, options = next(each for each in _CODECS if each[0] in av.codecs_available)
    with new_file(path) as aside, av.open(str(aside), "w", format="mp4") as container:
        container.metadata["comment"] = comment
        stream: Any = container.add_stream(codec, rate=Fraction(rate_hz), options=dict(options))
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            height, width = (side // 2 * 2 for side in picture.shape[:2])
            if number == 0:
                stream.height, stream.width = height, width
            even = np.ascontiguousarray(picture[:height, :width])
            frame = av.VideoFrame.from_ndarray(even, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
