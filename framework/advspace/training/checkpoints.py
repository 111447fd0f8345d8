"""Checkpoints, from which a stopped training is resumed."""

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytorch_lightning as pl
import torch

LAST = "last.ckpt"


class RandomState(pl.callbacks.Callback):
    """Stores the random state in every checkpoint, so that a resumed training continues with the same numbers.

    Args:
        order: Generator of the order of the training images.
    """

    def __init__(self, order: torch.Generator) -> None:
        super().__init__()
        self._order = order

    def state_dict(self) -> dict[str, Any]:
        """The states of `order` and of torch's global generator, which dropout uses."""
        return {"order": self._order.get_state(), "torch": torch.get_rng_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore these states."""
        self._order.set_state(state["order"])
        torch.set_rng_state(state["torch"])


def checkpoints(folder: Path, *, resumable: bool) -> pl.callbacks.ModelCheckpoint:
    """A callback that keeps the epoch with the lowest validation loss, and for resuming also the last one.

    Args:
        folder: Folder of this training alone.
        resumable: Whether the training can be resumed; the optimiser's state is then stored too.
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
    """Path of the last checkpoint in `folder`; None if there is none."""
    path = folder / LAST
    return str(path) if path.is_file() else None


def damaged_checkpoint(folder: Path) -> Path | None:
    """The first checkpoint in `folder` that is damaged, renamed, or refers to one that is gone; None if all are whole.

    torch leaves out the checksums of its own files when it reads them.
    """
    return next((path for path in sorted(folder.glob("*.ckpt")) if not _whole(path)), None)


def _whole(path: Path) -> bool:
    try:
        with ZipFile(path) as file:
            if file.testzip() is not None:
                return False
        stored = torch.load(path, map_location="cpu", weights_only=True)
        kept = [Path(state["best_model_path"]) for state in stored["callbacks"].values() if "best_model_path" in state]
        named = re.fullmatch(r"epoch=(\d+)-step=(\d+)", path.stem)
        own = named is None or (int(named[1]), int(named[2])) == (stored["epoch"], stored["global_step"])
        return own and all((path.parent / best.name).is_file() for best in kept)
    except Exception:  # readers raise anything on damaged files
        return False
