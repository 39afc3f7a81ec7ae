import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.image import imread

from sightline.workflows.benchmark_figures import draw_curves, figure_of_curves
from sightline.workflows.benchmark_summary import METRICS, average_repeats

WEIGHTS = (0.1, 0.3, 0.5, 0.7, 0.9)
LEARNERS = [(name, None) for name in ("random", "rank", "cal", "dal")]
LEARNERS += [("dcal", weight) for weight in WEIGHTS]


def row(strategy, weight, fraction, annotator, data_set, value):
    measured = dict.fromkeys(METRICS, value)
    if strategy == "human":
        measured |= {"auc": None, "unseen_auc": None, "unseen_balanced_accuracy": None}
    about = {"data_set": data_set, "annotator": annotator, "repeat": 0, "strategy": strategy}
    return {
        **about,
        "start": "given",
        "preset": "default",
        "weight": weight,
        "fraction": fraction,
        **measured,
    }


def make_rows(data_sets=("m1",), annotators=("koala", "lion")):
    rng = np.random.default_rng(0)
    humans = [row("human", None, 1.0, a, d, 0.8) for d in data_sets for a in annotators]
    return humans + [
        row(name, weight, fraction, annotator, data_set, 0.7 + 0.2 * rng.random())
        for name, weight in LEARNERS
        for fraction in (0.01, 0.02, 0.05)
        for annotator in annotators
        for data_set in data_sets
    ]


@pytest.fixture(scope="module")
def figure():
    return figure_of_curves(average_repeats(make_rows()), "m1")


def test_every_panel_has_one_curve_a_method_at_the_means(figure):
    averages = average_repeats(make_rows())
    for ax in figure.axes:
        curves = {line.get_label(): line for line in ax.lines}
        assert set(curves) - {"human"} == set(averages.methods) - {"human"}
    expected = averages.values["balanced_accuracy"].mean(-1)[averages.methods.index("DCAL-0.5")]
    (drawn,) = [line for line in figure.axes[0].lines if line.get_label() == "DCAL-0.5"]
    np.testing.assert_allclose(drawn.get_ydata(), expected)
    np.testing.assert_allclose(drawn.get_xdata(), [1, 2, 5])


def test_the_human_is_drawn_where_he_was_measured(figure):
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    with_human = {t for t, ax in zip(titles, figure.axes, strict=True) if "human" in labels(ax)}
    assert {t for t in titles if "AUC" in t or "not yet" in t} == set(titles) - with_human


def labels(ax):
    return [line.get_label() for line in ax.lines]


def test_no_two_methods_look_alike_even_without_colour(figure):
    lines = [line for line in figure.axes[0].lines if line.get_label() != "human"]
    assert len({line.get_color() for line in lines[:-1]}) == len(lines) - 1
    # Dashes differ but for DCAL's, which differ by marker.
    assert len({line.get_marker() for line in lines}) == len(lines)


def test_one_annotator_gives_curves_without_bands():
    averages = average_repeats(make_rows(annotators=("koala",)))
    for band in figure_of_curves(averages, "m1").axes[0].collections:
        assert not np.isfinite(band.get_datalim(band.axes.transData).get_points()).all()


def test_the_files_are_a_png_and_an_svg_in_a_new_folder(tmp_path):
    png, svg = draw_curves(make_rows(), tmp_path / "new" / "folder")
    assert png == tmp_path / "new" / "folder" / "curves.png"
    assert imread(png).shape[0] > 1000
    assert ET.parse(svg).getroot().tag.endswith("svg")  # noqa: S314
    assert "DCAL-0.7" in svg.read_text(encoding="utf-8")


@pytest.mark.slow
def test_several_data_sets_get_a_figure_each_beside_the_common_one(tmp_path):
    paths = draw_curves(make_rows(("m1", "m2")), tmp_path)
    assert [p.stem for p in paths[::2]] == ["curves", "curves_m1", "curves_m2"]
