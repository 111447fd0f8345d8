"""Train a network with Lightning."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader

from advspace.dataset.contract import Batch, Dataset, Split, Subset, as_it_is
from advspace.errors import AdvspaceError
from advspace.lightning import new_trainer, quiet_lightning
from advspace.model.contract import Model
from advspace.model.standardise import Standardise
from advspace.progress.training_bar import TrainingBar
from advspace.seed import generator_of
from advspace.shapes import Shape
from advspace.training.checkpoints import RandomState, checkpoints, last_checkpoint
from advspace.training.hear_signals import signal_callbacks

VALIDATION_SHARE = 0.1
MEASURED = 10_000
"""Number of images from which mean and deviation are computed; fewer if the images are large."""
MEASURED_VALUES = 40_000_000


@dataclass(frozen=True)
class Tested:
    """The test error of a network.

    Args:
        test_error: Share of misclassified test images.
        test_images: Number of test images.
    """

    test_error: float
    test_images: int

    def __str__(self) -> str:
        wrong = round(self.test_error * self.test_images)
        return f"test error {self.test_error:.2%} ({wrong:,} of {self.test_images:,})"


@dataclass(frozen=True)
class Report(Tested):
    """Errors of a trained network.

    Args:
        validation_error: Share of misclassified held-out training images, at the epoch that was kept.
        epoch: The epoch that was kept, from 0.
    """

    validation_error: float
    epoch: int

    def __str__(self) -> str:
        return f"{super().__str__()}, epoch {self.epoch} kept"


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Args:
        network: The network.
        report: Its errors.
        says: Metadata of its weight file, about the training.
    """

    network: nn.Module
    report: Report
    says: dict[str, Any]


