"""`sightline track`: one file a verb."""
