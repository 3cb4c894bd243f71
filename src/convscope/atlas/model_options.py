"""``ModelOptions``: what commands about a model, which they take as an argument, know of it."""

from dataclasses import dataclass, replace
from pathlib import Path

from convscope.terminal import options


@dataclass(frozen=True)
class ModelOptions(options.ModelOptions):
    """What is known of the model."""

    preprocessing: options.ModelPreprocessing = None

    def of(self, model: str) -> options.NetworkOptions:
        """Return the options of a network with this model."""
        return options.NetworkOptions(model, **vars(self))

    def anywhere(self, model: str) -> options.NetworkOptions:
        """Return the same with whole paths, for processes that begin in another folder."""
        labels = self.labels and self.labels.absolute()
        return replace(
            self.of(_path(model)), weights=self.weights and _path(self.weights), labels=labels
        )


def _path(name: str) -> str:
    """Return the whole path of a file; another name is returned as it is."""
    return str(Path(name).absolute()) if Path(name).exists() else name
