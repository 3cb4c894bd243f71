"""Photos that networks are measured on, and how layers respond to them."""
