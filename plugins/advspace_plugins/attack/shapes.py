"""The shapes of a batch of flat problems, as solvers see images."""

from jaxtyping import Bool, Float
from torch import Tensor

Points = Float[Tensor, "batch size"]
Scalars = Float[Tensor, " batch"]
Mask = Bool[Tensor, " batch"]
