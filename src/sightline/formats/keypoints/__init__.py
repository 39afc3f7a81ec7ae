"""Keypoints in the formats of other tools and in our own table, read and written."""
