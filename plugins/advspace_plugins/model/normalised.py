"""A network with its normalisation in front."""

from typing import Any

import torch
from torch import nn

from advspace.shapes import Images, Logits

INNER = "network."


class Normalised(nn.Module):
    """Subtract a mean and divide by a standard deviation per channel, then run a network.

    Its weights keep the network's own names.  So it loads files of timm and torchvision, and they load its files.  Mean
    and standard deviation are settings, not weights; files do not hold them.

    Args:
        network: Normalised pixels to logits.
        mean: One per channel, of pixels in [0, 1].
        std: One per channel, of pixels in [0, 1].
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, network: nn.Module, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(mean).reshape(-1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).reshape(-1, 1, 1), persistent=False)
        self.register_state_dict_post_hook(_with_own_names)  # type: ignore[no-untyped-call]
        self.register_load_state_dict_pre_hook(_from_own_names)  # type: ignore[no-untyped-call]

    def forward(self, image: Images) -> Logits:
        """Logits of `image`, pixels in the box."""
        logits: torch.Tensor = self.network((image - self.mean) / self.std)
        return logits


def _with_own_names(module: nn.Module, state: dict[str, Any], prefix: str, metadata: Any) -> None:
    del module, metadata
    _rename(state, prefix + INNER, prefix)


def _from_own_names(module: nn.Module, state: dict[str, Any], prefix: str, *details: Any) -> None:
    del module, details
    _rename(state, prefix, prefix + INNER)


def _rename(state: dict[str, Any], old: str, new: str) -> None:
    for name in [name for name in state if name.startswith(old)]:
        state[new + name.removeprefix(old)] = state.pop(name)
