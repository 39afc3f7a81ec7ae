"""Verbs of sorting, one file each."""
