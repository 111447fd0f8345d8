"""A logger of Lightning for Trackio, which has none of its own."""

from typing import Any

from pytorch_lightning.loggers import Logger


class TrackioLogger(Logger):
    """Gives the metrics of a training to a run of Trackio.

    Args:
        run: The run of Trackio.
    """

    def __init__(self, run: Any) -> None:
        super().__init__()
        self.experiment = run

    @property
    def name(self) -> str:
        """The project."""
        return str(self.experiment.project)

    @property
    def version(self) -> str:
        """The name of the run."""
        return str(self.experiment.name)

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        """Log numbers.

        Args:
            metrics: Numbers by name.
            step: The step.
        """
        self.experiment.log(dict(metrics), step=step)

    def log_hyperparams(self, *args: Any, **kwargs: Any) -> None:
        """Log nothing: the run has all settings from its begin."""
