"""Batches that are large enough: the result of a row does not depend on the other rows.

Matrix products of few rows use other kernels than those of many rows, and round differently.  So the last digit of an
image's logits would depend on the size of its batch, and after a hundred steps of an attack the adversarial would too.
"""

import torch
from torch import Tensor

MIN_ROWS = 4
"""Smallest batch in which a row's result was the same as in any larger one, on one thread."""


def padded(rows: Tensor, least: int = MIN_ROWS) -> Tensor:
    """The rows, with the first row repeated at the end up to `least` rows; an empty batch stays empty.

    Args:
        rows: Images, or anything else by row.
        least: Smallest batch; that of a network is known to `advspace.forward.few_rows.least_rows`.
    """
    if not 0 < len(rows) < least:
        return rows
    return torch.cat([rows, rows[:1].expand(least - len(rows), *rows.shape[1:])])
