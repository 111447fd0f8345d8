"""A network that cannot change the memory of its caller.

Some networks normalise their input in place, and some keep one tensor for all their answers.  Each of these would
change images or logits that the attack or the probe still needs.
"""

import torch
from torch import nn

from advspace.model.contract import logits_of
from advspace.shapes import Images, Logits

LOW_PRECISION = (torch.float16, torch.bfloat16)


class Guarded(nn.Module):
    """Gives a network copies of the images, and gives copies of its logits, in single precision at least.

    Args:
        network: Pixels to logits.
        copies: Whether the network must get copies of the images.
    """

    def __init__(self, network: nn.Module, *, copies: bool) -> None:
        super().__init__()
        self.network = network
        self.copies = copies

    def forward(self, image: Images) -> Logits:
        """The network's logits."""
        logits: torch.Tensor = self.network(image.clone() if self.copies else image)
        return logits.float() if logits.dtype in LOW_PRECISION else logits.clone()


def guarded(network: nn.Module, image: Images) -> nn.Module:
    """The network itself, or a `Guarded` one if it writes into its input, reuses its answer, or answers in half.

    The network is asked twice, without gradients.

    Args:
        network: Frozen network.
        image: At least one image; it stays as it is.

    Raises:
        AdvspaceError: the network cannot take the images, or gives no logits.
    """
    given = image.clone()
    version = given._version
    logits = logits_of(network, given)
    kept = logits.clone()
    copies = given._version != version or not torch.equal(given, image)
    logits_of(network, 1 - image)
    reused = not torch.allclose(logits, kept, rtol=0, atol=0, equal_nan=True)
    return Guarded(network, copies=copies) if copies or reused or logits.dtype in LOW_PRECISION else network
