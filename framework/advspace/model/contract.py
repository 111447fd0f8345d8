"""The model contract: pixels in the box to logits."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from advspace.checks import above, at_least
from advspace.dataset.preparation import Preparation
from advspace.errors import AdvspaceError, cause
from advspace.memory import is_out_of_memory
from advspace.shapes import Images, Logits, Shape


@dataclass(frozen=True, kw_only=True)
class Model(ABC):
    """A classifier: how it is built, and how it is trained if it has no weights.

    Args:
        weights: File of weights (safetensors, or a checkpoint of `torch.save` that holds tensors only).
        epochs: Passes over the training images.
        learning_rate: Highest step size of the one-cycle schedule (AdamW).
        weight_decay: Decoupled weight decay.
        train_batch_size: Images per training step.
        seed: Seed of the initial weights and of the order of the training images.  It is not the run's seed, so runs
            with different seeds share one set of weights.
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

        The network includes its preprocessing.

        Raises:
            AdvspaceError: the network cannot take images of that shape.
        """

    @property
    def trained(self) -> bool:
        """Whether `network` has its weights already and needs no training."""
        return False

    @property
    def preparation(self) -> Preparation | None:
        """How pictures of any size are resized and cropped for the network; None to leave them as they are."""
        return None

    @property
    def settings(self) -> dict[str, Any]:
        """Every setting that the weights depend on: the fields and all other attributes."""
        return {key: value for key, value in (asdict(self) | vars(self)).items() if key != "weights"}


def freeze(network: nn.Module) -> nn.Module:
    """Put `network` into evaluation mode, disable the gradients of its parameters, and return it."""
    return network.eval().requires_grad_(requires_grad=False)


def checked_logits(network: nn.Module, image: Images, classes: int) -> Logits:
    """Run `network` without gradients and check that it gives one finite logit per class.

    Raises:
        AdvspaceError: the network cannot take the images, or the logits have a wrong shape or are not finite.
    """
    logits = logits_of(network, image)
    if logits.shape != (len(image), classes):
        raise AdvspaceError(
            f"the model must give logits [{len(image)}, {classes}], got {list(logits.shape)}; "
            f"choose a model of the dataset's {classes} classes, or another dataset"
        )
    if not torch.isfinite(logits).all():
        raise AdvspaceError("the model gives logits that are NaN or infinite; check its weights and its preprocessing")
    return logits


def logits_of(
    network: nn.Module, image: Images, name: str = "the model", way: str = "choose a dataset that fits it"
) -> Logits:
    """Run `network` without gradients and check the form of its answer.

    Args:
        network: Pixels to logits.
        image: Images.
        name: What messages call the network.
        way: What to do if it cannot take the images.

    Raises:
        AdvspaceError: the network cannot take the images, or its answer is no tensor of floats [image, class].
    """
    try:
        with torch.no_grad():
            logits: Any = network(image)
    except Exception as error:
        if isinstance(error, AdvspaceError) or is_out_of_memory(error):
            raise
        raise AdvspaceError(
            f"{name} cannot take images of shape {list(image.shape[1:])} ({cause(error)}); {way}"
        ) from error
    wanted = f"{name} must give logits [image, class] of two classes or more"
    if not isinstance(logits, torch.Tensor):
        raise AdvspaceError(f"{wanted}, got {type(logits).__name__}; let it give this tensor alone")
    if logits.dim() != 2 or len(logits) != len(image) or logits.shape[1] < 2:
        raise AdvspaceError(f"{wanted}, got {list(logits.shape)} for {len(image)} images")
    if not logits.is_floating_point():
        raise AdvspaceError(f"{wanted} as floats, got {str(logits.dtype).removeprefix('torch.')}")
    return logits
