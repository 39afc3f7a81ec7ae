import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from sightline.errors import InputError, SightlineError
from sightline.workflows.figure_files import save_figure


@pytest.fixture
def figure():
    figure = Figure(figsize=(1, 1))
    figure.subplots().plot([0, 1], [0, 1], label="curve")
    return figure


def test_the_same_figure_gives_the_same_bytes(figure, tmp_path):
    first = [path.read_bytes() for path in save_figure(figure, tmp_path, "curve")]
    assert first == [path.read_bytes() for path in save_figure(figure, tmp_path, "curve")]


def test_a_foreign_file_is_left_alone_and_nothing_is_written_beside_it(figure, tmp_path):
    theirs = tmp_path / "curve.svg"
    theirs.write_text("<svg/>")
    with pytest.raises(InputError, match="did not draw"):
        save_figure(figure, tmp_path, "curve")
    assert theirs.read_text() == "<svg/>"
    assert not (tmp_path / "curve.png").exists()


def test_a_folder_that_cannot_be_written_is_named(figure, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SightlineError, match="cannot be written there"):
        save_figure(figure, blocked, "curve")


def test_the_callers_matplotlib_settings_stay(figure, tmp_path):
    before = dict(mpl.rcParams)
    save_figure(figure, tmp_path, "curve")
    assert dict(mpl.rcParams) == before
