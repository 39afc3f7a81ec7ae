"""Movies and images of other programs, read lazily as a `Recording`."""
