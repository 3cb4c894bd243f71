"""Networks from files, from a table of known ones, and from models in Python."""
