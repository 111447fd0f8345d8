"""Inner products of the vectors in an L-BFGS memory, over the free variables."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

Vectors = Float[Tensor, "batch vectors size"]
Products = Float[Tensor, "batch vectors vectors"]
Free = Bool[Tensor, "batch size"]
FEW = 0.25
"""Up to this share of held variables, their products are subtracted; beyond it, those of the free ones are summed."""
PART = 1024
"""Length of the parts in which products over held variables are summed."""


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
    count = (~free).sum(1)
    few = count <= FEW * free.shape[1]
    most = int(count.where(few, 0).amax())
    result = products - _over_held(vectors, free | ~few[:, None], most) if most else products
    many = (~few).nonzero()[:, 0].tolist()
    if many:
        result = result.clone()
    for row in many:
        result[row] = _masked(vectors[row : row + 1], free[row : row + 1])[0]
    return result


def _masked(vectors: Vectors, free: Free) -> Products:
    return _square(vectors * free[:, None].to(vectors.dtype))


def _square(vectors: Vectors) -> Products:
    return torch.bmm(vectors, vectors.transpose(1, 2))


def _over_held(vectors: Vectors, free: Free, most: int) -> Products:
    """Products over the held variables; those of each problem are gathered and filled up with zeros.

    The sum is one of parts of a fixed length, whatever the others of the batch hold: another length would round
    otherwise.
    """
    most = -(-most // PART) * PART
    problem, variable = (~free).nonzero(as_tuple=True)
    count = (~free).sum(1)
    slot = torch.arange(len(problem), device=free.device) - (count.cumsum(0) - count)[problem]
    index = variable.new_zeros(len(free), most).index_put((problem, slot), variable)
    padding = torch.arange(most, device=free.device) >= count[:, None]
    gathered = vectors.gather(2, index[:, None].expand(-1, vectors.shape[1], -1)).masked_fill(padding[:, None], 0)
    parts = gathered.view(*vectors.shape[:2], -1, PART).unbind(2)
    result: Products = sum((_square(part) for part in parts[1:]), _square(parts[0]))
    return result
