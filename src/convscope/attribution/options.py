"""Which maps a command line asks for: one or several of each photo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from convscope.errors import InputError
from convscope.images import PhotoLike
from convscope.progress import Progress
from convscope.terminal import options
from convscope.terminal.assignments import assigned
from convscope.terminal.options import option
from convscope.terminal.usage import completing, listing

if TYPE_CHECKING:
    from convscope.attribution.grid import Attributions
    from convscope.attribution.result import Attribution
    from convscope.networks.network import Network
    from convscope.objectives import Objective

METHOD = "occlusion"  # attribution.attribute.DEFAULT, without loading it for --help
EVERY = "every"  # attribution.attributions.EVERY

# The settings of methods that have options of their own.
OWN = ("layer", "samples", "noise", "patch", "stride")


@dataclass(frozen=True)
class MapOptions:
    """What is explained, and how."""

    target: Annotated[
        list[str] | None,
        option(
            "UNIT",
            "What to explain: a unit, or a weighted sum such as 'predictions:bee - "
            "predictions:fly'. Repeat it for several maps. Default: the likeliest class.",
        ),
    ] = None
    method: Annotated[
        list[str] | None,
        option(
            "NAME",
            listing("convscope.attribution.methods.table", "METHODS")
            + "; 'every' for all that are not very slow. Several with commas, or repeated. "
            "Default: 'occlusion' to attribute, 'every' to evaluate.",
            autocompletion=completing("convscope.attribution.methods.table", "METHODS"),
        ),
    ] = None
    layer: Annotated[
        list[str] | None,
        option(
            "LAYER",
            "Where methods look that look at a layer, such as grad-cam. Repeat it for a map "
            "each; 'every' is all convolutions, from early to late.",
        ),
    ] = None
    samples: Annotated[int | None, option("N", "Of smoothgrad.")] = None
    noise: Annotated[float | None, option("X", "Of smoothgrad.")] = None
    patch: Annotated[int | None, option("N", "Of occlusion, in pixels.")] = None
    stride: Annotated[int | None, option("N", "Of occlusion, in pixels.")] = None
    setting: Annotated[
        list[str] | None,
        option(
            "NAME=VALUE",
            "Any setting of a method, such as steps=64 of integrated-gradients, or "
            "baseline=0; of several, for those that have it.",
            "--set",
        ),
    ] = None
    seed: options.Seed = None

    def read(self, *, judged: bool = False) -> "Request":
        """Return what is asked for; refuse what cannot be, before a network is loaded.

        Args:
            judged: whether the maps are to be judged, so that they are always several.
        """
        from convscope.objectives import parse

        stated = options.given(
            samples=self.samples, noise=self.noise, patch=self.patch, stride=self.stride
        )
        texts = self.target or []
        request = Request(
            texts=texts,
            targets=[parse(text) for text in texts],
            methods=names(self.method or []),
            layers=names(self.layer or []),
            settings=once(stated, assigned(self.setting or [], "--set")),
            seed=self.seed or 0,
            judged=judged,
        )
        request.check()
        return request


@dataclass(frozen=True)
class Request:
    """The maps that are asked for, of each photo.

    Args:
        texts: the targets as they were typed.
        targets: what is explained; empty for the likeliest class.
        methods: names in ``METHODS``, or 'every' alone; empty for the default.
        layers: addresses, or 'every' alone.
        settings: of the methods.
        seed: the one source of chance.
        judged: whether the maps are to be judged.
    """

    texts: Sequence[str]
    targets: Sequence["Objective"]
    methods: Sequence[str]
    layers: Sequence[str]
    settings: dict[str, Any]
    seed: int
    judged: bool

    @property
    def is_several(self) -> bool:
        """Whether more than one map of a photo is asked for."""
        every = EVERY in (*self.methods, *self.layers)
        most = max(len(self.targets), len(self.methods), len(self.layers))
        return self.judged or every or most > 1

    def check(self) -> None:
        """Refuse methods, layers and settings that cannot be."""
        from convscope.attribution import attributions

        for kind, some in (("method", self.methods), ("layer", self.layers)):
            if EVERY in some and len(some) > 1:
                raise InputError.expected(f"'{EVERY}' alone, or {kind}s by name", ", ".join(some))
        layers = 2 if EVERY in self.layers else len(self.layers)
        methods, _ = attributions.chosen_methods(self._methods(), max(1, len(self.targets)), layers)
        one = {"layer": self.layers[0]} if layers == 1 else {}
        attributions.check_settings(methods, {**self.settings, **one})

    def suffixes(self) -> list[str]:
        """Of the files that the maps can be written to."""
        from convscope.attribution.grid import Attributions
        from convscope.attribution.result import Attribution

        return list((Attributions if self.is_several else Attribution).suffixes)

    def ending(self, many: str, network: "Network | None" = None) -> str:
        """Return what a file's name ends in: '-predictions-bee-grad-cam.png'.

        Args:
            many: a word for several maps.
            network: by whose classes targets are distinguished, when it is there.
        """
        from convscope.maximization.task import indexed, plain
        from convscope.networks.units import layer_stem

        target = plain(self.texts[0]) if len(self.texts) == 1 else ""
        if target and network:
            (goal, *_) = self.targets[0].resolved(network)
            target = indexed(target, goal, network)
        method = self.methods[0] if len(self.methods) == 1 else ""
        layer = layer_stem(self.layers[0]) if len(self.layers) == 1 else ""
        several = many if self.is_several else ""
        words = (target, method or ("" if several else METHOD), layer, several)
        return "".join(f"-{word}" for word in words if word) + ".png"

    def maps(
        self, network: "Network", photo: "PhotoLike", progress: Progress
    ) -> "Attribution | Attributions":
        """Make the maps of one photo."""
        from convscope.attribution.attribute import attribute

        if self.is_several:
            return self.several(network, photo, progress)
        return attribute(
            network,
            photo,
            self.targets[0] if self.targets else None,
            method=self.methods[0] if self.methods else METHOD,
            seed=self.seed,
            progress=progress,
            **({"layer": self.layers[0]} if self.layers else {}),
            **self.settings,
        )

    def several(self, network: "Network", photo: "PhotoLike", progress: Progress) -> "Attributions":
        """Make several maps of one photo."""
        from convscope.attribution.attributions import attributions

        return attributions(
            network,
            photo,
            list(self.targets) or None,
            methods=self._methods(),
            layers=list(self.layers) or None,
            seed=self.seed,
            progress=progress,
            **self.settings,
        )

    def _methods(self) -> list[str] | None:
        """As ``attributions`` takes them: of several maps every one, unless some are named."""
        if self.methods:
            return list(self.methods)
        return None if self.is_several else [METHOD]


def names(texts: Sequence[str]) -> list[str]:
    """Names that were given with commas between them, or one after the other.

    No comma inside double quotes parts names: layers may have one.

    Example:
        >>> names(["gradient, occlusion", "grad-cam"])
        ['gradient', 'occlusion', 'grad-cam']
    """
    from convscope.networks.units import parted

    found = [name for text in texts for name in parted(text)]
    return list(dict.fromkeys(name for name in found if name))


def once(settings: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Settings that have options of their own, and those that were given by --set."""
    for name in settings:
        if name in more:
            raise InputError.expected(f"{name} once", f"--{name} and --set {name}")
    return {**settings, **more}
