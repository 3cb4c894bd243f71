"""A photo's way through a network, block by block."""
