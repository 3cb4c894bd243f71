"""Captum, pytorch-grad-cam, Zennit and PAIR's saliency, on the same network in PyTorch.

pytorch-grad-cam and Zennit import torchvision at their top, for functions and classes that are not
used here: a stand-in is put in its place, so that the environment needs no second compiled library.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.agreement.told import read
from benchmarks.peers.worker import serve

STAND_INS = {
    "torchvision": (),
    "torchvision.transforms": ("Compose", "Normalize", "ToTensor"),
    "torchvision.transforms.functional": ("resize",),
    "torchvision.models": (),
    "torchvision.models.resnet": ("BasicBlock", "Bottleneck"),
}


def stand_in() -> None:
    """Put empty modules in torchvision's place."""
    for name, contents in STAND_INS.items():
        module = ModuleType(name)
        for each in contents:
            setattr(module, each, type(each, (), {}))
        sys.modules[name] = module
        package, _, own = name.rpartition(".")
        if package:
            setattr(sys.modules[package], own, module)


def setup() -> Any:
    """Import, and return what explains."""
    stand_in()
    import captum.attr as captum
    import pytorch_grad_cam as cams
    import torch
    import zennit.composites
    import zennit.rules
    from captum.attr._utils import lrp_rules
    from pytorch_grad_cam.utils import svd_on_activations
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    from saliency.core import blur_ig
    from saliency.core import integrated_gradients as pair_integrated
    from scipy import fft, ndimage
    from torch import nn
    from zennit.attribution import Gradient

    from benchmarks.peers.torch_networks import KerasFlatten, Mean, load, unfed

    def summed(values: Any) -> np.ndarray:
        """(1, colours, height, width) to (height, width)."""
        return values.detach().sum(1)[0].numpy()

    # Each takes a network, a picture (1, 3, height, width), the class and what it is told.

    def saliency(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        return summed(captum.Saliency(net).attribute(picture, target, abs=False))

    def saliency_as_it_comes(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        found = captum.Saliency(net).attribute(picture, target)
        return found.detach().amax(1)[0].numpy()

    def input_x_gradient(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        return summed(captum.InputXGradient(net).attribute(picture, target))

    def guided(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        return summed(captum.GuidedBackprop(net).attribute(picture, target))

    def tunnel(kind: str) -> Callable[..., np.ndarray]:
        def explain(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
            noise = torch.from_numpy(told["noise"].transpose(0, 3, 1, 2).copy())
            tool = captum.NoiseTunnel(captum.Saliency(net))
            with mock.patch.object(torch, "normal", return_value=noise):
                found = tool.attribute(
                    picture, nt_type=kind, nt_samples=len(noise), target=target, abs=False
                )
            return summed(found)

        return explain

    def integrated(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        tool = captum.IntegratedGradients(net)
        settings = {"n_steps": told["steps"], "method": told["rule"], "internal_batch_size": 8}
        return summed(tool.attribute(picture, 0.5, target=target, **settings))

    def slopes(net: Any, target: int) -> Callable[..., Any]:
        """The network as PAIR's library calls it: numpy arrays, channels last."""

        def call(pictures: Any, call_model_args: Any = None, expected_keys: Any = None) -> Any:
            channels_first = np.asarray(pictures, "float32").transpose(0, 3, 1, 2)
            point = torch.from_numpy(channels_first.copy()).requires_grad_()
            (slope,) = torch.autograd.grad(net(point)[:, target].sum(), point)
            return {"INPUT_OUTPUT_GRADIENTS": slope.numpy().transpose(0, 2, 3, 1)}

        return call

    def integrated_by_pair(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        shown = picture[0].numpy().transpose(1, 2, 0).astype("float64")
        tool = pair_integrated.IntegratedGradients()
        settings = {"x_baseline": np.full_like(shown, 0.5), "x_steps": told["steps"]}
        return tool.GetMask(shown, slopes(net, target), batch_size=1, **settings).sum(axis=2)

    def blur(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        shown = picture[0].numpy().transpose(1, 2, 0).astype("float64")

        def blurred(image: Any, sigma: float) -> Any:
            if told["edges"] != "diffusion":
                return ndimage.gaussian_filter(image, [sigma, sigma, 0], mode=told["edges"])
            for axis in (0, 1):
                side = image.shape[axis]
                fading = np.exp(-(sigma**2) * (1 - np.cos(np.pi * np.arange(side) / side)))
                waves = np.moveaxis(fft.dct(image, axis=axis, norm="ortho"), axis, -1)
                image = fft.idct(np.moveaxis(waves * fading, -1, axis), axis=axis, norm="ortho")
            return image

        settings = {"max_sigma": told["sigma"], "steps": told["steps"], "batch_size": 1}
        with mock.patch.object(blur_ig, "gaussian_blur", blurred):
            found = blur_ig.BlurIG().GetMask(shown, slopes(net, target), **settings)
        return found.sum(axis=2)

    # CAMs

    def answer(net: Any, told: Any) -> Any:
        """The module whose output is the layer's answer after its activation."""
        modules = dict(net.named_modules())
        return modules.get(f"{told['layer']}_activation", modules[told["layer"]])

    def layer_grad_cam(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        found = captum.LayerGradCam(net, answer(net, told)).attribute(picture, target)
        return found.detach()[0, 0].numpy()

    def cam(kind: str) -> Callable[..., np.ndarray]:
        def explain(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
            tool = getattr(cams, kind)(net, [answer(net, told)])
            return tool(picture, [ClassifierOutputTarget(target)])[0]

        return explain

    def signed(kind: str) -> Callable[..., np.ndarray]:
        """The map before its ReLU, its enlarging and its scaling."""

        def explain(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
            tool = getattr(cams, kind)(net, [answer(net, told)])
            kept = []
            inner = tool.get_cam_image

            def keep(*args: Any, **settings: Any) -> Any:
                kept.append(inner(*args, **settings))
                return kept[0]

            tool.get_cam_image = keep
            tool(picture, [ClassifierOutputTarget(target)])
            return np.asarray(kept[0][0])

        return explain

    def eigen_cam(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        # Of the maps and their opposites the mean is zero: centring them does nothing.
        project = svd_on_activations.get_2d_projection

        def uncentred(maps: np.ndarray) -> np.ndarray:
            both = project(np.concatenate([maps, -maps], axis=2))
            return both[:, : maps.shape[2]]

        with mock.patch("pytorch_grad_cam.eigen_cam.get_2d_projection", uncentred):
            found = signed("EigenCAM")(net, picture, target, told)
        return found if found.sum() > 0 else -found  # a component has no sign of its own

    def plus_plus(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        # A share is G^2 / (2 G^2 + sum(A) G^3 + a millionth), and slopes may be that small. With
        # slopes so much larger and maps so much smaller it is the same share without the millionth.
        many, inner = 1e4, cams.GradCAMPlusPlus.get_cam_weights

        def weights(self: Any, *given: Any) -> Any:
            *others, maps, slopes = given
            return inner(self, *others, maps / many, slopes.astype("float64") * many) / many

        with mock.patch.object(cams.GradCAMPlusPlus, "get_cam_weights", weights):
            return signed("GradCAMPlusPlus")(net, picture, target, told)

    def score_cam(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        with torch.no_grad():
            black = net(torch.zeros_like(picture))[0, target]

        class Less(nn.Module):
            def __init__(self, dim: int) -> None:
                super().__init__()

            def forward(self, scores: Any) -> Any:
                return scores - black

        def enlarging(size: Any) -> Any:
            return nn.Upsample(size, mode="bilinear", align_corners=False)

        with (
            mock.patch.object(torch.nn, "Softmax", Less),
            mock.patch.object(torch.nn, "UpsamplingBilinear2d", enlarging),
        ):
            return signed("ScoreCAM")(net, picture, target, told)

    # Covering

    def occlusion(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        side, stride = told["patch"], told["stride"]
        found = captum.Occlusion(net).attribute(
            picture,
            sliding_window_shapes=(3, side, side),
            strides=(3, stride, stride),
            baselines=0.5,
            target=target,
            perturbations_per_eval=16,
        )
        return found[0, 0].numpy() / side**2

    def kernel_shap(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
        height, width = picture.shape[2:]
        down, across = (np.arange(n) * told["cells"] // n for n in (height, width))
        squares = torch.from_numpy(down[:, None] * told["cells"] + across)
        torch.manual_seed(0)
        drawn = captum.KernelShap.kernel_shap_perturb_generator
        count = told["samples"]
        if "coalitions" in told:
            players = told["cells"] ** 2
            ends = [np.ones((1, players), "int64"), np.zeros((1, players), "int64")]
            rows = torch.from_numpy(np.concatenate([*ends, told["coalitions"]]))
            count = len(rows)

            def drawn(*args: Any, **settings: Any) -> Iterator[Any]:  # it must be a generator
                yield from rows.split(1)

        kind = captum.KernelShap
        with torch.no_grad(), mock.patch.object(kind, "kernel_shap_perturb_generator", drawn):
            found = kind(net).attribute(
                picture,
                baselines=0.5,
                target=target,
                feature_mask=squares[None, None],
                n_samples=count,
                perturbations_per_eval=16,
            )
        return found[0, 0].numpy() / np.bincount(squares.numpy().ravel())[squares.numpy()]

    # Relevance: of a network without its preprocessing.

    def captum_lrp(make: Callable[[Any], Any]) -> Callable[..., np.ndarray]:
        def explain(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
            fed, rest = unfed(net, picture)
            for module in rest.modules():
                if isinstance(module, nn.Conv2d | nn.Linear):
                    module.rule = make(told)
                elif isinstance(module, KerasFlatten | Mean | nn.Identity | nn.ZeroPad2d):
                    module.rule = lrp_rules.EpsilonRule()  # linear, without weights
            return summed(captum.LRP(rest).attribute(fed.requires_grad_(), target))

        return explain

    def zennit_lrp(make: Callable[..., Any]) -> Callable[..., np.ndarray]:
        rules = zennit.rules

        def explain(net: Any, picture: Any, target: int, told: Any) -> np.ndarray:
            fed, rest = unfed(net, picture)
            ends = [unfed(net, torch.full_like(picture, end))[0] for end in (0.0, 1.0)]
            low, high = torch.minimum(*ends), torch.maximum(*ends)
            box = rules.ZBox(low, high)
            dense, convolution, first = make(told, rules, box)
            kinds = [
                (nn.ReLU, rules.Pass()),
                (Mean, rules.Norm()),
                (nn.Conv2d, convolution()),
                (nn.Linear, dense()),
            ]
            composite = zennit.composites.SpecialFirstLayerMapComposite(
                kinds, [(nn.Conv2d, first)] if first else []
            )

            def seed(output: Any) -> Any:
                return nn.functional.one_hot(torch.tensor([target]), output.shape[1]) * output

            with Gradient(rest, composite) as tool:
                _, found = tool(fed, seed)
            return summed(found)

        return explain

    def relative(share: float) -> Callable[[Any], Any]:
        def stabilised(values: Any) -> Any:
            axes = tuple(range(1, values.dim()))
            size = values.square().mean(axes, keepdim=True).sqrt()
            return values + share * size * torch.where(values < 0, -1.0, 1.0)

        return stabilised

    def epsilon_everywhere(told: Any, rules: Any, box: Any) -> Any:
        amount = relative(told["relative"]) if "relative" in told else told["epsilon"]
        return (lambda: rules.Epsilon(amount)), (lambda: rules.Epsilon(amount)), None

    def gamma_everywhere(told: Any, rules: Any, box: Any) -> Any:
        return (*[lambda: rules.Gamma(told["gamma"], stabilizer=1e-9)] * 2, None)

    def epsilon_gamma_box(told: Any, rules: Any, box: Any) -> Any:
        gamma = lambda: rules.Gamma(told["gamma"], stabilizer=1e-9)  # noqa: E731
        return (lambda: rules.Epsilon(1e-9)), gamma, box

    def epsilon_plus_box(told: Any, rules: Any, box: Any) -> Any:
        return (lambda: rules.Epsilon(1e-9)), (lambda: rules.ZPlus(1e-9)), box

    def deep_taylor(told: Any, rules: Any, box: Any) -> Any:
        return (*[lambda: rules.ZPlus(1e-9, zero_params="bias")] * 2, box)

    calls = {
        "saliency": saliency,
        "saliency as it comes": saliency_as_it_comes,
        "input x gradient": input_x_gradient,
        "guided": guided,
        "smoothgrad": tunnel("smoothgrad"),
        "vargrad": tunnel("vargrad"),
        "integrated": integrated,
        "integrated by pair": integrated_by_pair,
        "blur": blur,
        "layer grad-cam": layer_grad_cam,
        "occlusion": occlusion,
        "kernel shap": kernel_shap,
        "lrp": captum_lrp(lambda told: lrp_rules.EpsilonRule()),
        "lrp gamma": captum_lrp(lambda told: lrp_rules.GammaRule(told["gamma"])),
        "lrp alpha beta": captum_lrp(lambda told: lrp_rules.Alpha1_Beta0_Rule()),
        "epsilon": zennit_lrp(epsilon_everywhere),
        "gamma": zennit_lrp(gamma_everywhere),
        "epsilon gamma box": zennit_lrp(epsilon_gamma_box),
        "epsilon plus box": zennit_lrp(epsilon_plus_box),
        "deep taylor": zennit_lrp(deep_taylor),
    }
    for kind in ("GradCAM", "GradCAMPlusPlus", "HiResCAM", "XGradCAM", "LayerCAM", "AblationCAM"):
        calls |= {kind: cam(kind), f"signed {kind}": signed(kind)}
    calls |= {"EigenCAM": cam("EigenCAM"), "signed EigenCAM": eigen_cam}
    calls |= {"signed GradCAMPlusPlus": plus_plus}
    calls |= {"ScoreCAM": cam("ScoreCAM"), "signed ScoreCAM": score_cam}

    def explain(request: dict[str, Any]) -> list[dict[str, Any]]:
        photos = np.load(request["photos"]).transpose(0, 3, 1, 2)
        maps = []
        for number, (photo, target) in enumerate(zip(photos, request["targets"], strict=True)):
            net = load(request["arrays"], request["until"])  # tools leave hooks on it
            told: Mapping[str, Any] = read(request["told"], number)
            picture = torch.from_numpy(photo[None].copy())
            maps.append(calls[request["call"]](net, picture, target, told))
        return [{"maps": np.stack(maps)}]

    return explain


if __name__ == "__main__":
    serve(setup)
