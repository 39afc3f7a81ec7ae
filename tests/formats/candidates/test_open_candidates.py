"""Candidates of any known format, told apart by their content and not by their name."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest
import scipy.io
import tifffile
from nwb_made import NwbMade
from PIL import Image
from roifile import ImagejRoi
from scipy import sparse

from sightline.errors import InputError
from sightline.formats.candidates.open_candidates import candidate_format, open_candidates

SHAPE = (6, 8)


def square(row, column):
    """A footprint of four pixels."""
    image = np.zeros(SHAPE, np.float32)
    image[row : row + 2, column : column + 2] = 1
    return image


FOOTPRINTS = np.array([square(0, 1), square(3, 4)])


def suite2p(folder):
    plane = folder / "suite2p" / "plane0"
    plane.mkdir(parents=True)
    regions = []
    for footprint in FOOTPRINTS:
        ypix, xpix = np.nonzero(footprint)
        regions.append({"ypix": ypix, "xpix": xpix, "lam": footprint[ypix, xpix]})
    np.save(plane / "stat.npy", np.array(regions, object), allow_pickle=True)
    np.save(plane / "ops.npy", np.array({"Ly": SHAPE[0], "Lx": SHAPE[1], "fs": 9.0}, object))
    np.save(plane / "F.npy", np.ones((2, 30), np.float32))
    np.save(plane / "Fneu.npy", np.zeros((2, 30), np.float32))
    np.save(plane / "iscell.npy", np.array([[1, 0.9], [0, 0.1]]))
    return folder


def caiman(folder):
    columns = sparse.csc_array(FOOTPRINTS.transpose(0, 2, 1).reshape(2, -1).T)
    with h5py.File(folder / "results", "w") as file:
        for name, values in (
            ("data", columns.data),
            ("indices", columns.indices),
            ("indptr", columns.indptr),
            ("shape", columns.shape),
        ):
            file[f"estimates/A/{name}"] = values
        file["estimates/C"] = np.ones((2, 30))
        file["estimates/dims"] = SHAPE
    return folder / "results"


def nwb(folder):
    with NwbMade(folder / "session") as made:
        table = made.table(2)
        made.column(table, "image_mask", FOOTPRINTS.transpose(0, 2, 1))
    return folder / "session"


def neurofinder(folder):
    regions = [{"coordinates": np.argwhere(one).tolist()} for one in FOOTPRINTS]
    (folder / "cells").write_text("\n " + json.dumps(regions), "utf-8")
    return folder / "cells"


def imagej(folder):
    with zipfile.ZipFile(folder / "set", "w") as archive:
        for number, (row, column) in enumerate([(0, 1), (3, 4)]):
            corners = [[column, row], [column + 2, row], [column + 2, row + 2], [column, row + 2]]
            archive.writestr(f"{number}.roi", ImagejRoi.frompoints(corners).tobytes())
    return folder / "set"


def labels(folder, save):
    stream = io.BytesIO()
    save(stream, (FOOTPRINTS * [[[1]], [[2]]]).sum(0).astype(np.uint8))
    return stream.getvalue()


def tiff(folder):
    (folder / "labels").write_bytes(labels(folder, tifffile.imwrite))
    return folder / "labels"


def npy(folder):
    (folder / "labels.npy").write_bytes(labels(folder, np.save))
    return folder / "labels.npy"


def png(folder):
    Image.fromarray((FOOTPRINTS * [[[1]], [[2]]]).sum(0).astype(np.uint8)).save(folder / "l.png")
    return folder / "l.png"


def matlab(folder):
    output = {
        "spatial_weights": np.moveaxis(FOOTPRINTS, 0, -1),
        "temporal_weights": np.ones((30, 2)),
    }
    scipy.io.savemat(folder / "extract.mat", {"output": output})
    return folder / "extract.mat"


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (suite2p, "suite2p"),
        (caiman, "caiman"),
        (nwb, "nwb"),
        (neurofinder, "neurofinder"),
        (imagej, "imagej-roi"),
        (tiff, "label-image"),
        (npy, "label-image"),
        (png, "label-image"),
        (matlab, "extract"),
    ],
)
def test_each_format_gives_the_same_footprints(tmp_path, write, name):
    candidates = open_candidates(write(tmp_path), image_shape=SHAPE)
    read = candidates.footprints.toarray().reshape(-1, *SHAPE)
    assert np.array_equal(read, FOOTPRINTS)
    assert candidates.format == name


@pytest.mark.parametrize("write", [suite2p, caiman, nwb, tiff, matlab])
def test_another_size_than_the_movies_is_refused(tmp_path, write):
    with pytest.raises(InputError, match="60 x 80"):
        open_candidates(write(tmp_path), image_shape=(60, 80))


@pytest.mark.parametrize("write", [neurofinder, imagej])
def test_formats_without_an_image_size_ask_for_it(tmp_path, write):
    with pytest.raises(InputError, match="size of the image"):
        open_candidates(write(tmp_path))


def test_a_planes_folder_and_its_stat_file_are_suite2p_too(tmp_path):
    plane = suite2p(tmp_path) / "suite2p" / "plane0"
    for path in (plane, plane / "stat.npy", tmp_path / "suite2p"):
        assert candidate_format(path) == "suite2p"


def test_a_file_of_labels_may_have_any_ending(tmp_path):
    assert candidate_format(tiff(tmp_path).rename(tmp_path / "a.json")) == "label-image"


def test_hdf5_of_no_known_kind_may_be_read_by_name(tmp_path):
    with h5py.File(tmp_path / "own.h5", "w") as file:
        file["masks"] = np.zeros((2, 8, 6))
    with pytest.raises(InputError, match="HDF5 with masks"):
        open_candidates(tmp_path / "own.h5")
    assert candidate_format(tmp_path / "own.h5", named=True) == "matlab"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\x00" * 600, "no known format"),
        (b"name,value\n1,2\n", "no known format"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "cannot be read"),
        (b"PK\x03\x04" + bytes(100), "cannot be read"),
        (b"MATLAB 5.0 MAT-file" + bytes(200), "cannot be read"),
        (b"II*\0" + bytes(4), "cannot be read|damaged|holds no images"),
        (b"Iout" + bytes(4), "cannot be read"),
        (b'{"shapes": []}', "no list"),
    ],
)
def test_unknown_and_damaged_content_is_one_clear_error(tmp_path, content, told):
    (tmp_path / "what").write_bytes(content)
    with pytest.raises(InputError, match=told):
        open_candidates(tmp_path / "what", image_shape=SHAPE)


def test_a_zip_of_something_else_is_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match=r"a zip of \.txt"):
        open_candidates(tmp_path / "a.zip")


def test_an_empty_folder_and_no_file_are_told(tmp_path):
    with pytest.raises(InputError, match=r"the folder has no stat\.npy"):
        open_candidates(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        open_candidates(tmp_path / "none")


def test_a_plane_that_is_no_number_is_told(tmp_path):
    with pytest.raises(InputError, match="--plane"):
        open_candidates(nwb(tmp_path), plane="upper")


@pytest.mark.parametrize(("folder", "count"), [("inscopix54", 54), ("datasim170", 170)])
def test_published_suite2p_folders_are_known(shared_data, folder, count):
    candidates = open_candidates(shared_data / "suite2p-outputs" / folder)
    assert (candidates.format, len(candidates)) == ("suite2p", count)


def test_a_published_caiman_result_asks_which_of_its_two(shared_data):
    path = next((shared_data / "caiman-cnmf-components").glob("*.npz"))
    with pytest.raises(InputError, match="full, patch"):
        open_candidates(path)
