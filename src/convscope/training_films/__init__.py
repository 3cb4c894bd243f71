"""Films of learning: what units look for while a network is trained."""
