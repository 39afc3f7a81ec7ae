"""The command line: each verb is a thin layer over the function of its name in `workflows`."""

import sys

from sightline.cli.app import app
from sightline.errors import SightlineError

_STOPPED = 130  # what typer makes of Ctrl-C


def main() -> None:
    """Run the command line; a user's mistake ends in one sentence and exit status 2."""
    try:
        app()
    except SightlineError as error:
        sys.stderr.write(f"sightline: {error}\n")
        sys.exit(2)
    except OSError as error:
        where = error.filename or "reading or writing"
        sys.stderr.write(f"sightline: {where}: {error.strerror}. Check the path and your rights.\n")
        sys.exit(2)
    except SystemExit as end:
        if end.code == _STOPPED:
            sys.stderr.write("\nsightline: stopped; what was finished is kept.\n")
        raise
