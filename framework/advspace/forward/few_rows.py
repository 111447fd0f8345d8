"""Networks that compute fewer than four images at once with the bits of larger batches.

Of the layers that we looked at, only linear ones round otherwise in small batches: a product of fewer than four rows
has another kernel.  Convolutions, poolings and activations of one image have the bits of the same image among others.
So it is enough to fill up the rows of linear layers, which costs next to nothing; whole images need not be added.
Linear layers with few outputs also round by a row's address, so rows are filled up to a multiple of 16 bytes.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from advspace.forward.affine import AffineNetwork
from advspace.forward.padding import MIN_ROWS, padded
from advspace.shapes import Images

LEAST = "least_rows"
"""Attribute of a network that is ready for few rows: the smallest batch with the bits of larger ones; 0 before it is
measured."""


WIDTH = 4
"""Numbers in a row to which a linear layer is filled up: rows at addresses of no multiple of 16 bytes round otherwise,
and then the place in the batch shows."""


class FilledLinear(nn.Linear):
    """A linear layer that fills up few rows, and rows of an odd number of inputs, with zeros."""

    def fill(self) -> None:
        """Prepare weights for filled rows, if the number of inputs needs them."""
        extra = -self.in_features % WIDTH
        if extra:
            self.register_buffer("wide", functional.pad(self.weight.detach(), (0, extra)), persistent=False)

    def forward(self, rows: Tensor) -> Tensor:
        """The layer's answer; that of a row has the same bits in any batch, at any place."""
        count, weight = len(rows), self._buffers.get("wide")
        weight = self.weight if weight is None else weight
        missing = MIN_ROWS - count if rows.dim() == 2 and 0 < count < MIN_ROWS else 0
        extra = weight.shape[1] - rows.shape[-1]
        if missing:
            rows = functional.pad(rows, (0, extra, 0, missing))
        elif extra:
            rows = functional.pad(rows, (0, extra))
        return functional.linear(rows, weight, self.bias)[:count]


def ready_for_few(network: nn.Module, device: torch.device) -> None:
    """Let a network's linear layers fill up few rows and odd ones, on a CPU; the network is changed.

    A network of one linear layer stays as it is unless its rows are odd: there, whole images cost no more than rows.
    So does one on a GPU, where four images take the time of one.

    Args:
        network: A network of our own, frozen.
        device: Its device.
    """
    linear = [module for module in network.modules() if type(module) is nn.Linear]
    even = all(module.in_features % WIDTH == 0 for module in linear)
    if device.type != "cpu" or (even and AffineNetwork.of(network) is not None):
        return
    for module in linear:
        module.__class__ = FilledLinear  # in place, because others may hold the same layer
        if isinstance(module, FilledLinear):
            module.fill()
    setattr(network, LEAST, 0)


def filled(network: object, image: Images) -> Tensor:
    """The images, with the first repeated as often as the network needs it for the bits of larger batches.

    Args:
        network: Frozen network, pixels to logits.
        image: A batch of any size.
    """
    return image if len(image) >= MIN_ROWS else padded(image, least_rows(network, image))


def least_rows(network: object, image: Images) -> int:
    """The smallest batch in which an image's logits and gradient have the bits of larger batches.

    It is measured when it is first asked for, at random images: which kernels compute a layer depends on shapes only.

    Args:
        network: Frozen network, pixels to logits; four images at least if it is not `ready_for_few`.
        image: Any images that it takes.
    """
    least: int = getattr(network, LEAST, MIN_ROWS)
    if least == 0 and isinstance(network, nn.Module):
        least = _measured(network, image)
        setattr(network, LEAST, least)
    return least


def _measured(network: nn.Module, image: Images) -> int:
    images = torch.rand((MIN_ROWS, *image.shape[1:]), generator=torch.Generator().manual_seed(0)).to(image)
    try:
        whole = _bits(network, images)
        for rows in range(MIN_ROWS - 1, 0, -1):
            few = _bits(network, images[:rows])
            if not all(torch.equal(one, other[:rows]) for one, other in zip(few, whole, strict=True)):
                return rows + 1
    except RuntimeError:  # such as: the network has no gradient
        return MIN_ROWS
    return 1


def _bits(network: nn.Module, images: Images) -> tuple[Tensor, Tensor, Tensor]:
    """Logits without gradients, logits with them, and the gradient of one number per image."""
    with torch.no_grad():
        plain: Tensor = network(images)
    with torch.enable_grad():
        point = images.detach().clone().requires_grad_()
        logits = network(point)
        (slope,) = torch.autograd.grad(logits.float().logsumexp(1).sum(), point)
    return plain, logits.detach(), slope
