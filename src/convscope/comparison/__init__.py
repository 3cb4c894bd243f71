"""Two photos, or one photo in two networks: which units differ most."""
