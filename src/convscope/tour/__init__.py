"""One page that shows all features, made with the network in the package."""
