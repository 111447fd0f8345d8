"""MNIST and Fashion-MNIST: 28 x 28 grey images of ten classes, 60,000 to train on and 10,000 to test."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import torch
from torch.nn import functional

from advspace import AdvspaceError, Dataset, TensorSplit
from advspace.checks import at_least
from advspace.dataset.contract import SplitName
from advspace.files.place import place
from advspace.shapes import Shape
from advspace_plugins.dataset.idx.find import find_idx, other_forms
from advspace_plugins.dataset.idx.read import read_idx

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
NEEDED = ", ".join(f"{file}.gz" for pair in FILES.values() for file in pair)
SIDE = 28


@dataclass(frozen=True)
class _IdxImages(Dataset):
    """Images in MNIST's file format.

    Args:
        root: Folder of the four files, gzipped or not, or of `<name>/raw/` with them; a download writes there.
        download: Fetch missing files once.
        padding: Black pixels around each image; 2 gives the 32 x 32 of the paper's authors.
    """

    name: ClassVar[str]
    prefix: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    root: str = "data"
    download: bool = True
    padding: int = 0

    def __post_init__(self) -> None:
        at_least("padding", self.padding, 0)

    @property
    def shape(self) -> Shape:
        """One channel of 28 x 28 plus the padding."""
        side = SIDE + 2 * self.padding
        return 1, side, side

    @property
    def classes(self) -> Sequence[str]:
        """Ten names."""
        return self.names

    def split(self, name: SplitName) -> TensorSplit:
        """Read a split from `root`, or download it first.

        Raises:
            AdvspaceError: the files are missing and cannot be fetched, or are damaged.
        """
        images, labels = (_read_cached(self._path(file)) for file in FILES[name])
        self._check_shapes(images, labels, name)
        pixels = functional.pad(images[:, None].float() / 255, 4 * (self.padding,))
        return TensorSplit(f"{self.prefix}-{name}", pixels, labels.long(), len(self.names))

    def _check_shapes(self, images: torch.Tensor, labels: torch.Tensor, name: SplitName) -> None:
        if images.shape[1:] != (SIDE, SIDE) or labels.shape != images.shape[:1]:
            files = " and ".join(str(self._path(file)) for file in FILES[name])
            raise AdvspaceError(
                f"{self.name}: {files} must hold images of {SIDE} x {SIDE} and one label each, got "
                f"{list(images.shape)} and {list(labels.shape)}; remove them and fetch them again"
            )

    def _path(self, file: str) -> Path:
        path = find_idx(self._folders, file)
        if path is None and self.download:
            self._download()
            path = find_idx(self._folders, file)
        if path is None:
            raise AdvspaceError(
                f"{self.name}: {file} is not in {place(self._raw)}{other_forms(self._folders)}; put {NEEDED} "
                "there, or set dataset.root to the folder that has them, or dataset.download=true"
            )
        return path

    def _download(self) -> None:
        import torchvision.datasets

        try:
            getattr(torchvision.datasets, self.name)(str(Path(self.root).expanduser()), download=True)
        except (OSError, RuntimeError) as error:
            raise AdvspaceError(
                f"{self.name} could not be downloaded ({error}){other_forms(self._folders)}; put "
                f"{NEEDED} into {self._raw}, "
                "or set dataset.root to a folder that has them"
            ) from error

    @property
    def _raw(self) -> Path:
        return Path(self.root).expanduser() / self.name / "raw"

    @property
    def _folders(self) -> tuple[Path, ...]:
        """Where the files may be, the folder of a download first."""
        root = Path(self.root).expanduser()
        return self._raw, root, root / self.name, root / "raw"


@dataclass(frozen=True)
class MNIST(_IdxImages):
    """Handwritten digits.

    Source: LeCun, Cortes & Burges.
    """

    name: ClassVar[str] = "MNIST"
    prefix: ClassVar[str] = "mnist"
    names: ClassVar[tuple[str, ...]] = tuple("0123456789")


@dataclass(frozen=True)
class FashionMNIST(_IdxImages):
    """Articles of clothing.

    Source: Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747.
    """

    name: ClassVar[str] = "FashionMNIST"
    prefix: ClassVar[str] = "fashion-mnist"
    names: ClassVar[tuple[str, ...]] = (
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    )


@cache
def _read_cached(path: Path) -> torch.Tensor:
    return read_idx(path)
