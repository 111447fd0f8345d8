"""Errors that mean that memory has run out."""

import numpy as np
import pytest
import torch

from advspace.memory import is_out_of_memory

HUGE = 10**17


@pytest.mark.parametrize(
    "ask",
    [lambda: torch.empty(HUGE), lambda: np.empty(HUGE), lambda: bytearray(HUGE)],
    ids=["torch", "numpy", "python"],
)
def test_real_errors_on_a_cpu(ask):
    with pytest.raises((RuntimeError, MemoryError)) as caught:
        ask()
    assert is_out_of_memory(caught.value)


@pytest.mark.parametrize(
    ("error", "out"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("DefaultCPUAllocator: can't allocate memory"), False),
    ],
)
def test_others_by_their_type_and_text(error, out):
    assert is_out_of_memory(error) is out
