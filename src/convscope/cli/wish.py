"""What ``convscope attribute`` is asked for: one map, several, or which of them to believe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope.errors import InputError, unknown
from convscope.terminal import destinations

if TYPE_CHECKING:
    from convscope.attribution.evaluation.result import Evaluation
    from convscope.attribution.grid import Attributions
    from convscope.attribution.result import Attribution
    from convscope.networks.network import Network

    Found = Attribution | Attributions | Evaluation

METHOD = "occlusion"  # convscope.attribution.verb.DEFAULT, without loading it for --help
EVERY = "every"  # convscope.attribution.several.EVERY

MAPS = 0.15  # of the time of a comparison, about, goes into the maps; the rest into judging them

Watch = Callable[[float], None]


@dataclass(frozen=True)
class Wish:
    """What is asked for, of each photo.

    Args:
        targets: texts of objectives; empty for the likeliest class.
        methods: names in ``METHODS``, or 'every' alone; empty for the default.
        layers: addresses, or 'every' alone.
        settings: of the methods.
        seed: the one source of chance.
        compare: whether the maps are judged.
        trial: settings of an evaluation.
        measures: names in ``MEASURES``; empty for all.
    """

    targets: Sequence[str]
    methods: Sequence[str]
    layers: Sequence[str]
    settings: dict[str, Any]
    seed: int
    compare: bool
    trial: dict[str, Any]
    measures: Sequence[str]

    @property
    def is_several(self) -> bool:
        """Whether more than one map of a photo is asked for."""
        every = EVERY in (*self.methods, *self.layers)
        most = max(len(self.targets), len(self.methods), len(self.layers))
        return self.compare or every or most > 1

    def check(self) -> None:
        """Refuse what cannot be, before a network is loaded."""
        from convscope.attribution import attributions
        from convscope.attribution.evaluation.evidence import Trial
        from convscope.attribution.evaluation.measures import MEASURES
        from convscope.objectives import parse

        for text in self.targets:
            parse(text)
        for kind, names in (("method", self.methods), ("layer", self.layers)):
            if EVERY in names and len(names) > 1:
                raise InputError(
                    f"Expected '{EVERY}' alone, or {kind}s by name. Received: {', '.join(names)}."
                )
        layers = 2 if EVERY in self.layers else len(self.layers)
        methods, _ = attributions.chosen_methods(self._methods(), max(1, len(self.targets)), layers)
        one = {"layer": self.layers[0]} if layers == 1 else {}
        attributions.check_settings(methods, {**self.settings, **one})
        for name in self.measures:
            if name not in MEASURES:
                raise unknown("measure", name, MEASURES)
        if (self.trial or self.measures) and not self.compare:
            raise InputError("Expected --trial and --measure only with --compare. Try: --compare.")
        known = list(Trial.__dataclass_fields__)
        for name in self.trial:
            if name not in known:
                raise unknown("setting of an evaluation", name, known)
        Trial(**self.trial)

    def suffixes(self) -> list[str]:
        """Of the files that the answer can be written to."""
        from convscope.attribution.evaluation.result import Evaluation
        from convscope.attribution.grid import Attributions
        from convscope.attribution.result import Attribution

        kind = Evaluation if self.compare else Attributions if self.is_several else Attribution
        return list(kind.suffixes)

    def paths(
        self, photos: Sequence[Path], out: Path | None, network: "Network | None" = None
    ) -> list[Path]:
        """Where the answers go, one a photo; before the network is there, as far as is known."""
        made = self._made(network)
        stems = [photo.stem for photo in photos]
        names = [
            f"{stem}-{stems[:place].count(stem) + 1}" if stem in stems[:place] else stem
            for place, stem in enumerate(stems)
        ]
        if len(photos) == 1:
            if out:
                return [destinations.ready(out, self.suffixes())]
            return [destinations.default(f"{names[0]}-{made}.png", self.suffixes())]
        if out and not destinations.is_folder(out):
            raise InputError(f"Expected a folder for {len(photos)} photos. Received: --out {out}.")
        folder = destinations.folder(out or Path())
        return [
            destinations.default(f"{name}-{made}.png", self.suffixes(), folder) for name in names
        ]

    def _made(self, network: "Network | None") -> str:
        """What the answer is, in words of a file name: the target, the method, the layer."""
        from convscope.maximization.task import indexed, plain
        from convscope.networks.units import layer_stem
        from convscope.objectives import parse

        target = plain(self.targets[0]) if len(self.targets) == 1 else ""
        if target and network:
            (goal, *_) = parse(self.targets[0]).resolved(network)
            target = indexed(target, goal, network)
        method = self.methods[0] if len(self.methods) == 1 else ""
        layer = layer_stem(self.layers[0]) if len(self.layers) == 1 else ""
        many = "comparison" if self.compare else "maps" if self.is_several else ""
        words = (target, method or ("" if many else METHOD), layer, many)
        return "-".join(word for word in words if word)

    def fulfil(self, network: "Network", photo: Path, watch: Watch) -> "Found":
        """Make what is asked for, of one photo."""
        from convscope.attribution.attribute import attribute
        from convscope.attribution.attributions import attributions
        from convscope.attribution.evaluation.evaluate import evaluate

        if not self.is_several:
            target = self.targets[0] if self.targets else None
            layer = {"layer": self.layers[0]} if self.layers else {}
            return attribute(
                network,
                photo,
                target,
                method=self._one_method(),
                seed=self.seed,
                watch=watch,
                **layer,
                **self.settings,
            )
        share = MAPS if self.compare else 1.0
        found = attributions(
            network,
            photo,
            list(self.targets) or None,
            methods=self._methods(),
            layers=list(self.layers) or None,
            seed=self.seed,
            watch=lambda done: watch(share * done),
            **self.settings,
        )
        if not self.compare:
            return found
        return evaluate(
            found,
            measures=list(self.measures) or None,
            watch=lambda done: watch(MAPS + (1 - MAPS) * done),
            **self.trial,
        )

    def _one_method(self) -> str:
        return self.methods[0] if self.methods else METHOD

    def _methods(self) -> list[str] | None:
        """As ``attributions`` takes them: of a comparison every one, unless some are named."""
        if self.methods:
            return list(self.methods)
        if self.is_several:
            return None
        return [METHOD]


def named(texts: Sequence[str]) -> list[str]:
    """Names that were said with commas between them, or one after the other.

    No comma inside double quotes parts names: layers may have one.

    Example:
        >>> named(["gradient, occlusion", "grad-cam"])
        ['gradient', 'occlusion', 'grad-cam']
    """
    from convscope.networks.units import parted

    names = [name for text in texts for name in parted(text)]
    return list(dict.fromkeys(name for name in names if name))


def once(settings: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Settings that have options of their own, and those that were said by --set."""
    for name in settings:
        if name in more:
            raise InputError(f"Expected {name} once. Received: --{name} and --set {name}.")
    return {**settings, **more}
