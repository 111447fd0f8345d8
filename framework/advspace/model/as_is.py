"""A function, or a module that cannot be copied, as a network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from advspace.shapes import Images


class AsIs(nn.Module):
    """Calls a function or a module of the user's, which stays where it is.

    It has no weights for torch: moving it, freezing it or copying it changes nothing.  Images are brought to the device
    and number type given, and logits back.

    Args:
        given: Pixels to logits.
        device: Device of the images that it takes.
        dtype: Their number type.
    """

    def __init__(self, given: Callable[[Tensor], Any], device: torch.device, dtype: torch.dtype) -> None:
        super().__init__()
        self.given = (given,)  # in a tuple, where torch looks for no module
        self.device = device
        self.dtype = dtype

    def forward(self, image: Images) -> Any:
        """The logits, on the device of the images."""
        (given,) = self.given
        with _evaluating(given):
            logits = given(image.to(self.device, self.dtype))
        return logits.to(image.device) if isinstance(logits, Tensor) else logits

    def __deepcopy__(self, memo: dict[int, Any]) -> "AsIs":
        return self


@contextmanager
def _evaluating(given: Any) -> Iterator[None]:
    """Put a module into evaluation mode within the block, and back; a function stays as it is."""
    modules = list(given.modules()) if isinstance(given, nn.Module) else []
    training = [module for module in modules if getattr(module, "training", False)]  # frozen scripts have no mode
    try:
        for module in training:
            module.training = False
        yield
    finally:
        for module in training:
            module.training = True
