from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from scipy.ndimage import gaussian_filter

from sightline.data.image import Image
from sightline.segment.foreign import WORDS, foreignness, image_statistics, together


def _images(count: int, seed: int, noise: float = 8.0, blur: float = 0.0) -> list[Image]:
    random = np.random.default_rng(seed)
    found = []
    for number in range(count):
        y, x = np.mgrid[:256, :256]
        image = np.full((256, 256), 100.0)
        for centre in random.uniform(0, 256, (30, 2)):
            image += 80 * np.exp(-((y - centre[0]) ** 2 + (x - centre[1]) ** 2) / 40)
        noisy = gaussian_filter(image + random.normal(0, noise, image.shape), blur)
        found.append(Image(str(number), noisy[None]))
    return found


def test_images_of_the_same_kind_are_not_foreign_and_smoother_ones_are() -> None:
    known = together(image_statistics(image) for image in _images(8, 0))
    alike = [foreignness(image_statistics(image), known) for image in _images(4, 1)]
    smooth = [foreignness(image_statistics(image), known) for image in _images(4, 2, blur=1.5)]
    assert not any(found.flag for found in alike)
    assert all(found.flag for found in smooth)
    assert "less than in the training images" in smooth[0].why


def test_gain_and_offset_make_nothing_foreign() -> None:
    images = _images(6, 0)
    known = together(image_statistics(image) for image in images)
    other = Image("other", images[0].pixels * 3 + 500)
    assert foreignness(image_statistics(other), known).score < 1


def test_a_model_without_statistics_calls_nothing_foreign() -> None:
    found = foreignness(dict.fromkeys(WORDS, 0.0), {})
    assert (found.score, found.flag) == (0.0, False)


def test_a_constant_image_has_finite_figures() -> None:
    found = image_statistics(Image("flat", np.full((1, 64, 64), 3, np.uint8)))
    assert all(np.isfinite(value) for value in found.values())


@pytest.mark.slow
def test_another_laboratory_is_foreign_and_images_held_out_at_home_are_not(
    shared_data: Path,
) -> None:
    figures = {}
    for lab in ("lab-wue1", "lab-mue"):
        files = sorted((shared_data / "cfos-multi-expert" / lab / "images").glob("*.png"))
        pixels = [np.asarray(Pillow.open(file).convert("L"))[None] for file in files]
        figures[lab] = [image_statistics(Image("x", one)) for one in pixels]
    home, away = figures["lab-wue1"], figures["lab-mue"]
    known = together(home[::2])
    assert not any(foreignness(one, known).flag for one in home[1::2])
    assert all(foreignness(one, known).flag for one in away)
