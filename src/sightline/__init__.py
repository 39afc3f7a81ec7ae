"""Sightline: an expert's eye where it changes the answer."""

from importlib.metadata import version

__version__ = version("sightline")
