"""PyTorch modules as Keras models, whose layers are the module's submodules."""
