"""tf-keras-vis, on the same network as a Keras model of pictures in [0, 1]."""

from typing import Any

import numpy as np

from benchmarks.agreement.told import read
from benchmarks.peers.worker import serve


def setup() -> Any:
    """Import, and return what explains."""
    import keras
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear

    # Each takes a model that ends in logits, a picture (1, height, width, 3), the score that
    # chooses the class, and what it is told.

    def saliency(model: Any, picture: Any, score: Any, told: Any) -> np.ndarray:
        plain = {"keepdims": True, "gradient_modifier": None, "normalize_map": False}
        return np.asarray(Saliency(model)(score, picture, **plain)).sum(axis=-1)[0]

    def at(told: Any) -> dict[str, Any]:
        """This very layer: in place of a concatenation theirs would take a convolution before."""
        return {"penultimate_layer": told["layer"], "seek_penultimate_conv_layer": False}

    def grad_cam(model: Any, picture: Any, score: Any, told: Any) -> np.ndarray:
        plain = {"activation_modifier": None, "normalize_cam": False, "expand_cam": False}
        return _first(Gradcam(model)(score, picture, **at(told), **plain))

    def plus_plus(model: Any, picture: Any, score: Any, told: Any) -> np.ndarray:
        return _first(GradcamPlusPlus(model)(score, picture, **at(told)))

    def layer_cam(model: Any, picture: Any, score: Any, told: Any) -> np.ndarray:
        return _first(Layercam(model)(score, picture, **at(told), expand_cam=False))

    calls = {
        "saliency": saliency,
        "grad-cam": grad_cam,
        "grad-cam++": plus_plus,
        "layer-cam": layer_cam,
    }

    def explain(request: dict[str, Any]) -> list[dict[str, Any]]:
        model = keras.models.load_model(request["keras"])
        ReplaceToLinear()(model)
        maps = []
        for number, (photo, target) in enumerate(
            zip(np.load(request["photos"]), request["targets"], strict=True)
        ):
            told = read(request["told"], number)

            def score(output: Any, target: int = target) -> Any:
                return output[:, target]

            maps.append(calls[request["call"]](model, photo[None], score, told))
        return [{"maps": np.stack(maps)}]

    return explain


def _first(found: Any) -> np.ndarray:
    return np.asarray(found[0] if isinstance(found, list) else found).squeeze()


if __name__ == "__main__":
    serve(setup)
