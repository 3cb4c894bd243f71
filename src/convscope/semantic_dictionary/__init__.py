"""The channels of each layer that fire at one place of a photo, shown by their pictures."""
