"""Networks that are affine: their logits along a ray follow from those at two points."""

from collections.abc import Sequence

import torch
from torch import nn

from advspace.shapes import Draws, Images, Logits


class AffineNetwork:
    """A network that is one linear layer: logits of center + factor x direction, without the points.

    Args:
        layer: The linear layer, on flat images.
    """

    def __init__(self, layer: nn.Linear) -> None:
        self._layer = layer

    @classmethod
    def of(cls, network: nn.Module) -> "AffineNetwork | None":
        """The affine form of a network; None if it is not a plain linear layer that computes in single precision."""
        parts = list(network) if isinstance(network, nn.Sequential) else [network]
        *before, last = parts or [network]
        plain = all(type(part) is nn.Identity or _is_flatten(part) for part in before) and any(map(_is_flatten, before))
        if not (plain and type(last) is nn.Linear) or torch.is_autocast_enabled(last.weight.device.type):
            return None
        return None if any(map(_is_watched, (network, *parts))) else cls(last)

    def along(self, centers: Images, directions: Draws, factors: Sequence[float]) -> torch.Tensor:
        """Logits of center + factor x direction, of shape (centers, directions, classes).

        Args:
            centers: Images.
            directions: Images.
            factors: Factor of the directions, for each center.
        """
        with torch.no_grad():
            at: Logits = self._layer(centers.flatten(1))
            slopes: Logits = nn.functional.linear(directions.flatten(1), self._layer.weight)
            steps = torch.tensor(factors, dtype=at.dtype, device=at.device)[:, None, None]
            return torch.addcmul(at[:, None], steps, slopes)


def _is_flatten(module: nn.Module) -> bool:
    return type(module) is nn.Flatten and (module.start_dim, module.end_dim) == (1, -1)


def _is_watched(module: nn.Module) -> bool:
    """Whether somebody has hooks on the module, or weights that are computed in each pass."""
    return bool(module._forward_hooks or module._forward_pre_hooks or getattr(module, "parametrizations", None))
