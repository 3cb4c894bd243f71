"""Networks: Keras models with their preprocessing, labels and layers.

Every use of Keras in Convscope begins here, so the backend is chosen here.
"""

from convscope import backend

backend.choose()
