"""Which errors mean that memory has run out, on any device."""

import torch

TEXTS = (
    "DefaultCPUAllocator: can't allocate memory",
    "DefaultCPUAllocator: not enough memory",  # on Windows
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "MPS backend out of memory",
    "std::bad_alloc",
)
"""Torch has a type of its own for a GPU's caching allocator only; other errors of memory are known by their text."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch, NumPy or Python means that memory has run out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in TEXTS)
