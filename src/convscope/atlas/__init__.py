"""The atlas: a whole network, unit by unit, in a store that can be stopped and continued."""
