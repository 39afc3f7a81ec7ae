"""TIFF in its dialects: BigTIFF, OME-TIFF, ImageJ hyperstacks, ScanImage, plain pages."""

import logging
import os
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from tifffile import TIFF, TiffFile, TiffPageSeries

from sightline.errors import InputError
from sightline.formats.recordings.array_recording import ArrayRecording, StoredArray
from sightline.formats.recordings.flat_file import FlatFile
from sightline.formats.recordings.recording_info import FileMetadata, check_dtype
from sightline.formats.recordings.recording_options import AXIS_LETTERS, RecordingOptions
from sightline.formats.recordings.scanimage import lay_out_scanimage, read_frame_times, read_header
from sightline.formats.recordings.tiff_metadata import declared_pages, read_imagej, read_ome
from sightline.formats.recordings.tiff_pages import Page, PagedArray
from sightline.formats.unreadable import damage_reported

_UNNAMED: Final = ("I", "Q")  # tifffile's letters for pages that nothing says more of
_MOST_LISTED: Final = 12


def open_tiff(path: Path, options: RecordingOptions) -> ArrayRecording:
    """Open the movie of a TIFF file.

    Axes are those that OME, ImageJ or ScanImage name: pages along z stay planes. Pages of which
    nothing is said are frames, which is noted.

    Raises
    ------
    InputError
        If the file is damaged or truncated, holds several series and none is chosen, or is packed
        in a way that needs another package.
    """
    with damage_reported(path, "a TIFF file"), silent_tifffile():
        file = TiffFile(path)
    try:
        with damage_reported(path, "a TIFF file"), silent_tifffile():
            series = _choose_series(path, file, options.series)
            _check_codec(path, series)
            check_dtype(path, series.dtype)
            array, found = _open_series(path, file, series, options)
    except BaseException:
        file.close()
        raise
    return ArrayRecording(path, array, found, options)


def spans_files(path: Path) -> tuple[str, ...]:
    """Names of all files that the first series of a file lies in."""
    with damage_reported(path, "a TIFF file"), silent_tifffile(), TiffFile(path) as file:
        if not (file.series and file.series[0].is_multifile):
            return (path.name,)
        return tuple({page.parent.filename for page in file.series[0] if page is not None})


@contextmanager
def silent_tifffile() -> Iterator[None]:
    """Keep tifffile from printing what is checked here and told as an error."""
    logger = logging.getLogger("tifffile")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _choose_series(path: Path, file: TiffFile, number: int | None) -> TiffPageSeries:
    every = file.series
    if not every:
        raise InputError(path, "it holds no images", "frames", "Give the file of the movie.")
    if (number is None and len(every) > 1) or (number or 0) >= len(every):
        listed = [f"{n}: {item.axes} {item.shape}" for n, item in enumerate(every[:_MOST_LISTED])]
        raise InputError(
            path,
            f"it holds {len(every)} series ({'; '.join(listed)})",
            "one" if number is None else f"series {number}",
            "Choose one with `--series NUMBER`.",
        )
    return every[number or 0]


def _check_codec(path: Path, series: TiffPageSeries) -> None:
    page = series.keyframe
    codecs = (TIFF.DECOMPRESSORS, page.compression), (TIFF.UNPREDICTORS, page.predictor)
    if any(code != 1 and code not in known for known, code in codecs):
        name = getattr(page.compression, "name", page.compression)
        raise InputError(
            path,
            f"it is packed by {name}, which tifffile cannot unpack alone",
            "no packing, or deflate",
            "Install the package `imagecodecs`, or save it again without compression.",
        )


def _open_series(
    path: Path, file: TiffFile, series: TiffPageSeries, options: RecordingOptions
) -> tuple[StoredArray, FileMetadata]:
    if file.is_scanimage:
        return _open_scanimage(path, file, series, told=bool(options.axes))
    found = _metadata(file, series)
    shape = tuple(map(int, series.shape))
    first_byte = series.dataoffset
    _check_declared(path, file, series)
    if first_byte is not None and not series.is_multifile:
        dtype = series.dtype.newbyteorder(file.byteorder)
        array = FlatFile(path, first_byte, shape, dtype)
        with ExitStack() as on_error:
            on_error.callback(array.close)
            _check_chain(path, file, len(series))
            on_error.pop_all()
        file.close()
        return array, found
    return PagedArray(file, _checked_pages(path, file, series), shape), found


