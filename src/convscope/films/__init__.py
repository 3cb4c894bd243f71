"""Films of activation maximization: how a network changes a picture step by step."""
