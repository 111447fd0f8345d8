"""The progress bar of a training."""

from typing import Any

import pytorch_lightning as pl
from rich.progress import Progress

from advspace.progress.bars import new_bars


class TrainingBar(pl.callbacks.ProgressBar):
    """One line for a whole training: steps, steps per second, time left, validation error."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: Progress | None = None  # made when shown: it cannot be sent to another process

    def disable(self) -> None:
        """Do nothing: Lightning calls this in all processes but the first, and only the first shows the bar."""

    def on_fit_start(self, trainer: Any, module: Any) -> None:
        """Show the bar on the first process."""
        del module
        if trainer.is_global_zero:
            self._bars = new_bars()
            self._bars.start()
            steps = int(trainer.estimated_stepping_batches)
            self._bars.add_task("train", total=steps, unit="steps", done=0, note="")

    def on_train_batch_end(self, trainer: Any, *arguments: Any) -> None:
        """Update the bar."""
        del arguments
        if self._bars is None:
            return
        error = trainer.callback_metrics.get("validation_error")
        note = "" if error is None else f"validation error {error:.2%}"
        for task in self._bars.tasks:
            self._bars.update(task.id, completed=trainer.global_step, done=trainer.global_step, note=note)

    def teardown(self, trainer: Any, module: Any, stage: str) -> None:
        """Stop the bar."""
        del trainer, module, stage
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
