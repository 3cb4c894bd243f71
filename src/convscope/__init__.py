"""Convscope shows what a neural network for images has learned.

The public names stand in ``__init__.pyi``, for type checkers and for the program alike. Each is
imported on first use, so that ``import convscope`` loads no framework.
"""

import lazy_loader

from convscope.version import VERSION

__version__ = VERSION

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
