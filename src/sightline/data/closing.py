"""What holds files open, and closes them at the end of a ``with`` statement."""

from types import TracebackType
from typing import Self


class Closing:
    """Give `close`, if there is anything to close; the rest follows."""

    def close(self) -> None:
        """Close what is open: nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
