"""Evidence cards: whether a picture can be trusted, and what each finding does not show."""
