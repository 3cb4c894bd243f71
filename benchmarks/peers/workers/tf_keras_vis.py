"""tf-keras-vis: activation maximization for Keras.

As in its README: ``ExtractIntermediateLayer``, ``ReplaceToLinear`` and ``CategoricalScore``, then
every default of ``ActivationMaximization.__call__``: 200 steps of RMSprop at 1.0, ``Jitter(4)``,
``Rotate2D(1)``, total variation and L1. It changes pixels in 0..255, for which its rate is made, so
the network's first layer is given that range; its README feeds VGG16 raw pixels instead, which the
network was not trained on.

Tuned: frozen weights, and the network's call compiled with ``tf.function``; it already ends at the
layer, and the canvas is the network's size. The regularisers weigh a tenth: they are set for
VGG16's responses, which are many times as large, and its documentation asks to tune them for
others. Chosen by hand from four weights on two units of vgg16-tiny (block4_conv3:103, which seed 0
draws, and predictions:39), one run each, by the response: 1 gave 2.1 and 7.4, a tenth 5.0 and 8.0,
a hundredth 4.7 and 8.1; none at all gave 4.9 and was not tried on the second.
"""

import argparse
from typing import Any

from benchmarks.peers.worker import Watch, result_of, serve


def setup() -> Any:
    """Import, and return the function that makes pictures."""
    import keras
    import numpy as np
    import tensorflow as tf
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.activation_maximization.callbacks import Callback
    from tf_keras_vis.activation_maximization.regularizers import Norm, TotalVariation2D
    from tf_keras_vis.utils.model_modifiers import ExtractIntermediateLayer, ReplaceToLinear
    from tf_keras_vis.utils.scores import CategoricalScore

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("variant", choices=("default", "tuned"))
    tuned = parser.parse_args().variant == "tuned"
    steps = 200

    def ascend(request: dict[str, Any]) -> list[dict[str, Any]]:
        keras.utils.set_random_seed(request["seed"])
        model = keras.models.load_model(request["keras"])
        feed = model.get_layer("feed")
        kernel, bias = feed.get_weights()
        feed.set_weights([kernel / 255, bias])
        # The model is read anew for each unit, so it may be changed in place, as in the README.
        visualization = ActivationMaximization(
            model, [ExtractIntermediateLayer(request["layer"]), ReplaceToLinear()], clone=False
        )
        settings = {}
        if tuned:
            settings = {"regularizers": [TotalVariation2D(weight=0.1), Norm(weight=0.03, p=1)]}
            visualization.model.trainable = False
            visualization.model.call = tf.function(visualization.model.call)
        watch = Watch(steps, request["budget"], request["most"])

        class Watching(Callback):
            def __call__(self, step: int, values: Any, *_: Any, **__: Any) -> None:
                watch(step + 1, lambda: np.asarray(values[0])[0] / 255)

        score = CategoricalScore(request["channel"])
        watch.run(lambda: visualization(score, callbacks=Watching(), **settings))
        return [result_of(watch)]

    return ascend


if __name__ == "__main__":
    serve(setup)
