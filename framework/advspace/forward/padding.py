"""Batches that are large enough for a row's result not to depend on the others.

Matrix products of a few rows are done by other kernels than those of many and round differently: the last digit of an
image's logits would depend on its company, and after a hundred steps of an attack so would the adversarial.
"""

import torch
from torch import Tensor

MIN_ROWS = 4
"""Rows from which on a row's result was the same in any batch, on one thread."""


def padded(rows: Tensor) -> Tensor:
    """The rows, the first repeated at the end until there are `MIN_ROWS`; nothing where there are none."""
    if not 0 < len(rows) < MIN_ROWS:
        return rows
    return torch.cat([rows, rows[:1].expand(MIN_ROWS - len(rows), *rows.shape[1:])])
