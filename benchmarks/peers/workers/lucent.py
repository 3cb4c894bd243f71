"""Lucent (torch-lucent): Lucid's recipe in PyTorch.

As in its README: ``render.render_vis(model, "layer:channel")``, with every default: 512 steps of
Adam at 0.05, a Fourier canvas with decorrelated colours, and ``transform.standard_transforms``.
Three things differ, each a parameter of its own:

- the canvas is ``param.image(size)``, and ``fixed_image_size=size`` is what the network sees, where
  the defaults are 128 and 224: the pictures are judged at ``size``, and a step costs no more;
- ``preprocess=False``: the network takes pictures in [0, 1] and does not want torchvision's mean;
- no window and no progress bar.

Tuned: frozen weights, the network ends at the layer, channels last. Compiled: through
``torch.compile`` as well.

It imports torchvision for ``Normalize`` alone, which the preprocessing of torchvision's own models
uses: a stand-in is put in its place, so that the environment needs no second compiled library.
"""

import sys
from types import ModuleType
from typing import Any

from benchmarks.peers.worker import Watch, result_of, serve


def setup() -> Any:
    """Import, and return the function that makes pictures."""
    package, transforms = ModuleType("torchvision"), ModuleType("torchvision.transforms")
    transforms.Normalize = None
    sys.modules |= {"torchvision": package, "torchvision.transforms": transforms}
    import numpy as np
    import torch
    from lucent.optvis import objectives, param, render

    from benchmarks.peers import torch_tuning

    variant = torch_tuning.variant()

    def ascend(request: dict[str, Any]) -> list[dict[str, Any]]:
        network, layer = torch_tuning.network(request["arrays"], request["layer"], variant)
        torch.manual_seed(request["seed"])
        np.random.seed(request["seed"])
        # All 512 steps of the default run are made: they define the quality.
        budget = request["budget"] if variant != "default" else float("inf")
        watch = Watch(512, budget, request["most"])
        canvas: list[Any] = []

        def image() -> Any:
            canvas[:] = param.image(request["size"])
            return canvas

        def paint() -> np.ndarray:
            return render.tensor_to_img_array(canvas[1]())[0]

        class Watched(torch.optim.Adam):
            def step(self, closure: Any) -> None:
                super().step(closure)
                self.number = getattr(self, "number", 0) + 1
                watch(self.number, paint)

        watch.run(
            lambda: render.render_vis(
                network,
                objectives.channel(layer, request["channel"]),
                image,
                optimizer=lambda parameters: Watched(parameters, lr=5e-2),
                preprocess=False,
                fixed_image_size=request["size"],
                progress=False,
                show_image=False,
            )
        )
        return [result_of(watch)]

    return ascend


if __name__ == "__main__":
    serve(setup)
