"""The attribution methods, one function each; ``table.METHODS`` lists them."""
