"""One page that shows everything, made with the network that comes along."""
