"""Inner products of the vectors in an L-BFGS memory, over the free variables."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

Vectors = Float[Tensor, "batch vectors size"]
Products = Float[Tensor, "batch vectors vectors"]
Free = Bool[Tensor, "batch size"]
FEW = 0.25
"""Up to this share of held variables, their products are subtracted; beyond it, those of the free ones are summed."""


def new_products(
    products: Float[Tensor, "all vectors vectors"],
    held: Float[Tensor, "all memory 2 size"],
    rows: Int[Tensor, " batch"],
    slots: Int[Tensor, " batch"],
) -> None:
    """Update the kept products of some problems in place, after a pair was written.

    Args:
        products: Inner products of all vectors.
        held: The pairs.
        rows: The problems.
        slots: The slots of their new pairs.
    """
    latest = slots.new_zeros(len(held)).index_put((rows,), slots)
    newest = held[torch.arange(len(held), device=held.device), latest]
    across = torch.bmm(held.flatten(1, 2), newest.transpose(1, 2))[
        rows
    ]  # of all problems: to select rows would copy the memory
    for slot in (0, 1):
        line = 2 * slots + slot
        products[rows, line] = across[:, :, slot]
        products[rows, :, line] = across[:, :, slot]


def free_products(vectors: Vectors, products: Products | None, free: Free) -> Products:
    """Inner products over the free variables.

    Args:
        vectors: The vectors.
        products: Products over all variables, if they are kept.
        free: The free variables.
    """
    if products is None:
        return _masked(vectors, free)
    most = int((~free).sum(1).amax())
    if most == 0:
        return products
    if most > FEW * free.shape[1]:
        return torch.cat([_masked(vectors[i : i + 1], free[i : i + 1]) for i in range(len(vectors))])
    return products - _over_held(vectors, free, most)


def _masked(vectors: Vectors, free: Free) -> Products:
    kept = vectors * free[:, None].to(vectors.dtype)
    return torch.bmm(kept, kept.transpose(1, 2))


def _over_held(vectors: Vectors, free: Free, most: int) -> Products:
    """Products over the held variables; those of each problem are gathered and padded with zeros."""
    problem, variable = (~free).nonzero(as_tuple=True)
    count = (~free).sum(1)
    slot = torch.arange(len(problem), device=free.device) - (count.cumsum(0) - count)[problem]
    index = variable.new_zeros(len(free), most).index_put((problem, slot), variable)
    padding = torch.arange(most, device=free.device) >= count[:, None]
    gathered = vectors.gather(2, index[:, None].expand(-1, vectors.shape[1], -1)).masked_fill(padding[:, None], 0)
    return torch.bmm(gathered, gathered.transpose(1, 2))
