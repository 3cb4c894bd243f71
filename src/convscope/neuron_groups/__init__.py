"""A layer's response to a photo as a few groups of channels that fire together."""
