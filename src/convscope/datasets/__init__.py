"""Photos that networks are measured on, and the responses of layers to them."""