def _open_scanimage(
    path: Path, file: TiffFile, series: TiffPageSeries, *, told: bool
) -> tuple[StoredArray, FileMetadata]:
    """Pages as ScanImage's header says, or just as they come where the user names the axes."""
    pages = _checked_pages(path, file, series)
    image_shape = tuple(map(int, series.keyframe.shape))
    if told:
        return PagedArray(file, pages, (len(pages), *image_shape)), FileMetadata()
    header = read_header(file)
    layout = lay_out_scanimage(path, header, len(pages), image_shape)
    chosen = [pages[number] for number in layout.pages.ravel()]
    times = read_frame_times(file, [pages[number] for number in layout.pages[:, 0, 0]])
    found = replace(layout.metadata, frame_times_s=times)
    return PagedArray(file, chosen, (*layout.pages.shape, *image_shape)), found


def _metadata(file: TiffFile, series: TiffPageSeries) -> FileMetadata:
    found = FileMetadata()
    if series.kind == "ome":
        found = read_ome(file, series)
    elif file.is_imagej:
        found = read_imagej(file)
    letters, notes = series.axes, list(found.notes)
    unnamed = [letter for letter in _UNNAMED if letter in letters]
    # OME and ImageJ say what pages are; where they could not be followed nothing is assumed
    told = file.is_ome and series.kind != "ome"
    if len(unnamed) == 1 and "T" not in letters and not told:
        letters = letters.replace(unnamed[0], "T")
        notes.append(f"Nothing says what its {series.shape[letters.index('T')]} pages are: frames.")
    if "C" not in letters:
        letters = letters.replace("S", "C")
    names = tuple(AXIS_LETTERS.get(letter.lower(), letter) for letter in letters)
    return replace(found, axes=names, notes=tuple(notes))


def _check_declared(path: Path, file: TiffFile, series: TiffPageSeries) -> None:
    """Raise where the file declares more pages than tifffile found, as in a truncated file."""
    page, declared = series.keyframe, declared_pages(file)
    there = max(series.size // max(page.size, 1), len(file.pages))
    # series of other kinds fit what is declared, and tell of lost pages themselves
    if declared is None or there >= declared or series.kind not in ("shaped", "generic", "uniform"):
        return
    if page.is_contiguous and len(file.pages) == 1:  # the rest follows without a list of pages
        there = (path.stat().st_size - page.dataoffsets[0]) // page.nbytes
    raise _truncated(path, there, declared)


def _checked_pages(path: Path, file: TiffFile, series: TiffPageSeries) -> list[Page]:
    """All pages of a series, whose data all lie within their files."""
    every = list(series)
    _check_chain(path, file, len(every))
    pages: list[Page] = []
    sizes: dict[int, int] = {}
    for page in every:
        if page is None:
            break
        size = sizes.setdefault(id(page.parent), Path(page.parent.filehandle.path).stat().st_size)
        spans = zip(page.dataoffsets, page.databytecounts, strict=True)
        if any(offset + count > size for offset, count in spans):
            break
        pages.append(page)
    if len(pages) < len(every):
        raise _truncated(path, len(pages), len(every))
    return pages


def _check_chain(path: Path, file: TiffFile, declared: int) -> None:
    """Raise if the list of pages, of which each tells where the next is, leads out of the file."""
    pages = len(file.pages)
    last = file.pages[pages - 1].offset
    if not last:  # old ScanImage files beyond 2 GB, whose pages tifffile finds by their distance
        return
    count, entry, offset = ("Q", 20, "Q") if file.is_bigtiff else ("H", 12, "I")
    with path.open("rb") as stream, suppress(struct.error):
        stream.seek(last)
        (entries,) = struct.unpack(file.byteorder + count, stream.read(struct.calcsize(count)))
        stream.seek(entries * entry, os.SEEK_CUR)
        (after,) = struct.unpack(file.byteorder + offset, stream.read(struct.calcsize(offset)))
        if after == 0:
            return
    declared = max(declared, declared_pages(file) or 0)
    raise _truncated(path, pages, declared if declared > pages else None)


def _truncated(path: Path, there: int, declared: int | None) -> InputError:
    found = f"{there} of {declared} pages" if declared else f"its list of pages ends after {there}"
    return InputError(
        path,
        f"it is truncated: {found}",
        f"{declared} whole pages" if declared else "a whole file",
        "Copy it again, with all files of its set, or convert the pages that are there.",
    )
