"""Xplique: its Fourier visualization.

As in its README: ``optimize(Objective.channel(model, layer, channel))``, with every default: 256
steps of Adam at 0.05, a Fourier canvas of 512 px under its standard transformations, scaled to the
network's input; ``values_range=(0, 1)``, which is what the network's first layer takes. The picture
that is judged is that canvas, scaled to ``size`` by the same function. A layer's activation
function is left in place, as its users have it; but of a class, the logit is made, as in the
README.

Tuned: frozen weights, the value before the activation function, and a canvas of ``size``. The step
is compiled, and the network ends at the layer, by default.
"""

import argparse
from typing import Any

from benchmarks.peers.worker import Watch, result_of, serve


def setup() -> Any:
    """Import, and return the function that makes pictures."""
    import keras
    import numpy as np
    import tensorflow as tf
    from xplique.features_visualizations import Objective, fft_to_rgb, get_fft_scale, optimize
    from xplique.features_visualizations.preconditioning import to_valid_rgb

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("variant", choices=("default", "tuned"))
    tuned = parser.parse_args().variant == "tuned"
    steps = 256

    def ascend(request: dict[str, Any]) -> list[dict[str, Any]]:
        keras.utils.set_random_seed(request["seed"])
        model = keras.models.load_model(request["keras"])
        layer, size = model.get_layer(request["layer"]), request["size"]
        activation = getattr(layer, "activation", None)
        if activation and (tuned or activation is keras.activations.softmax):
            layer.activation = keras.activations.linear
        model.trainable = not tuned
        canvas = size if tuned else 512
        watch = Watch(steps, request["budget"], request["most"])

        class Watched(keras.optimizers.Adam):
            number = 0

            def apply_gradients(self, pairs: Any, **settings: Any) -> None:
                pairs = list(pairs)
                super().apply_gradients(pairs, **settings)
                self.number += 1
                watch(self.number, lambda: paint(pairs[0][1]))

        def paint(numbers: Any) -> np.ndarray:
            shape = (1, canvas, canvas, 3)
            image = to_valid_rgb(fft_to_rgb(shape, numbers, get_fft_scale(canvas, canvas, 0.85)))
            return np.asarray(tf.image.resize(image, (size, size)))[0]

        objective = Objective.channel(model, request["layer"], request["channel"])
        watch.run(
            lambda: optimize(objective, optimizer=Watched(0.05), custom_shape=(canvas, canvas))
        )
        return [result_of(watch)]

    return ascend


if __name__ == "__main__":
    serve(setup)
