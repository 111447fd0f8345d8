"""The model contract: pixels in the box to logits."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from advspace.checks import above, at_least
from advspace.dataset.preparation import Preparation
from advspace.errors import AdvspaceError
from advspace.shapes import Images, Logits, Shape


@dataclass(frozen=True, kw_only=True)
class Model(ABC):
    """A classifier: how it is built, and how it is trained where it comes without weights.

    Args:
        weights: File with the weights to use (.safetensors, or a .pt/.pth/.ckpt that holds tensors only).
        epochs: Passes over the training images.
        learning_rate: Highest step size of the one-cycle schedule (AdamW).
        weight_decay: Decoupled weight decay.
        train_batch_size: Images per training step.
        seed: Of the initial weights and the order of the training images; not the run's seed, so that runs with other
            seeds share one set of weights.
    """

    weights: str | None = None
    epochs: int = 20
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    train_batch_size: int = 128
    seed: int = 0

    def __post_init__(self) -> None:
        at_least("epochs", self.epochs, 1)
        above("learning_rate", self.learning_rate, 0)
        at_least("weight_decay", self.weight_decay, 0)
        at_least("train_batch_size", self.train_batch_size, 1)

    @abstractmethod
    def network(self, shape: Shape, classes: int) -> nn.Module:
        """Build the network: pixels `[batch, channel, height, width]` in the box to logits `[batch, classes]`.

        Its preprocessing is part of it.

        Raises:
            AdvspaceError: images of that shape do not fit the network.
        """

    @property
    def trained(self) -> bool:
        """Whether `network` comes with its weights, so that nothing is to be trained."""
        return False

    @property
    def preparation(self) -> Preparation | None:
        """How pictures of any size are to be resized and cropped for the network; None where it takes what it gets."""
        return None

    @property
    def settings(self) -> dict[str, Any]:
        """Every setting that shapes the weights; the fields and whatever else the constructor kept."""
        return {key: value for key, value in (asdict(self) | vars(self)).items() if key != "weights"}


def freeze(network: nn.Module) -> nn.Module:
    """Put `network` into evaluation mode and switch the gradients of its parameters off; returns it."""
    return network.eval().requires_grad_(requires_grad=False)


def checked_logits(network: nn.Module, image: Images, classes: int) -> Logits:
    """Run `network` without gradients and refuse an answer that is not one finite logit per class.

    Raises:
        AdvspaceError: the images do not fit the network, or the logits have a wrong shape or are not finite.
    """
    try:
        with torch.no_grad():
            logits: torch.Tensor = network(image)
    except RuntimeError as error:
        raise AdvspaceError(
            f"the model cannot take images of shape {list(image.shape[1:])} ({error}); choose a dataset that fits it"
        ) from error
    if logits.shape != (len(image), classes):
        raise AdvspaceError(
            f"the model must give logits [{len(image)}, {classes}], got {list(logits.shape)}; "
            f"choose a model of the dataset's {classes} classes, or another dataset"
        )
    if not torch.isfinite(logits).all():
        raise AdvspaceError("the model gives logits that are NaN or infinite; check its weights and its preprocessing")
    return logits
