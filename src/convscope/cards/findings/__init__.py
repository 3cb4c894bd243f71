"""The findings of a card, one file each."""
