"""A model that counts its gradients, for attacks that do not count them."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from advspace.forward.few_rows import filled
from advspace.shapes import Images, Logits


@dataclass
class Meter:
    """Number of rows whose gradient was computed."""

    rows: int = 0


class GradientCounter(nn.Module):
    """The model; counts the rows of each backward pass, and pads small batches.

    Args:
        model: Frozen network.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.meter = Meter()
        self.eval()

    def forward(self, point: Images) -> Logits:
        """The model's logits; those of an image are the same in any batch."""
        metered: Tensor = _Metered.apply(point, self.meter)
        logits: Logits = self.model(filled(self.model, metered))[: len(point)]
        return logits


class _Metered(torch.autograd.Function):
    """The identity; counts rows in the backward pass."""

    @staticmethod
    def forward(ctx: Any, point: Tensor, meter: Meter) -> Tensor:
        ctx.meter = meter
        return point.view_as(point)

    @staticmethod
    def backward(ctx: Any, *slope: Tensor) -> tuple[Tensor, None]:
        ctx.meter.rows += len(slope[0])
        return slope[0], None
