"""The pages of TIFF files as one array: copied where they lie plain, decoded where not."""

from collections import OrderedDict
from collections.abc import Sequence
from io import FileIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tifffile import FileHandle, TiffFile, TiffFrame, TiffPage

from sightline.formats.recordings.flat_file import fill

_MOST_OPEN: Final = 16

Page = TiffPage | TiffFrame


class PagedArray:
    """Pages in order, the last axes being those of a page.

    Parameters
    ----------
    file
        Closed with the array.
    pages
        In C order of the leading axes.
    shape
        Of the whole array.
    """

    def __init__(self, file: TiffFile, pages: Sequence[Page], shape: tuple[int, ...]) -> None:
        first = pages[0].keyframe
        if first is None:
            raise ValueError("a page that tells nothing of itself")
        leading = next(n for n in range(len(shape) + 1) if np.prod(shape[:n]) == len(pages))
        self.shape = shape
        self.dtype = np.dtype(first.dtype).newbyteorder(file.byteorder)
        self.chunks = (*(1 for _ in range(leading)), *shape[leading:])
        self._file = file
        self._pages = pages
        self._numbers = np.arange(len(pages)).reshape(shape[:leading])
        self._plain = bool(first.is_contiguous and first.is_final)
        self._opened: OrderedDict[str, FileIO | FileHandle] = OrderedDict()

    def read_into(self, where: tuple[slice | int, ...], out: NDArray[Any]) -> None:
        """Read a block; only the pages it touches."""
        leading = self._numbers.ndim
        numbers, within = self._numbers[where[:leading]], where[leading:]
        page_shape = self.shape[leading:]
        whole = all(index == slice(0, n) for index, n in zip(within, page_shape, strict=True))
        blocks = out.reshape(numbers.size, *out.shape[np.ndim(numbers) :])
        page = np.empty(page_shape, out.dtype) if not whole else None
        for number, block in zip(np.ravel(numbers), blocks, strict=True):
            if page is None:
                self._read_page(int(number), block)
            else:
                self._read_page(int(number), page)
                block[...] = page[within]

    def _read_page(self, number: int, out: NDArray[Any]) -> None:
        page = self._pages[number]
        file = self._open(page)
        if not self._plain:
            page.asarray(out=out.reshape(page.shape), maxworkers=1)
            return
        file.seek(page.dataoffsets[0])
        fill(file, out)
        if not self.dtype.isnative:
            out.byteswap(inplace=True)

    def _open(self, page: Page) -> Any:
        """The file a page lies in; a series may span many, of which the last used stay open."""
        handle = page.parent.filehandle
        name = handle.path
        if name not in self._opened:
            if len(self._opened) >= _MOST_OPEN:
                self._opened.popitem(last=False)[1].close()
            if not self._plain:
                handle.open()  # does nothing where it is open
            plain = FileIO(name) if self._plain else None
            self._opened[name] = plain or handle
        self._opened.move_to_end(name)
        return self._opened[name]

    def close(self) -> None:
        """Close all files."""
        for file in self._opened.values():
            file.close()
        self._opened.clear()
        self._file.close()
