"""Images and masks to an ensemble of networks, masks and their uncertainty. Pure functions."""
