"""The recorder of a training film: the same units at each moment, from the same noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from convscope import images
from convscope.brief import Brief
from convscope.maximization.maximize import Size, check, maximized, settled, sized, tuned
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import RECIPES
from convscope.maximization.task import Task
from convscope.networks.network import Network
from convscope.networks.program_cache import ProgramCache
from convscope.networks.provenance import source
from convscope.objectives.parser import What
from convscope.progress import Progress
from convscope.training_films import convergence
from convscope.training_films.convergence import Convergence, Seen
from convscope.training_films.curve import Curve
from convscope.training_films.result import Learning, Moment
from convscope.training_films.samples import Natural, Samples, samples
from convscope.training_films.units import filmed_units


@dataclass(frozen=True, eq=False)
class Snapshot(Brief):
    """A moment, and the responses of its layers."""

    moment: Moment
    seen: Seen


@dataclass(frozen=True, eq=False)
class FilmRecorder(Brief):
    """The units of a network that are filmed. The weights may change between two shots.

    Compiled programs read the weights at every call, so they are made once and used at all moments.
    Everything else that depends on weights, such as the digest, is computed anew at each.
    """

    network: Network
    subjects: tuple[Task, ...]
    size: Size
    recipe: Recipe
    samples: Samples

    @classmethod
    def on(
        cls,
        network: Network,
        units: Sequence[What],
        *,
        size: Size = None,
        recipe: Recipe = RECIPES["training"],
        natural: Natural = None,
        settings: Mapping[str, Any] | None = None,
    ) -> "FilmRecorder":
        """Return a recorder, or refuse what cannot be filmed."""
        tuned_recipe = settled(network, tuned(recipe, dict(settings or {})))
        subjects = filmed_units(network, units, tuned_recipe.seed)
        goals = [subject.objective for subject in subjects]
        for goal in goals:
            check(network, [goal], sized(network, size, goal))
        # Every size of a layer, and all of them again at the next moment.
        room = ProgramCache(2 + 2 * len(subjects))
        watched = replace(network, natural=None, programs=room)
        found = samples(network, natural, tuned_recipe.seed)
        return cls(watched, subjects, size, tuned_recipe, found)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of the units, early to late."""
        named = {layer for subject in self.subjects for layer in subject.objective.layers}
        return tuple(layer for layer in self.network.layers if layer in named)

    def digest(self) -> str:
        """Return the digest of the current weights."""
        return replace(self.network).digest

    def take(self, at: int, label: str, progress: Progress | None = None, **more: Any) -> Snapshot:
        """Return the pictures of all units with the current weights.

        Args:
            at: when, in batches, steps or epochs.
            label: the same in words.
            progress: called on the way.
            **more: further fields of ``Moment``.
        """
        # A network of its own: what it remembers is of these weights.
        now = replace(self.network)
        seen = convergence.responses(now, self.layers, self.samples.pictures)
        made = list(
            maximized(now, self.subjects, size=self.size, recipe=self.recipe, progress=progress)
        )
        moment = Moment(
            at=at,
            label=label,
            pictures=tuple(images.to_bytes(result.shown()) for result in made),
            responses=tuple(result.response for result in made),
            digest=now.digest,
            **more,
        )
        return Snapshot(moment, seen)

    def learning(self, shots: Sequence[Snapshot], counts: str, curve: Curve | None) -> Learning:
        """Return the film of some shots, in their order."""
        last = replace(self.network)
        height, width, _ = shots[-1].moment.pictures[0].shape
        return Learning(
            objectives=tuple(subject.objective for subject in self.subjects),
            labels=tuple(subject.objective.describe(last) for subject in self.subjects),
            moments=tuple(shot.moment for shot in shots),
            counts=counts,
            curve=curve,
            settling=Convergence.of([shot.seen for shot in shots], self.samples.description),
            recipe=self.recipe,
            size="fit" if self.size == "fit" else f"{height}x{width}",
            source={**source(last), "digest": shots[-1].moment.digest},
        )
