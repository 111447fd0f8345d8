"""scikit-learn's handwritten digits: 1,797 real images of 8 x 8, shipped with the package."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from advspace import Dataset, TensorSplit
from advspace.checks import at_least
from advspace.dataset.contract import SplitName
from advspace.errors import AdvspaceError
from advspace.seed import generator_of
from advspace.shapes import Shape

TEST_IMAGES = 597
FILE = Path("datasets", "data", "digits.csv.gz")
"""Path below scikit-learn's folder."""


@dataclass(frozen=True)
class Digits(Dataset):
    """Handwritten digits without a download; the split into 1,200 (train) and 597 (test) is fixed.

    Args:
        padding: Black pixels around each image; 8 makes them large enough for the convnet.
        only: Digits to keep, at least two of them; empty for all ten.

    Source: E. Alpaydin & C. Kaynak, "Optical Recognition of Handwritten Digits" (UCI, 1998), as in scikit-learn.
    """

    padding: int = 0
    only: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        at_least("padding", self.padding, 0)
        if self.only and (len(set(self.only)) < 2 or not set(self.only) <= set(range(10))):
            raise AdvspaceError(f"only must be empty or at least two digits of 0 ... 9, got {list(self.only)}")

    @property
    def shape(self) -> Shape:
        """One channel of 8 x 8 plus the padding."""
        side = 8 + 2 * self.padding
        return 1, side, side

    @property
    def classes(self) -> Sequence[str]:
        """The digits that are kept."""
        return [str(digit) for digit in self._kept]

    def split(self, name: SplitName) -> TensorSplit:
        """The images of one split, in a fixed shuffled order."""
        pixels, digits = _read()
        order = torch.randperm(len(digits), generator=generator_of("digits")).numpy()
        index = order[:TEST_IMAGES] if name == "test" else order[TEST_IMAGES:]
        index = index[np.isin(digits[index], self._kept)]
        images = torch.from_numpy(pixels[index]).float().reshape(-1, 1, 8, 8) / 16
        labels = torch.tensor([self._kept.index(digit) for digit in digits[index]])
        return TensorSplit(f"digits-{name}", functional.pad(images, 4 * (self.padding,)), labels, len(self._kept))

    @property
    def _kept(self) -> list[int]:
        return sorted(set(self.only)) or list(range(10))


@lru_cache(maxsize=1)
def _read() -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Pixels in 0 ... 16, one row per image, and digits; read from the file, as the import of scikit-learn is slow."""
    package = find_spec("sklearn")
    if package and package.origin and (file := Path(package.origin).parent / FILE).is_file():
        table = np.loadtxt(file, delimiter=",")
        return table[:, :-1], table[:, -1].astype(int)
    from sklearn.datasets import load_digits  # for a release that has the file elsewhere

    pixels, digits = load_digits(return_X_y=True)
    return pixels, digits
