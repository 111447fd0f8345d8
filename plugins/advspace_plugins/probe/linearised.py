"""The network linearised at a center: what its gradients alone say about the shares."""

import torch
from torch import nn

from advspace.probe.contract import Row
from advspace.shapes import Image


def linearised(model: nn.Module, center: str, around: Image, kept: int, most: int) -> Row | None:
    """Margins of a class over its strongest rivals at a center, and the products of their gradients.

    With noise sigma z, z ~ N(0, I), the margins of the linearised network are normal: mean `margins`, covariance
    sigma^2 `gram`.  The class is kept where all of them are positive.

    Args:
        model: Frozen network, pixels to logits.
        center: Name of the center.
        around: Its image.
        kept: The class that counts as kept.
        most: Most rivals.

    Returns:
        A row of the table `linearised`: `margins` of each rival, and `gram` row by row; None if the network has no
        gradient.

    Source: Han et al. 2024, arXiv:2307.13885.
    """
    with torch.enable_grad():
        try:
            rivals = _rivals(model(around[None])[0].detach(), kept, most)
            wanted = [kept, *rivals]
            points = around.detach().expand(len(wanted), *around.shape).clone().requires_grad_()
            values = model(points)[torch.arange(len(wanted)), wanted]
            (gradients,) = torch.autograd.grad(values.sum(), points)
        except RuntimeError:
            return None
    slopes = gradients.flatten(1).double()
    apart = slopes[:1] - slopes[1:]
    margins = (values[0] - values[1:]).detach().double()
    return {"center": center, "kept": kept, "margins": margins.tolist(), "gram": (apart @ apart.T).flatten().tolist()}


def _rivals(logits: torch.Tensor, kept: int, most: int) -> list[int]:
    """The classes with the largest logits, but for `kept`."""
    order: list[int] = logits.argsort(descending=True).tolist()
    return [index for index in order if index != kept][:most]
