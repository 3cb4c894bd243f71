"""Xplique's RISE, on the same network as a Keras model of pictures in [0, 1]."""

from typing import Any
from unittest import mock

import numpy as np

from benchmarks.agreement.told import read
from benchmarks.peers.worker import serve


def setup() -> Any:
    """Import, and return what explains."""
    import keras
    import tensorflow as tf
    from xplique.attributions import Rise

    # Each takes a model that ends in logits, a picture (1, height, width, 3), the class as a row
    # (1, classes) that is one there and zero elsewhere, and what it is told.

    def rise(model: Any, picture: Any, target: Any, told: Any) -> np.ndarray:
        tf.random.set_seed(0)
        settings = {"preservation_probability": told["keep"], "mask_value": told["baseline"]}
        tool = Rise(model, 16, nb_samples=told["samples"], grid_size=told["cells"], **settings)
        return np.asarray(tool(picture, target))[0, :, :, 0]

    def rise_of_masks(model: Any, picture: Any, target: Any, told: Any) -> np.ndarray:
        masks, scores = told["masks"][:, :, :, None], []

        def called(pictures: Any) -> Any:
            answers = np.asarray(model(pictures))
            scores.extend(answers @ target[0])
            return answers

        def as_it_is(values: Any, size: Any) -> Any:
            return values

        with (
            mock.patch.object(Rise, "_get_masks", return_value=masks),
            mock.patch.object(tf.image, "resize", as_it_is),
            mock.patch.object(tf.image, "random_crop", as_it_is),
        ):
            found = rise(called, picture, target, told)
        # Theirs is the mean of scores, weighed by how much each mask shows the pixel; ours takes
        # them less the mean of all, and divides by how much masks show in the limit.
        shown = masks[:, :, :, 0].mean(axis=0)
        return (found - np.mean(scores)) * shown / told["keep"]

    calls = {"rise": rise, "rise of masks": rise_of_masks}

    def explain(request: dict[str, Any]) -> list[dict[str, Any]]:
        model = keras.models.load_model(request["keras"])
        head = model.layers[-1]
        if hasattr(head, "activation"):
            head.activation = keras.activations.linear
        maps = []
        for number, (photo, target) in enumerate(
            zip(np.load(request["photos"]), request["targets"], strict=True)
        ):
            told = read(request["told"], number)
            chosen = np.eye(model.output_shape[-1], dtype="float32")[[target]]
            maps.append(calls[request["call"]](model, photo[None], chosen, told))
        return [{"maps": np.stack(maps)}]

    return explain


if __name__ == "__main__":
    serve(setup)
