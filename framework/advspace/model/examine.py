"""A network before it is used: what it does to its input, and whether it answers an image always in the same way."""

import torch
from torch import Tensor, nn

from advspace.errors import AdvspaceError, cause, warn
from advspace.model.contract import logits_of
from advspace.model.guard import LOW_PRECISION, guarded
from advspace.model.probabilities import are_probabilities
from advspace.shapes import Images, Logits, Shape

ROWS = 3
AGAIN = 1e-5
"""Largest difference of two answers to the same batch, as a share of the largest logit.  Most kernels repeat every bit;
those that add in the order of threads differ in the last digits."""
COMPANY = 1e-4
"""The same for an image alone and in a batch: kernels for other numbers of rows add in another order.  Six networks of
timm, with up to 121 layers, differed by 2e-7 at most on a CPU."""
ROUNDINGS = 16
"""Largest difference in low precision, in roundings of one number: each of about a hundred layers rounds, and such
errors grow as the root of their number."""


def examined(network: nn.Module, shape: Shape) -> nn.Module:
    """Ask a network for some random images, and protect the caller's memory from it.

    Args:
        network: Frozen network, pixels to logits.
        shape: Shape of an image.

    Returns:
        The network itself; a guarded one if it writes into its input, reuses its answer, or answers in low precision.

    A network that gives probabilities is warned of.

    Raises:
        AdvspaceError: the network cannot take the images or gives no logits, gives other logits when asked again, or
            other logits for an image alone than in a batch.
    """
    image = torch.rand((ROWS, *shape), generator=torch.Generator().manual_seed(0))
    image *= torch.linspace(1, 0.25, ROWS)[:, None, None, None]  # unlike companions
    safe = guarded(network, image)
    whole = logits_of(safe, image)
    _refuse_chance(safe, image, whole)
    _refuse_company(safe, image, whole)
    if bool(are_probabilities(whole).all()):
        warn(
            "the model gives probabilities in the place of logits: gradients vanish where it is sure, and attacks "
            "fail; leave out its softmax"
        )
    return safe


def has_gradient(network: nn.Module, image: Images) -> bool:
    """Whether torch can differentiate the network's logits by the pixels."""
    with torch.enable_grad():
        point = image.detach().clone().requires_grad_()
        try:
            return bool(network(point).requires_grad)
        except RuntimeError:  # such as: numpy() of a tensor that requires gradients
            return False


def _refuse_chance(network: nn.Module, image: Images, whole: Logits) -> None:
    again = logits_of(network, image)
    apart = _apart(whole, again)
    if apart > max(AGAIN, _epsilon(network, whole)) * _largest(whole):
        raise AdvspaceError(
            f"the model must give the same logits for the same images, got {_differences(whole, again)}; "
            f"switch off what draws random numbers, such as dropout{_training(network)}"
        )


def _refuse_company(network: nn.Module, image: Images, whole: Logits) -> None:
    """An image alone, and the same images in another order."""
    allowed = max(COMPANY, ROUNDINGS * _epsilon(network, whole)) * _largest(whole)
    for rows in (slice(0, 1), slice(1, ROWS)):
        alone = _fewer(network, image[rows])
        if _apart(whole[rows], alone) > allowed:
            raise AdvspaceError(
                "the model must give an image the same logits in any batch, "
                f"got {_differences(whole[rows], alone)} with other images beside it; let it treat each image by "
                f"itself, such as with batch norm in evaluation mode{_training(network)}"
            )


def _fewer(network: nn.Module, image: Images) -> Logits:
    """The logits of some of the images that the network took together."""
    try:
        return logits_of(network, image)
    except AdvspaceError as error:
        if error.__cause__ is None:
            raise
        raise AdvspaceError(
            f"the model must take any number of images at once, got an error for {len(image)} after it took {ROWS} "
            f"({cause(error.__cause__)}); let it treat each image by itself{_training(network)}"
        ) from error


def _apart(one: Tensor, other: Tensor) -> float:
    """Largest difference; infinite if the shapes differ, or if only one of two logits is a finite number."""
    if one.shape != other.shape or not torch.equal(torch.isfinite(one), torch.isfinite(other)):
        return float("inf")
    return float((one - other).nan_to_num(0, 0, 0).abs().max())


def _largest(logits: Logits) -> float:
    return float(logits.nan_to_num(0, 0, 0).abs().max())


def _epsilon(network: nn.Module, logits: Logits) -> float:
    """Relative precision of the network's computations: the lowest of its weights and of its answer."""
    types = {weight.dtype for weight in network.parameters()}
    low = [kind for kind in LOW_PRECISION if kind in types or torch.equal(logits.to(kind).to(logits.dtype), logits)]
    return max((torch.finfo(kind).eps for kind in low), default=0.0)


def _differences(one: Tensor, other: Tensor) -> str:
    """How much two answers differ, in words."""
    if one.shape != other.shape:
        return f"{one.shape[1]} and {other.shape[1]} classes"
    changed = int((one.argmax(1) != other.argmax(1)).sum())
    return (
        f"logits up to {_apart(one, other):.2g} apart, where the largest is {_largest(one):.2g}, "
        f"and another class for {changed} of {len(one)} images"
    )


def _training(network: nn.Module) -> str:
    """The first module that stays in training mode, in words."""
    names = [name or "the network itself" for name, module in network.named_modules() if module.training]
    return f" ({names[0]} is in training mode)" if names else ""
