"""The command line: each verb is a thin layer over the function of its name in `workflows`."""

import sys

from sightline.cli.app import app
from sightline.errors import SightlineError


def main() -> None:
    """Run the command line; a user's mistake ends in one sentence and exit status 2."""
    try:
        app()
    except SightlineError as error:
        sys.stderr.write(f"sightline: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write("\nsightline: stopped; what was finished is kept.\n")
        sys.exit(130)
