"""How much a movie still moves after whatever was done to it."""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fftfreq, irfft2, rfft2, rfftfreq
from scipy.ndimage import gaussian_filter, uniform_filter

_FINE_PX = 1.0
_BROAD_PX = 25


def sampled_frames(frames: int, samples: int) -> NDArray[np.int64]:
    """Return evenly spaced frames, ascending: all of them if there are fewer than samples."""
    count = max(0, min(samples, frames))
    return np.unique(np.linspace(0, max(frames - 1, 0), count).astype(np.int64))


def estimate_shifts(images: NDArray[np.float32], rounds: int = 2) -> NDArray[np.float32]:
    """Return how far each image is shifted against their common mean.

    By cross-correlation of the high-passed images, refined below a pixel by a parabola.

    Parameters
    ----------
    images : (image, height, width) float32
        Finite.
    rounds
        How often the mean is formed anew from the aligned images.

    Returns
    -------
    (image, 2) float32
        (down, right) in pixels; ``nan`` for an image without structure.
    """
    fine = np.stack([_detail(image) for image in images])
    structured = fine.reshape(len(fine), -1).any(1)
    spectra = np.asarray(rfft2(fine))
    shifts = np.zeros((len(images), 2), np.float32)
    for _ in range(rounds):
        template = np.conj(_aligned_mean(spectra, shifts, fine.shape[1:]))
        for index, spectrum in enumerate(spectra):
            shifts[index] = _peak(np.asarray(irfft2(spectrum * template, s=fine.shape[1:])))
    shifts[~structured] = np.nan
    return shifts


def _detail(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """What remains between the scales of a pixel and of a few cells, faded out to the border."""
    centred = (image - image.mean(dtype=np.float64)).astype(np.float32)
    band = gaussian_filter(centred, _FINE_PX) - uniform_filter(centred, _BROAD_PX)
    window = [np.hanning(size + 2)[1:-1] for size in image.shape]
    return ((band - band.mean()) * np.outer(*window)).astype(np.float32)


def _aligned_mean(
    spectra: NDArray[np.complexfloating], shifts: NDArray[np.float32], shape: tuple[int, ...]
) -> NDArray[np.complexfloating]:
    """Mean of the images, each shifted back."""
    down, right = fftfreq(shape[0]), rfftfreq(shape[1])
    mean = np.zeros(spectra.shape[1:], np.complex128)
    for spectrum, shift in zip(spectra, shifts, strict=True):
        turn = np.exp(2j * np.pi * down * shift[0])[:, None] * np.exp(2j * np.pi * right * shift[1])
        mean += spectrum * turn.astype(spectra.dtype)
    return (mean / len(spectra)).astype(spectra.dtype)


def _peak(surface: NDArray[np.floating]) -> tuple[float, float]:
    """Place of the maximum of a periodic surface, (down, right), below a pixel."""
    height, width = surface.shape
    y, x = np.unravel_index(int(surface.argmax()), surface.shape)
    down = _vertex(*(surface[(y + step) % height, x] for step in (-1, 0, 1)))
    right = _vertex(*(surface[y, (x + step) % width] for step in (-1, 0, 1)))
    return (
        (y + height // 2) % height - height // 2 + down,
        (x + width // 2) % width - width // 2 + right,
    )


def _vertex(before: float, here: float, after: float) -> float:
    bend = before - 2 * here + after
    return 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))
