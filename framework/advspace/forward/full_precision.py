"""Products and convolutions of float32 numbers with all of their digits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import torch
from torch import backends

Value = TypeVar("Value")


@contextmanager
def full_precision() -> Iterator[None]:
    """No TensorFloat-32 and no bfloat16 inside float32 products; torch's switches are as before after the block.

    Torch lets cuDNN round the numbers of a convolution to 10 bits, unless told otherwise.  Then an adversarial image
    near the boundary is one for these roundings alone: on an H200, 10 of 32 photographs lost their class in double
    precision, and logits moved by 0.02 between a batch of 32 and one image (benchmarks/gpu.md).  Who wants speed
    asks for it by name: `precision=bf16-mixed`.
    """
    products, convolutions = _former(torch.get_float32_matmul_precision), _former(lambda: backends.cudnn.allow_tf32)
    new = [(switch, switch.fp32_precision) for switch in _switches()]
    _set_former("highest", False)
    for switch, _ in new:
        switch.fp32_precision = "ieee"
    try:
        yield
    finally:
        _set_former(products, convolutions)
        for switch, value in new:
            switch.fp32_precision = value


def _former(read: Callable[[], Value]) -> Value | None:
    """The value of a switch; none if the user has set the newer ones, beside which torch hides it."""
    with suppress(RuntimeError):
        return read()
    return None


def _set_former(products: str | None, convolutions: bool | None) -> None:
    if products is not None:
        torch.set_float32_matmul_precision(products)
    if convolutions is not None:
        backends.cudnn.allow_tf32 = convolutions


def _switches() -> list[Any]:
    """The switch of each kind of product on each device, from torch 2.9."""
    libraries = (backends.cudnn, backends.mkldnn)
    operations = (getattr(each, name, None) for each in libraries for name in ("conv", "matmul", "rnn"))
    return [each for each in (backends.cuda.matmul, *operations) if hasattr(each, "fp32_precision")]
