"""A network, an attribution method and a canvas for Convscope, as an example."""
