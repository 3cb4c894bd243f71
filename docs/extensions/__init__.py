"""What Sphinx is taught for this site, one file each."""
