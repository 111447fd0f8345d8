"""A model that counts the gradients asked of it, for attacks that do not count themselves."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from advspace.forward.padding import padded
from advspace.shapes import Images, Logits


@dataclass
class Meter:
    """How many rows gradients were taken of."""

    rows: int = 0


class GradientCounter(nn.Module):
    """The model, counting each backward pass by its rows, and never asked about few rows at once.

    Args:
        model: Frozen network.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.meter = Meter()
        self.eval()

    def forward(self, point: Images) -> Logits:
        """The model's answer, an image's the same in any batch."""
        metered: Tensor = _Metered.apply(point, self.meter)
        logits: Logits = self.model(padded(metered))[: len(point)]
        return logits


class _Metered(torch.autograd.Function):
    """The identity; counts where gradients come back."""

    @staticmethod
    def forward(ctx: Any, point: Tensor, meter: Meter) -> Tensor:
        ctx.meter = meter
        return point.view_as(point)

    @staticmethod
    def backward(ctx: Any, *slope: Tensor) -> tuple[Tensor, None]:
        ctx.meter.rows += len(slope[0])
        return slope[0], None
