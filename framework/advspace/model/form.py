"""The form of a network and of its logits, clause by clause."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from advspace.clauses import Clause


def network_form(network: Any) -> Iterator[Clause]:
    """Clauses for what a model builds."""
    yield "build a torch.nn.Module", isinstance(network, nn.Module), type(network).__name__


def has_logits_form(logits: Any, rows: int, classes: int) -> bool:
    """Whether `logits_form` holds; its words take as long as a pass of a small network."""
    return isinstance(logits, torch.Tensor) and logits.shape == (rows, classes) and logits.is_floating_point()


def logits_form(logits: Any, rows: int, classes: int) -> Iterator[Clause]:
    """Clauses for the logits of a batch, without their values.

    Args:
        logits: What the network returned.
        rows: Number of images.
        classes: Number of classes.
    """
    yield "give logits as a tensor", isinstance(logits, torch.Tensor), type(logits).__name__
    result = f"{list(logits.shape)}; choose a model of the dataset's {classes} classes, or another dataset"
    yield f"give logits [{rows}, {classes}]", logits.shape == (rows, classes), result
    yield "give logits as floating-point numbers", logits.is_floating_point(), logits.dtype
