"""CIFAR-10: 32 x 32 colour images of ten classes, 50,000 to train on and 10,000 to test."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from advspace import AdvspaceError, Dataset, TensorSplit
from advspace.dataset.contract import SplitName
from advspace.shapes import Shape

FOLDER = "cifar-10-batches-py"
NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@dataclass(frozen=True)
class CIFAR10(Dataset):
    """Small photographs, read by torchvision; files with other checksums than the published ones are refused.

    Args:
        root: Folder of `cifar-10-batches-py/`, or this folder itself; a download writes there too.
        download: Fetch missing files once.

    Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
    """

    root: str = "data"
    download: bool = True

    @property
    def shape(self) -> Shape:
        """Red, green and blue of 32 x 32."""
        return 3, 32, 32

    @property
    def classes(self) -> Sequence[str]:
        """Ten names."""
        return NAMES

    def split(self, name: SplitName) -> TensorSplit:
        """Read a split from `root`, or download it first.

        Raises:
            AdvspaceError: the files are missing or damaged and cannot be fetched.
        """
        read = self._read(name)
        pixels = torch.from_numpy(read.data).permute(0, 3, 1, 2).float() / 255
        return TensorSplit(f"cifar10-{name}", pixels, torch.tensor(read.targets), len(NAMES))

    def _read(self, name: SplitName) -> Any:
        import torchvision.datasets

        root = Path(self.root).expanduser()
        root = root.parent if root.name == FOLDER else root
        try:
            return torchvision.datasets.CIFAR10(str(root), train=name == "train", download=self.download)
        except (OSError, RuntimeError) as error:
            failed = "could not be downloaded" if self.download else "is missing or incomplete"
            raise AdvspaceError(
                f"CIFAR10 {failed} ({error}){_other_forms(root)}; put {FOLDER} with its files into {root}, "
                "or set dataset.root to the folder that has it, or dataset.download=true"
            ) from error


def _other_forms(root: Path) -> str:
    """Says which other forms of CIFAR-10 are there, such as `cifar-10-batches-bin`; empty if there are none."""
    others = sorted(path.name for path in root.glob("cifar-10*") if path.name != FOLDER)
    return f" ({', '.join(others)} cannot be read: only {FOLDER} can)" if others else ""
