"""New NWB files: read back by us and by pynwb, and without a critical finding of nwbinspector."""

import sys
from datetime import UTC, datetime

import h5py
import numpy as np
import pytest
from scipy import sparse

from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.nwb_candidates import read_nwb_candidates
from sightline.formats.candidates.nwb_verdicts import NwbVerdicts, write_verdicts_beside
from sightline.formats.candidates.nwb_writing import NwbSession, write_nwb

HEIGHT, WIDTH, COUNT, FRAMES = 12, 20, 5, 40


@pytest.fixture(scope="module")
def pynwb():
    return pytest.importorskip("pynwb")


@pytest.fixture
def candidates():
    generator = np.random.default_rng(0)
    footprints = sparse.random(COUNT - 1, HEIGHT * WIDTH, 0.05, "csr", np.float32, rng=generator)
    empty = sparse.csr_array((1, HEIGHT * WIDTH), dtype=np.float32)
    return check_candidates(
        CandidateSet(
            recording="mouse",
            source="mouse",
            format="suite2p",
            image_shape=(HEIGHT, WIDTH),
            footprints=sparse.csr_array(sparse.vstack([footprints, empty], format="csr")),
            traces=generator.normal(size=(COUNT, FRAMES)).astype(np.float32),
            identities=tuple("ABCDE"),
            frame_rate_hz=15.0,
            images={"mean": generator.random((HEIGHT, WIDTH)).astype(np.float32)},
            columns={"snr": np.arange(COUNT, dtype=np.float32)},
            proposal=np.array([1, 0, -1, 1, 0], np.int8),
        )
    )


@pytest.fixture
def verdicts():
    return NwbVerdicts(
        tuple("ABCDE"),
        ("cell", "not cell", "", "cell", "cell"),
        np.array([0.9, 0.1, np.nan, 0.7, 0.8], np.float32),
        ("Ann", "machine", "", "Ann", "machine"),
    )


def changed(candidates, **parts):
    return CandidateSet(**{**vars(candidates), **parts})


def assert_same(first, second):
    assert second.identities == first.identities
    assert second.image_shape == first.image_shape
    assert np.array_equal(second.footprints.toarray(), first.footprints.toarray())
    assert np.array_equal(second.traces, first.traces)
    assert second.frame_rate_hz == first.frame_rate_hz
    assert np.array_equal(second.images["mean"], first.images["mean"])
    assert np.array_equal(second.columns["snr"], first.columns["snr"])
    assert np.array_equal(second.proposal, first.proposal)


def critical_findings(path):
    inspector = pytest.importorskip("nwbinspector")
    found = list(inspector.inspect_nwbfile(nwbfile_path=str(path)))
    assert found, "an inspector that finds nothing has not looked"
    return [
        one for one in found if one.importance.name in {"CRITICAL", "ERROR", "PYNWB_VALIDATION"}
    ]


def test_what_was_written_is_read_back(pynwb, tmp_path, candidates, verdicts):
    write_nwb(tmp_path / "out.nwb", candidates, verdicts)
    assert_same(candidates, read_nwb_candidates(tmp_path / "out.nwb"))


def test_pynwb_reads_what_was_written(pynwb, tmp_path, candidates, verdicts):
    start = datetime(2024, 3, 1, 10, tzinfo=UTC)
    session = NwbSession(start=start, subject="m7", pixel_size_um=(2.0, 1.0))
    write_nwb(tmp_path / "out.nwb", candidates, verdicts, session)
    with pynwb.NWBHDF5IO(str(tmp_path / "out.nwb"), "r") as file:
        content = file.read()
        module = content.processing["ophys"]
        table = module["ImageSegmentation"]["PlaneSegmentation"]
        assert table["sightline_verdict"].data[:].tolist() == list(verdicts.verdict)
        assert table["roi_name"].data[:].tolist() == list("ABCDE")
        upright = np.zeros((HEIGHT, WIDTH), np.float32)
        for x, y, weight in table["pixel_mask"][0]:
            upright[y, x] = weight
        assert np.array_equal(upright.ravel(), candidates.footprints[[0]].toarray()[0])
        series = module["Fluorescence"]["RoiResponseSeries"]
        assert np.array_equal(series.data[:], candidates.traces.T)
        assert content.session_start_time == start
        assert content.subject.subject_id == "m7"
        assert table.imaging_plane.grid_spacing[:].tolist() == pytest.approx([1e-6, 2e-6])


def test_the_inspector_finds_nothing_critical(pynwb, tmp_path, candidates, verdicts):
    write_nwb(tmp_path / "out.nwb", candidates, verdicts)
    assert critical_findings(tmp_path / "out.nwb") == []


def test_fewer_frames_than_candidates_are_no_critical_finding(pynwb, tmp_path, candidates):
    short = changed(candidates, traces=candidates.traces[:, :2])
    write_nwb(tmp_path / "out.nwb", short)
    assert critical_findings(tmp_path / "out.nwb") == []
    assert_same(short, read_nwb_candidates(tmp_path / "out.nwb"))


