"""Types of tensors, with their shapes, and of tables.

Tables are typed without an import of pandas, which takes a third of a second.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

from jaxtyping import Bool, Float, Int
from torch import Tensor

Image = Float[Tensor, "channel height width"]
Images = Float[Tensor, "batch channel height width"]
Draws = Float[Tensor, "draws channel height width"]
Points = Float[Tensor, "cells draws channel height width"]
Probes = Float[Tensor, "cells draws"]
Logits = Float[Tensor, "batch classes"]
Labels = Int[Tensor, " batch"]
Aims = Bool[Tensor, "batch classes"]
PerImage = Float[Tensor, " batch"]
Flags = Bool[Tensor, " batch"]
Shape = tuple[int, int, int]

if TYPE_CHECKING:
    import pandas as pd

    Frame: TypeAlias = pd.DataFrame
    Column: TypeAlias = "pd.Series[Any]"
else:
    Frame = Column = Any
