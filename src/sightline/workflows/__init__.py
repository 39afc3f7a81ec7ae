"""One function a verb: read, compute, store. The command line and Python call the same ones."""
