"""A layer's response to a photo, place by place: what its vector there looks for."""
