"""Temporary changes of a model while it is called; afterwards it is as before."""
