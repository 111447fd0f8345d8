"""Nearly grey images for the laboratory of known regions."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

import torch

from advspace import Dataset, TensorSplit
from advspace.box import clip
from advspace.checks import at_least
from advspace.dataset.contract import SplitName
from advspace.errors import AdvspaceError
from advspace.seed import generator_of
from advspace.shapes import Shape

MIDDLE = 0.5


@dataclass(frozen=True)
class Lab(Dataset):
    """Images around the middle of the box, all of class 0: the originals for `model=lab`.

    Args:
        dimension: Values of an image, the square of a whole number.
        count: Number of images.
        spread: Standard deviation of a pixel around 0.5.
        class_count: Number of classes; more than two for `model.region=linear`.
    """

    dimension: int = 64
    count: int = 100
    spread: float = 0.01
    class_count: int = 2

    def __post_init__(self) -> None:
        at_least("count", self.count, 1)
        at_least("spread", self.spread, 0)
        at_least("class_count", self.class_count, 2)
        if self.dimension < 4 or isqrt(self.dimension) ** 2 != self.dimension:
            raise AdvspaceError(
                f"dimension must be the square of a whole number, such as 64 or 784, got {self.dimension}"
            )

    @property
    def shape(self) -> Shape:
        """One channel, a square."""
        side = isqrt(self.dimension)
        return 1, side, side

    @property
    def classes(self) -> Sequence[str]:
        """`outside` and `inside`, or numbers."""
        return ["outside", "inside"] if self.class_count == 2 else [f"class {n}" for n in range(self.class_count)]

    def split(self, name: SplitName) -> TensorSplit:
        """The images; those to train on are others."""
        noise = torch.randn(self.count, *self.shape, generator=generator_of("lab", name))
        image = clip(MIDDLE + self.spread * noise)
        return TensorSplit(f"lab-{name}", image, torch.zeros(self.count, dtype=torch.int64), self.class_count)