class Classifier(pl.LightningModule):
    """A network under training: cross-entropy, AdamW, one-cycle schedule."""

    def __init__(self, network: nn.Module, model: Model) -> None:
        super().__init__()
        self.network = network
        self.model = model

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Logits of `image`."""
        logits: torch.Tensor = self.network(image)
        return logits

    def training_step(self, batch: Batch, index: int) -> torch.Tensor:
        """Loss of a batch."""
        del index
        loss = functional.cross_entropy(self(batch.image), batch.label)
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: Batch, index: int) -> None:
        """Loss and error on held-out images."""
        del index
        self._measure("validation", batch)

    def test_step(self, batch: Batch, index: int) -> None:
        """Loss and error on the test images."""
        del index
        self._measure("test", batch)

    def configure_optimizers(self) -> Any:
        """AdamW with one cycle of the learning rate over all steps."""
        optimizer = torch.optim.AdamW(self.parameters(), self.model.learning_rate, weight_decay=self.model.weight_decay)
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.model.learning_rate, total_steps=steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _measure(self, stage: str, batch: Batch) -> None:
        if not batch.ids:  # no image of it can be read
            return
        logits = self(batch.image)
        wrong = (logits.argmax(1) != batch.label).float().mean()
        size = len(batch.label)
        self.log(f"{stage}_loss", functional.cross_entropy(logits, batch.label), batch_size=size, sync_dist=True)
        self.log(f"{stage}_error", wrong, prog_bar=True, batch_size=size, sync_dist=True)


def train(
    model: Model,
    dataset: Dataset,
    trainer: dict[str, Any],
    loggers: Sequence[pl.loggers.Logger],
    folder: Path | None = None,
) -> Trained:
    """Train `model` on `dataset`, keep the epoch with the lowest validation loss, and test it.

    With n processes the errors count up to n - 1 images twice, because all processes get the same number of images.

    Args:
        model: The model and its training settings.
        dataset: Source of the images; a tenth of its training split is held out.
        trainer: Arguments of Lightning's Trainer.
        loggers: Loggers of the losses.
        folder: Folder of checkpoints, from which a stopped training is resumed; None for no resuming.

    Raises:
        AdvspaceError: the images do not fit the model, or the training diverged.
    """
    with torch.random.fork_rng():
        torch.manual_seed(model.seed)
        network = model.network(dataset.shape, len(dataset.classes))
        with TemporaryDirectory() if folder is None else nullcontext(folder) as path:
            keep = checkpoints(Path(path), resumable=folder is not None)
            report = _fit(Classifier(network, model), dataset, keep, trainer, loggers)
    says = {
        "model": type(model).__name__,
        "settings": model.settings,
        "dataset": repr(dataset),
        "report": asdict(report),
    }
    return Trained(network, report, says)


def _fit(
    classifier: Classifier,
    dataset: Dataset,
    keep: pl.callbacks.ModelCheckpoint,
    trainer: dict[str, Any],
    loggers: Sequence[pl.loggers.Logger],
) -> Report:
    model, network = classifier.model, classifier.network
    fitting, held_out = _hold_out(dataset.split("train"), model.seed)
    _measure_preprocessing(network, fitting, dataset.shape)
    loader = _loader(fitting, model, shuffle=True)
    with quiet_lightning():
        engine = new_trainer(
            trainer,
            logger=list(loggers) or False,
            max_epochs=model.epochs,
            callbacks=[keep, RandomState(loader.generator), TrainingBar(), *signal_callbacks()],
            log_every_n_steps=min(10, len(loader)),
            enable_model_summary=False,
        )
        engine.fit(classifier, loader, _loader(held_out, model), ckpt_path=last_checkpoint(Path(str(keep.dirpath))))
        best = torch.load(keep.best_model_path, map_location="cpu", weights_only=True) if keep.best_model_path else None
        if best is None or not all(torch.isfinite(p).all() for p in network.parameters()):
            raise AdvspaceError(f"the training diverged; lower model.learning_rate (now {model.learning_rate})")
        classifier.load_state_dict(best["state_dict"])
        tested = _tested(engine, classifier, dataset)
        return Report(
            **asdict(tested), validation_error=_validation_error(engine, classifier, held_out), epoch=best["epoch"]
        )


def measure_test_error(
    network: nn.Module, model: Model, dataset: Dataset, trainer: dict[str, Any], loggers: Sequence[pl.loggers.Logger]
) -> Tested:
    """Classify the test images with a network that has its weights.

    Args:
        network: The network.
        model: Its model, which gives the size of a batch.
        dataset: Source of the images.
        trainer: Arguments of Lightning's Trainer.
        loggers: Loggers of the error.
    """
    with quiet_lightning():
        logger = list(loggers) or False
        engine = new_trainer(trainer, logger=logger, callbacks=signal_callbacks(), enable_model_summary=False)
        return _tested(engine, Classifier(network, model), dataset)


def _tested(engine: pl.Trainer, classifier: Classifier, dataset: Dataset) -> Tested:
    test = dataset.split("test")
    (measured,) = engine.test(classifier, _loader(test, classifier.model), verbose=False)
    return Tested(measured["test_error"], len(test))


def _validation_error(engine: pl.Trainer, classifier: Classifier, held_out: Split) -> float:
    (measured,) = engine.validate(classifier, _loader(held_out, classifier.model), verbose=False)
    return float(measured["validation_error"])


def _hold_out(split: Split, seed: int) -> tuple[Split, Split]:
    order = torch.randperm(len(split), generator=generator_of(seed, "validation")).tolist()
    held = max(1, round(VALIDATION_SHARE * len(split)))
    return Subset(split, order[held:]), Subset(split, order[:held])


def _measure_preprocessing(network: nn.Module, split: Split, shape: Shape) -> None:
    layers = [layer for layer in network.modules() if isinstance(layer, Standardise)]
    if layers:
        count = min(len(split), MEASURED, 1 + MEASURED_VALUES // prod(shape))
        image = _not_empty(split.__getitems__(list(range(count)))).image
        for layer in layers:
            layer.measure(image)


def _loader(split: Split, model: Model, *, shuffle: bool = False) -> Any:
    alone = len(split) % model.train_batch_size == 1  # batch norm cannot train on a batch of one image
    return DataLoader(
        split,
        batch_size=model.train_batch_size,
        shuffle=shuffle,
        drop_last=shuffle and alone and len(split) > 1,
        generator=generator_of(model.seed, "order"),
        collate_fn=_not_empty if shuffle else as_it_is,
    )


def _not_empty(batch: Any) -> Any:
    if not batch.ids:
        raise AdvspaceError(
            "not one image of a training batch can be read; mend or remove those named in the warnings, "
            "or set a larger model.train_batch_size"
        )
    return batch
