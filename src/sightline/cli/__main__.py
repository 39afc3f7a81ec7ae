"""The command line as a shortcut starts it, in a window that closes with it: errors can be read."""

import sys

from sightline.cli import main

try:
    main()
except SystemExit as end:
    if end.code and sys.stdin.isatty():
        input("Press Enter to close this window.")
    raise
