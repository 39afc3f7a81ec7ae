"""Annotators' masks: found beside their images, and read from whatever they were drawn in."""
