"""The recipe that produced the embedded network."""
