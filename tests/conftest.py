"""What several rooms' tests share."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the published data sets, beside the repository; they are not ours to distribute."""
    if not DATA.is_dir():
        pytest.skip(f"the published data sets are not at {DATA}")
    return DATA
