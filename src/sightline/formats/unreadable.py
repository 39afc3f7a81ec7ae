"""One error for a file of others that cannot be read, whatever its reader raises."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sightline.errors import InputError


@contextmanager
def damage_reported(where: str | Path, expected: str) -> Iterator[None]:
    """Turn whatever a library raises over a damaged file into an error that names the file.

    Parameters
    ----------
    where, expected
        The file, and what it should be.

    Raises
    ------
    InputError
        In place of any other exception.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as failure:  # noqa: BLE001 -- readers of a damaged file raise anything
        reason = str(failure).splitlines()[0] if str(failure) else type(failure).__name__
        raise InputError(
            where,
            f"it cannot be read ({reason})",
            expected,
            "It may be truncated or of another type; copy it again from its source.",
        ) from None