def test_candidates_without_traces_are_written_without(pynwb, tmp_path, candidates):
    write_nwb(tmp_path / "out.nwb", changed(candidates, traces=None, frame_rate_hz=None))
    assert critical_findings(tmp_path / "out.nwb") == []
    assert read_nwb_candidates(tmp_path / "out.nwb").traces is None


def test_a_copy_with_verdicts_stays_valid(pynwb, tmp_path, candidates, verdicts):
    write_nwb(tmp_path / "original.nwb", candidates)
    write_verdicts_beside(tmp_path / "original.nwb", tmp_path / "sorted.nwb", verdicts)
    assert critical_findings(tmp_path / "sorted.nwb") == []
    assert not pynwb.validate(path=str(tmp_path / "sorted.nwb"))
    with pynwb.NWBHDF5IO(str(tmp_path / "sorted.nwb"), "r") as file:
        table = file.read().processing["ophys"]["ImageSegmentation"]["PlaneSegmentation"]
        assert table["sightline_verdict"][:].tolist() == list(verdicts.verdict)
        assert (
            table["sightline_decided_by"].description == "Who decided: an annotator or the machine."
        )


def test_a_copy_of_a_file_that_says_nothing_of_the_animal_has_no_critical_finding(
    pynwb, tmp_path, candidates, verdicts
):
    write_nwb(tmp_path / "original.nwb", candidates)
    with h5py.File(tmp_path / "original.nwb", "r+") as file:
        del file["general/subject"]
    (finding,) = critical_findings(tmp_path / "original.nwb")
    assert finding.check_function_name == "check_subject_exists"
    write_verdicts_beside(tmp_path / "original.nwb", tmp_path / "sorted.nwb", verdicts)
    assert critical_findings(tmp_path / "sorted.nwb") == []
    assert not pynwb.validate(path=str(tmp_path / "sorted.nwb"))


def test_pynwbs_own_file_is_read(pynwb, tmp_path, candidates):
    from pynwb.testing.mock.file import mock_NWBFile  # noqa: PLC0415
    from pynwb.testing.mock.ophys import mock_ImagingPlane  # noqa: PLC0415

    content = mock_NWBFile()
    plane = mock_ImagingPlane(nwbfile=content)
    home = pynwb.ophys.ImageSegmentation()
    table = home.create_plane_segmentation(name="Cells", description="made", imaging_plane=plane)
    footprints = candidates.footprints.toarray().reshape(COUNT, HEIGHT, WIDTH)
    for footprint in footprints:
        table.add_roi(image_mask=footprint.T)
    module = content.create_processing_module("ophys", "made")
    module.add(home)
    ratios = pynwb.ophys.DfOverF()
    module.add(ratios)
    ratios.create_roi_response_series(
        name="RoiResponseSeries",
        data=candidates.traces.T,
        rois=table.create_roi_table_region(description="all", region=list(range(COUNT))),
        unit="n.a.",
        timestamps=np.arange(FRAMES) / 8,
    )
    with pynwb.NWBHDF5IO(str(tmp_path / "theirs.nwb"), "w") as file:
        file.write(content)
    read = read_nwb_candidates(tmp_path / "theirs.nwb")
    assert np.array_equal(read.footprints.toarray().reshape(footprints.shape), footprints)
    assert np.array_equal(read.traces, candidates.traces)
    assert read.frame_rate_hz == pytest.approx(8)


def test_whole_numbers_stay_the_ids(pynwb, tmp_path, candidates):
    write_nwb(tmp_path / "out.nwb", changed(candidates, identities=("7", "3", "12", "0", "5")))
    with pynwb.NWBHDF5IO(str(tmp_path / "out.nwb"), "r") as file:
        table = file.read().processing["ophys"]["ImageSegmentation"]["PlaneSegmentation"]
        assert table.id[:].tolist() == [7, 3, 12, 0, 5]


def test_a_file_that_is_there_is_never_replaced(pynwb, tmp_path, candidates):
    (tmp_path / "out.nwb").write_bytes(b"theirs")
    with pytest.raises(InputError, match="there already"):
        write_nwb(tmp_path / "out.nwb", candidates)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"theirs"]


def test_without_pynwb_the_error_says_how_to_install_it(tmp_path, candidates, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynwb", None)
    with pytest.raises(InputError, match=r"pip install 'sightline\[nwb\]'"):
        write_nwb(tmp_path / "out.nwb", candidates)


def test_traces_need_a_frame_rate(pynwb, tmp_path, candidates):
    with pytest.raises(InputError, match="frame rate is not known"):
        write_nwb(tmp_path / "out.nwb", changed(candidates, frame_rate_hz=None))


def test_a_start_needs_its_time_zone(pynwb, tmp_path, candidates):
    session = NwbSession(start=datetime(2024, 3, 1))  # noqa: DTZ001
    with pytest.raises(InputError, match="has no time zone"):
        write_nwb(tmp_path / "out.nwb", candidates, session=session)


def test_verdicts_must_be_of_the_candidates(pynwb, tmp_path, candidates, verdicts):
    other = NwbVerdicts(tuple("EDCBA"), verdicts.verdict, verdicts.probability, verdicts.decided_by)
    with pytest.raises(InputError, match="other candidates"):
        write_nwb(tmp_path / "out.nwb", candidates, other)
