import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

torch = pytest.importorskip("torch")

from sightline.data.image import Image  # noqa: E402
from sightline.errors import InputError  # noqa: E402
from sightline.segment import predict  # noqa: E402
from sightline.segment.model import Model  # noqa: E402
from sightline.segment.networks import make_network, weights_of  # noqa: E402
from sightline.segment.normalise import measure_scale  # noqa: E402
from sightline.segment.predict import Predictor, segment_image  # noqa: E402
from sightline.segment.settings import PRESETS, changed  # noqa: E402


def _model(members: int = 2, *, statistics: dict | None = None, **changes: str) -> Model:
    """Networks with random numbers, which say something different of every pixel."""
    settings = changed(PRESETS["first"], {"flips_at_prediction": "4", **changes})
    weights = []
    for seed in range(members):
        network = make_network(settings, 1, 2, seed)
        weights.append({name: values * 3 if name.endswith("weight") else values
                        for name, values in weights_of(network).items()})  # fmt: skip
    return Model(tuple(weights), settings, ("cell",), 1, None, statistics or {})


def _image(height: int = 150, width: int = 201, seed: int = 0) -> Image:
    random = np.random.default_rng(seed)
    return Image("made", random.normal(100, 9, (1, height, width)).astype(np.float32))


@pytest.mark.parametrize("downscale", ["1", "2"])
@pytest.mark.parametrize("statistics", [{}, {"roughness": [3.0]}])
def test_nothing_shows_where_tiles_meet(
    monkeypatch: pytest.MonkeyPatch, downscale: str, statistics: dict
) -> None:
    model = _model(downscale=downscale, statistics=statistics)
    whole = segment_image(model, _image(203, 217))
    monkeypatch.setattr(predict, "_LARGEST", 64)
    bands = list(Predictor.of(model).bands(_image(203, 217)))
    assert len(bands) > 1
    assert [rows.start for rows, _ in bands[1:]] == [rows.stop for rows, _ in bands[:-1]]
    found = np.concatenate([part.probability for _, part in bands], axis=1)
    assert np.abs(found - whole.probability).max() < 1e-5


def test_the_parts_of_the_uncertainty_are_all_of_it() -> None:
    """Law of total variance: together they are mean(p) (1 - mean(p))."""
    found = segment_image(_model(3), _image())
    mean = found.probability
    assert np.abs(found.uncertainty - (mean * (1 - mean)).mean(axis=0)).max() < 1e-6
    assert found.between_members.max() > 0
    assert found.between_flips.max() > 0


def test_each_part_is_the_variance_that_it_is_said_to_be() -> None:
    """Against predictions of each network and flip, made one by one."""
    model, image = _model(2), _image(160, 224)  # padding would be on one side only
    said = np.empty((2, 4, *image.shape))
    for member in range(2):
        for number, axes in enumerate([(), (2,), (1,), (1, 2)]):
            alone = Model((model.members[member],), changed(model.settings, {
                "flips_at_prediction": "1"}), ("cell",), 1)  # fmt: skip
            turned = Image("x", np.ascontiguousarray(np.flip(image.pixels, axes)))
            one = segment_image(alone, turned).probability
            said[member, number] = np.flip(one, axes)[1]
    found = segment_image(model, image)
    assert np.abs(found.probability[1] - said.mean(axis=(0, 1))).max() < 1e-4
    assert np.abs(found.between_members - said.mean(axis=1).var(axis=0)).max() < 1e-4
    assert np.abs(found.between_flips - said.var(axis=1).mean(axis=0)).max() < 1e-4
    assert np.abs(found.data - (said * (1 - said)).mean(axis=(0, 1))).max() < 1e-4


def test_with_eight_orientations_a_turned_image_gives_a_turned_answer() -> None:
    model, image = _model(1, flips_at_prediction="8"), _image(128, 160)
    turned = Image("turned", np.ascontiguousarray(np.rot90(image.pixels, axes=(1, 2))))
    one, other = segment_image(model, image), segment_image(model, turned)
    assert np.abs(np.rot90(one.probability[1]) - other.probability[1]).max() < 1e-3


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (33, 17)])
def test_an_image_of_any_size_is_segmented(shape: tuple[int, int]) -> None:
    found = segment_image(_model(1, downscale="2"), _image(*shape))
    assert found.shape == shape
    assert np.abs(found.probability.sum(axis=0) - 1).max() < 1e-5


def test_an_image_of_other_channels_is_refused() -> None:
    two = Image("two", np.zeros((2, 40, 40)), source="two.tif")
    with pytest.raises(InputError, match=r"two\.tif: 2 channels; expected 1"):
        segment_image(_model(1), two)


def test_u_is_the_mean_over_the_predicted_foreground_and_nothing_where_there_is_none() -> None:
    found = segment_image(_model(2), _image())
    inside = found.probability[1] > 0.5
    assert found.score() == pytest.approx(float(found.uncertainty[inside].mean()))
    empty = type(found)(np.stack([np.ones((4, 4), np.float32), np.zeros((4, 4), np.float32)]),
                        *(np.zeros((4, 4), np.float32),) * 3)  # fmt: skip
    assert np.isnan(empty.score())


def test_images_are_left_as_they_are_and_are_answered_alike_twice() -> None:
    model, image = _model(2, statistics={"roughness": [3.0]}, quiet_members="1"), _image()
    before = image.pixels.copy()
    one, again = segment_image(model, image), segment_image(model, image)
    assert np.array_equal(image.pixels, before)
    assert np.array_equal(one.probability, again.probability)


def test_a_network_sees_noise_only_where_an_image_is_quieter_than_any_it_has_learnt_from() -> None:
    random = np.random.default_rng(0)
    clouds = gaussian_filter(random.normal(0, 400, (200, 200)), 5)
    image = Image("clouds", (clouds + random.normal(0, 5, clouds.shape))[None])
    roughness = float(np.log(measure_scale(image.pixels).roughness[0]))
    plain = segment_image(_model(1), image).probability
    for lowest, same in ((roughness - 0.1, True), (roughness + 0.5, False)):
        found = segment_image(_model(1, statistics={"roughness": [lowest, 9.0]}), image)
        assert np.array_equal(found.probability, plain) is same
    quiet = _model(1, statistics={"roughness": [roughness + 0.5]}, quiet_members="1")
    assert np.array_equal(segment_image(quiet, image).probability, plain)
