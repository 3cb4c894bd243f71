"""A network in the browser: its units, photos seen layer by layer, ascents as they run."""
