"""Trainings that were stopped and go on."""

from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch

LAST = "last.ckpt"


class RandomState(pl.callbacks.Callback):
    """Keeps in every checkpoint where the random numbers are, so that a training that goes on draws the next ones.

    Args:
        order: Draws the order of the training images.
    """

    def __init__(self, order: torch.Generator) -> None:
        super().__init__()
        self._order = order

    def state_dict(self) -> dict[str, Any]:
        """The states of `order` and of torch's own generator, which dropout draws from."""
        return {"order": self._order.get_state(), "torch": torch.get_rng_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to those states."""
        self._order.set_state(state["order"])
        torch.set_rng_state(state["torch"])


def checkpoints(folder: Path, *, resumable: bool) -> pl.callbacks.ModelCheckpoint:
    """Keep the epoch with the lowest validation loss and, where the training can go on, all of the last one.

    Args:
        folder: Where; of this training alone.
        resumable: Keep the optimiser too.
    """
    return pl.callbacks.ModelCheckpoint(
        folder,
        monitor="validation_loss",
        mode="min",
        save_last=resumable,
        save_weights_only=not resumable,
        enable_version_counter=False,
    )


def last_checkpoint(folder: Path) -> str | None:
    """What a stopped training in `folder` left."""
    path = folder / LAST
    return str(path) if path.is_file() else None
