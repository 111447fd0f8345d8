"""A logger of Lightning whose errors stop no training."""

from collections.abc import Callable
from typing import Any

from pytorch_lightning.loggers import Logger

from advspace.errors import one_line


class Isolated(Logger):
    """Gives everything to a logger until its first error, and then nothing more.

    It does not end the logger after a training, because the results of the run come later.

    Args:
        logger: The logger.
        tell: Called with the first error, in one line.
    """

    def __init__(self, logger: Logger, tell: Callable[[str], None]) -> None:
        super().__init__()
        self.logger = logger
        self.tell = tell
        self.failed = False

    @property
    def name(self) -> str | None:
        """No name: Lightning makes folders of it, which a run does not need."""
        return None

    @property
    def version(self) -> int | str | None:
        """No version, for the same reason."""
        return None

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        """Log numbers of a training.

        Args:
            metrics: Numbers by name.
            step: The step.
        """
        self.attempt(lambda: self.logger.log_metrics(metrics, step))

    def log_hyperparams(self, *args: Any, **kwargs: Any) -> None:
        """Log nothing: a tracker gets all settings of the run when it begins."""

    def save(self) -> None:
        """Write what is logged."""
        self.attempt(self.logger.save)

    def attempt(self, call: Callable[[], object]) -> None:
        """Call a function of the tracker; tell its first error.

        Args:
            call: The function.
        """
        if self.failed:
            return
        try:
            call()
        except Exception as error:  # another package may raise any
            self.failed = True
            self.tell(one_line(error))
