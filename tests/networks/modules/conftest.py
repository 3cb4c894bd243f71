"""PyTorch modules are only taken where Keras runs on PyTorch."""

import keras

collect_ignore_glob = [] if keras.backend.backend() == "torch" else ["*.py"]
