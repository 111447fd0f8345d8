"""Shapes of a batch of flattened images, as solvers take them."""

from jaxtyping import Bool, Float
from torch import Tensor

Points = Float[Tensor, "batch size"]
Scalars = Float[Tensor, " batch"]
Mask = Bool[Tensor, " batch"]
