"""The table of loggers that are known by name; to add one, write a class and a row."""

from collections.abc import Callable

from convscope.training_films.loggers import Logger, mlflow, trackio, wandb

# By name: what opens it, its module, and the extra that brings the module.
LOGGERS: dict[str, tuple[Callable[[], Logger], tuple[str, str]]] = {
    "wandb": (wandb.WandbLogger, wandb.NEEDS),
    "mlflow": (mlflow.MlflowLogger, mlflow.NEEDS),
    "trackio": (trackio.TrackioLogger, trackio.NEEDS),
}
