"""Which units of the layer before excite and inhibit a unit, with their kernels."""
