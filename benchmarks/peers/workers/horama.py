"""Horama: its Fourier visualization, with the parameters of its README.

``fourier(objective)``: 1000 steps of NAdam at 1.0, a canvas of 1280 px of which each step shows the
network 6 crops of 25 to 30 % of the side (``box_size=(0.20, 0.25)``; the draw starts at its upper
end), with noise. ``values_range`` must match the model, says the README: (0, 1) here.
``model_input_size`` is the network's. What the network is meant to see is a crop, so the picture
that is judged is the middle one of the mean box, scaled to ``size`` as the tool scales crops.

Its MACO needs a file of spectra that it downloads when run; it is left out.

Tuned: frozen weights, the network ends at the layer, channels last, and a canvas of ``size``, shown
whole but for the random shifts (boxes of 95 to 100 % of the side, the one setting tried).
Compiled: through ``torch.compile`` as well.

It imports torchvision for ``roi_align``, which is written out here (one sample a bin, as for boxes
smaller than what they are scaled to), and for a download function.
"""

import math
import sys
from types import ModuleType
from typing import Any

from benchmarks.peers.worker import Watch, result_of, serve

CROPS = 6
BOXES = {False: (0.20, 0.25), True: (0.90, 0.95)}


def setup() -> Any:
    """Import, and return the function that makes pictures."""
    import torch
    from torch.nn import functional

    def roi_align(pictures: Any, boxes: Any, output_size: tuple[int, int]) -> Any:
        """Crop (1, 3, h, w) at boxes (n, 5): index, left, top, right, bottom, in pixels."""
        high, wide = output_size
        down = boxes[:, 2, None] + (boxes[:, 4] - boxes[:, 2])[:, None] * _centres(high)
        across = boxes[:, 1, None] + (boxes[:, 3] - boxes[:, 1])[:, None] * _centres(wide)
        height, width = pictures.shape[2:]
        grid = torch.stack(
            [
                (across * 2 / (width - 1) - 1)[:, None, :].expand(-1, high, -1),
                (down * 2 / (height - 1) - 1)[:, :, None].expand(-1, -1, wide),
            ],
            -1,
        )
        inside = ((down >= -1) & (down <= height))[:, None, :, None]
        inside = inside & ((across >= -1) & (across <= width))[:, None, None, :]
        many = pictures.expand(len(boxes), -1, -1, -1)
        options = {"mode": "bilinear", "padding_mode": "border", "align_corners": True}
        return functional.grid_sample(many, grid, **options) * inside

    def _centres(count: int) -> Any:
        return (torch.arange(count) + 0.5) / count

    names = ("torchvision", "torchvision.ops", "torchvision.datasets", "torchvision.datasets.utils")
    sys.modules |= {name: ModuleType(name) for name in names}
    sys.modules["torchvision.ops"].roi_align = roi_align
    sys.modules["torchvision.datasets.utils"].download_url = None
    import horama
    from horama import fourier_fv

    from benchmarks.peers import torch_tuning

    variant = torch_tuning.variant()
    tuned = variant != "default"
    painting = fourier_fv.fourier_preconditionner
    steps = 1000

    def ascend(request: dict[str, Any]) -> list[dict[str, Any]]:
        size, box, channel = request["size"], BOXES[tuned], request["channel"]
        network = torch_tuning.listened(
            *torch_tuning.network(request["arrays"], request["layer"], variant)
        )
        torch.manual_seed(request["seed"])
        watch = Watch(steps, request["budget"], request["most"])
        share = 1.0 if tuned else 1.5 * box[1] - 0.5 * box[0]
        painted = 0

        def paint_and_watch(*arguments: Any) -> Any:
            """The canvas is painted once before each step, and once after the last."""
            nonlocal painted
            image = painting(*arguments)
            if painted:
                watch(painted, lambda: clean(image.detach()))
            painted += 1
            return image

        def clean(image: Any) -> Any:
            if image.shape[-1] != size:
                side = image.shape[-1]
                edge = math.floor(side * (1 - share) / 2)
                image = image[:, edge : side - edge, edge : side - edge]
                options = {"mode": "bicubic", "align_corners": True, "antialias": True}
                image = functional.interpolate(image[None], (size, size), **options)[0]
            return image.permute(1, 2, 0).numpy()

        def objective(pictures: Any) -> Any:
            return network(pictures)[:, channel].mean()

        canvas = {"image_size": size, "box_size": box} if tuned else {}
        fourier_fv.fourier_preconditionner = paint_and_watch
        watch.run(
            lambda: horama.fourier(
                objective,
                model_input_size=size,
                values_range=(0.0, 1.0),
                device="cpu",
                **canvas,
            )
        )
        return [result_of(watch, passes=CROPS)]

    return ascend


if __name__ == "__main__":
    serve(setup)
