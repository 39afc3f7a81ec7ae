"""`sightline segment`: one file a verb."""
