"""Attribution: which parts of a photo drove a decision, as signed maps."""
