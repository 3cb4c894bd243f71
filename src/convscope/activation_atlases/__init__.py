"""A map of what a layer responds to in many photos, laid out by UMAP and painted cell by cell."""
