"""Label images and stacks of masks as candidates."""

import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from sightline.errors import InputError
from sightline.formats.candidates.label_image import read_label_image

LABELS = np.array([[0, 7, 7, 0, 0], [3, 0, 7, 0, 0]], np.uint16)
FOOTPRINTS = [[0, 0, 0, 0, 0, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0, 1, 0, 0]]


def save(path, labels):
    """Write an array in the format of the path's ending."""
    if path.suffix == ".npy":
        np.save(path, labels)
    elif path.suffix == ".png":
        Image.fromarray(labels).save(path)
    else:
        tifffile.imwrite(path, labels)
    return path


@pytest.mark.parametrize("ending", [".tif", ".tiff", ".png", ".npy"])
def test_each_label_is_a_candidate_with_the_label_as_its_identity(tmp_path, ending):
    candidates = read_label_image(save(tmp_path / f"cells{ending}", LABELS))
    assert candidates.identities == ("3", "7")
    assert candidates.image_shape == (2, 5)
    assert candidates.footprints.toarray().tolist() == FOOTPRINTS
    assert candidates.traces is None


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"imagej": True}])
def test_a_stack_of_masks_has_one_candidate_a_plane(tmp_path, options):
    masks = np.array([LABELS == 3, LABELS == 7], np.uint8) * 255
    path = tmp_path / "masks.tif"
    tifffile.imwrite(path, masks, photometric="minisblack", **options)
    candidates = read_label_image(path)
    assert candidates.identities == ("0", "1")
    assert candidates.footprints.toarray().tolist() == FOOTPRINTS


def test_a_stack_of_real_numbers_holds_weights(tmp_path):
    weights = np.zeros((2, 2, 5), np.float32)
    weights[0, 0, 1], weights[1, 1, 2] = 0.25, 4
    footprints = read_label_image(save(tmp_path / "weights.npy", weights)).footprints
    assert footprints.toarray()[0, 1] == 0.25
    assert footprints.toarray()[1, 7] == 4


def test_labels_above_16_bits_survive(tmp_path):
    labels = LABELS.astype(np.int32) * 100_000
    assert read_label_image(save(tmp_path / "l.tif", labels)).identities == ("300000", "700000")


def test_cellpose_saves_its_masks_in_a_pickled_dictionary(tmp_path):
    np.save(tmp_path / "a_seg.npy", {"masks": LABELS, "est_diam": 3.0}, allow_pickle=True)
    assert read_label_image(tmp_path / "a_seg.npy").footprints.toarray().tolist() == FOOTPRINTS


@pytest.mark.parametrize("ending", [".tif", ".png", ".npy"])
def test_the_content_decides_and_not_the_ending(tmp_path, ending):
    path = save(tmp_path / f"cells{ending}", LABELS).rename(tmp_path / "cells")
    assert read_label_image(path).footprints.toarray().tolist() == FOOTPRINTS


def test_one_label_in_many_pieces_is_asked_about(tmp_path):
    mask = np.array([[255, 0, 255], [0, 0, 0]], np.uint8)
    candidates = read_label_image(save(tmp_path / "mask.png", mask))
    assert len(candidates) == 1
    assert "in 2 pieces" in " ".join(candidates.notes)


@pytest.mark.parametrize(
    ("name", "labels", "told"),
    [
        ("a.tif", LABELS.astype(np.float32), "values are float32"),
        ("a.npy", LABELS.astype(np.float64), "values are float64"),
        ("a.npy", -LABELS.astype(np.int32), "negative labels"),
        ("a.png", np.zeros((4, 5, 3), np.uint8), "colour"),
        ("a.tif", np.zeros((4, 5, 3), np.uint8), "colour|shape"),
        ("a.npy", np.zeros((4, 5, 3), np.uint8), "shape"),
        ("a.npy", np.zeros((2, 2, 4, 5), np.uint8), "shape"),
        ("a.npy", np.arange(40).reshape(2, 4, 5), "plane 0 of its 2 has several labels"),
        ("a.npy", np.array(["x"]), "cannot be read"),
        ("a.tif", np.zeros((4, 5), np.uint8), "no candidates"),
        ("a.npy", np.zeros((0, 4, 5), np.uint8), "cannot be read|no candidates"),
    ],
)
def test_what_is_no_label_image_is_one_clear_error(tmp_path, name, labels, told):
    with pytest.raises(InputError, match=told):
        read_label_image(save(tmp_path / name, labels))


@pytest.mark.parametrize("ending", [".tif", ".png", ".npy"])
def test_a_file_cut_short_is_told(tmp_path, ending):
    labels = np.random.default_rng(0).integers(0, 9, (60, 50)).astype(np.uint16)
    path = save(tmp_path / f"cells{ending}", labels)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=r"cannot be read|truncated"):
        read_label_image(path)


def test_a_compressed_stack_cut_short_is_told(tmp_path):
    masks = np.random.default_rng(0).integers(0, 2, (5, 40, 40)).astype(np.uint8)
    path = tmp_path / "masks.tif"
    tifffile.imwrite(path, masks, compression="zlib", photometric="minisblack")
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(InputError, match=r"cannot be read|truncated"):
        read_label_image(path)


def test_an_image_that_claims_too_many_pixels_is_refused_before_it_is_decoded(tmp_path):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    (tmp_path / "bomb.png").write_bytes(content)
    with pytest.raises(InputError, match=r"claims|decompression"):
        read_label_image(tmp_path / "bomb.png")


def test_a_pickle_that_would_run_code_does_not(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    np.save(tmp_path / "evil.npy", np.array({"masks": Evil()}, object), allow_pickle=True)
    with pytest.raises(InputError):
        read_label_image(tmp_path / "evil.npy")
    assert not (tmp_path / "ran").exists()
