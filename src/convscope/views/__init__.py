"""What each layer made of a photo, told: a story, factors, a dictionary of places, differences."""
