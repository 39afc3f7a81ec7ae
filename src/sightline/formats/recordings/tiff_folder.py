"""A folder of TIFF files, each a frame or a stack, in the natural order of their names."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from sightline.data.recording import Recording
from sightline.errors import InputError
from sightline.formats.recordings.joined_recording import JoinedRecording, check_alike
from sightline.formats.recordings.numbered_files import numbered_files
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.tiff_recording import open_tiff, spans_files

_ENDINGS: Final = (".tif", ".tiff", ".btf", ".tf8")


def tiff_names(folder: Path) -> list[Path]:
    """TIFF files of a folder, 2 before 10; hidden ones are left out."""
    return numbered_files(folder, _ENDINGS)


def open_tiff_folder(folder: Path, options: RecordingOptions) -> Recording:
    """Open all TIFF files of a folder as one recording.

    The first file says what the others must be. Files of its length in bytes are not opened before
    their frames are read; then they are checked.

    Raises
    ------
    InputError
        If there is none, or files differ in size or type.
    """
    paths = tiff_names(folder)
    if not paths:
        raise InputError(
            folder, "it holds no TIFF files", "at least one", "Give the folder of the movie."
        )
    if set(spans_files(paths[0])) - {paths[0].name}:
        return open_tiff(paths[0], options)  # an OME file that says how all of them belong together
    with open_tiff(paths[0], options) as first:
        whole = first.info
    size, frames = paths[0].stat().st_size, [whole.frames]
    for path in paths[1:]:
        count = whole.frames
        if path.stat().st_size != size:
            with open_tiff(path, options) as part:
                check_alike(part.info, whole)
                count = part.info.frames
        frames.append(count)
    info = replace(
        whole,
        name=folder.name,
        source=str(folder),
        shape=(sum(frames), *whole.shape[1:]),
        frame_times_s=whole.frame_times_s if len(paths) == 1 else None,
        frame_names=tuple(path.name for path in paths) if max(frames) == 1 else (),
        notes=(*whole.notes, f"{len(paths)} files, from {paths[0].name} to {paths[-1].name}."),
    )
    return JoinedRecording(info, [partial(open_tiff, path, options) for path in paths], frames)
