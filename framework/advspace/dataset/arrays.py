"""Images and labels as people have them: tensors, NumPy arrays, lists of either, in any order in memory."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from advspace.errors import AdvspaceError, cause
from advspace.memory import is_out_of_memory


def tensor_of(name: str, values: Any) -> Tensor:
    """The values as a tensor on the CPU, contiguous and without a history; the number type stays.

    Args:
        name: Name of the argument.
        values: A tensor, a NumPy array, or a list or tuple of either, or of numbers.

    Raises:
        AdvspaceError: the values make no tensor.
    """
    try:
        result = _tensor(values).detach().as_subclass(Tensor).cpu().contiguous()
        return result.clone() if result.is_inference() else result
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise AdvspaceError(
            f"{name} must be a tensor, a NumPy array or a list of equal shapes, got {type(values).__name__} "
            f"({cause(error)})"
        ) from error


def _tensor(values: Any) -> Tensor:
    if isinstance(values, Tensor):
        return values
    if isinstance(values, list | tuple) and values and all(isinstance(value, Tensor) for value in values):
        return torch.stack([value.detach().cpu() for value in values])
    array = np.array(values, order="C")  # a copy: others may be read-only, or strided as torch cannot
    return torch.from_numpy(array.astype(array.dtype.newbyteorder("="), copy=False))
