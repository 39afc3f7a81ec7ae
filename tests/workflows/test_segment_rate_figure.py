"""The learning-rate finder's picture."""

from pathlib import Path

import numpy as np

from sightline.segment.rate_finder import RateCurve
from sightline.workflows.segment_rate_figure import draw_rates


def test_the_picture_names_both_suggestions(tmp_path: Path) -> None:
    rates = np.geomspace(1e-7, 1, 60)
    curve = RateCurve(rates, 1 / (1 + 1e3 * rates))
    written = draw_rates(curve, tmp_path / "new")
    assert [path.name for path in written] == ["learning_rate.png", "learning_rate.svg"]
    drawn = written[1].read_text(encoding="utf-8")
    for name in ("valley", "steepest"):
        assert f"{name}: {getattr(curve, name):.1e}" in drawn
