"""How many images a network computes for an attack, beyond those that the attack counts itself.

An attack counts its gradients (`Adversarial.evaluations`), and its passes without gradients (`Adversarial.forwards`) if
it can.  All other rows that the network was given are padding: finished images and copies that fill a batch, and images
that only measure the network.  Padding belongs to no image, so each image gets the mean of its batch.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from advspace.attack.contract import A, Adversarial
from advspace.shapes import Images, Labels

Make = Callable[[Images, Labels, Labels], Adversarial]


@dataclass
class Rows:
    """Number of images that a network has computed."""

    count: int = 0


@contextmanager
def counted_rows(network: nn.Module) -> Iterator[Rows]:
    """Count the images that a network and its copies compute within the block, with gradients or without.

    Args:
        network: Pixels to logits.
    """
    rows = Rows()

    def add(module: object, inputs: object, logits: object) -> None:  # no method: copies of the network share it
        del module, inputs
        rows.count += len(logits) if isinstance(logits, Tensor) else 0

    hook = network.register_forward_hook(add)
    try:
        yield rows
    finally:
        hook.remove()


def counting(make: Make, network: nn.Module) -> Make:
    """The same attack, whose results have all passes of the network.

    Args:
        make: Attacks images with their labels and targets.
        network: The network attacked.
    """

    def made(image: Images, label: Labels, target: Labels) -> Adversarial:
        with counted_rows(network) as rows:
            result = make(image, label, target)
        none = torch.zeros_like(result.evaluations, dtype=torch.float32)
        if result.forwards is None:  # the attack cannot tell: all that is no gradient, as the batch's mean
            return replace(result, forwards=_mean(rows.count, result.evaluations), padding=none)
        return replace(result, padding=_mean(rows.count, result.evaluations + result.forwards))

    return made


def padded_by(result: A, before: Adversarial, rows: int) -> A:
    """The result of a later stage, with the rows that it neither counted as gradients nor as forward passes.

    Args:
        result: The result of the stage.
        before: The result before it.
        rows: Images that the network computed in the stage.
    """
    if result.forwards is None or before.forwards is None or result.padding is None:
        return result
    spent = result.evaluations - before.evaluations + result.forwards - before.forwards
    return replace(result, padding=result.padding + _mean(rows, spent))


def _mean(rows: int, spent: Tensor) -> Tensor:
    """The mean of the rows that are not spent."""
    left = max(0.0, rows - spent.double().sum().item())
    return torch.full_like(spent, left / max(1, len(spent)), dtype=torch.float32)
