"""Networks: Keras models with their preprocessing, labels and layers.

Whoever comes to Keras by way of Convscope comes through here, so here its backend is chosen.
"""

from convscope import backend

backend.choose()
