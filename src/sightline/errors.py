"""Every exception a user can meet.

A message is one sentence that names where, what was expected, what was found and what to do.
The command line prints it without a traceback and exits with status 2.
"""

from pathlib import Path
from typing import Any


class SightlineError(Exception):
    """Base of all errors that are about the user's input or machine, never about our code."""


class InputError(SightlineError):
    """A file or argument does not hold what it must.

    Parameters
    ----------
    where
        File, folder or argument that is at fault.
    found
        What it holds.
    expected
        What it must hold.
    remedy
        What the user can do about it.
    """

    def __init__(self, where: str | Path, found: str, expected: str, remedy: str) -> None:
        super().__init__(f"{where}: {found}; expected {expected}. {remedy}")
        self.where = str(where)
        self.found = found
        self.expected = expected
        self.remedy = remedy

    def __reduce__(self) -> tuple[Any, ...]:
        """How the error travels from a worker process, which calls the constructor again."""
        return type(self), (self.where, self.found, self.expected, self.remedy), self.__dict__


class ProjectError(SightlineError):
    """A project cannot be opened, read or written."""


class SettingError(SightlineError):
    """A setting is outside its range or does not fit the others."""
