"""A write-ahead log is used only where it is known to keep what it is given."""

from pathlib import Path

import pytest

from sightline.project.disk import _file_system, _wal_reset_is_mended, wal_is_safe

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/anna/My\\040Disk xfs rw 0 0
//lab/share /mnt/lab cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/data/mice", "ext4"),
        ("/home/anna", "nfs4"),
        ("/home/anna/My Disk/mice", "xfs"),
        ("/homework", "ext4"),
        ("/mnt/lab", "cifs"),
    ],
)
def test_a_folder_is_on_the_innermost_file_system_that_holds_it(folder: str, kind: str) -> None:
    assert _file_system(MOUNTS, Path(folder)) == kind


@pytest.mark.parametrize(
    ("version", "mended"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_sqlite_is_trusted_from_the_release_that_mended_the_log(
    version: tuple[int, int, int], mended: bool
) -> None:
    assert _wal_reset_is_mended(version) is mended


def test_it_has_an_answer_on_this_machine(tmp_path: Path) -> None:
    assert wal_is_safe(tmp_path) in (True, False)
