"""Types of tensors, with their shapes."""

from jaxtyping import Bool, Float, Int
from torch import Tensor

Image = Float[Tensor, "channel height width"]
Images = Float[Tensor, "batch channel height width"]
Draws = Float[Tensor, "draws channel height width"]
Logits = Float[Tensor, "batch classes"]
Labels = Int[Tensor, " batch"]
Aims = Bool[Tensor, "batch classes"]
PerImage = Float[Tensor, " batch"]
Flags = Bool[Tensor, " batch"]
Shape = tuple[int, int, int]
