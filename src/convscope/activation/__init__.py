"""Layer visualization: what a network sees in a photo, from edges to objects."""
