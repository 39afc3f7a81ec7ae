"""How each process opens a movie; apart from the rest, so that a process is ready soon."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sightline.data.recording import Recording
from sightline.formats.recordings.open_recording import as_movie, open_recording


def open_movie(path: Path, options: dict[str, Any]) -> AbstractContextManager[Recording]:
    """Open a recording as a movie of one plane and one channel.

    Parameters
    ----------
    path
        File or folder.
    options
        Keyword arguments of `open_recording`; ``plane`` counts only if the file has several.

    Raises
    ------
    InputError
        If it is no movie.
    """
    recording = open_recording(path, **{**options, "plane": None})
    lengths = dict(zip(recording.info.axes, recording.info.shape, strict=True))
    plane = options.get("plane")
    if plane is not None and lengths.get("z", 1) > 1:  # else it is which of the candidates'
        recording.close()
        recording = open_recording(path, **options)
    return as_movie(recording)
