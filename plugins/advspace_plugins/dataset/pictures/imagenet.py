"""ImageNet-1k, all or part of it, in folders named by WordNet ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advspace import AdvspaceError
from advspace.checks import at_least
from advspace.dataset.contract import SplitName
from advspace_plugins.dataset.pictures.choice import choose
from advspace_plugins.dataset.pictures.pictures import PictureFile, Pictures, PictureSplit
from advspace_plugins.dataset.pictures.tree import files_below, only_pictures, picture_ids, subfolders, tree_of
from advspace_plugins.dataset.pictures.wordnet import class_names, class_number, wordnet_ids


@dataclass(frozen=True, kw_only=True)
class ImageNet(Pictures):
    """Photographs of the 1,000 classes: `n02119789/picture.JPEG` below `root`, or below `root/val` and `root/train`.

    There are always 1,000 classes, even if few are kept.  The choice applies to both splits.

    Args:
        root: Folder of the WordNet folders, or of `val` and `train` that hold them; training needs a `train`.
        only: Classes to keep, as WordNet ids, numbers 0 ... 999 or names; empty for all.
        per_class: Maximum pictures per class, chosen at random; None for all.
        limit: Maximum pictures in total, chosen at random; None for all.
        choice_seed: Seed of these choices.

    Source: Russakovsky et al. 2015, arXiv:1409.0575; ids and names of timm.
    """

    root: str = "data/imagenet"
    only: tuple[str | int, ...] = ()
    per_class: int | None = None
    limit: int | None = None
    choice_seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, count in (("per_class", self.per_class), ("limit", self.limit)):
            if count is not None:
                at_least(name, count, 1)

    @property
    def classes(self) -> Sequence[str]:
        """A thousand different names."""
        return class_names()

    def split(self, name: SplitName) -> PictureSplit:
        """List the pictures of a split; each is read when it is needed.

        Raises:
            AdvspaceError: the folder is missing, has no picture or none of a chosen class, or a folder or a choice is
                not a class of ImageNet.
        """
        tree = tree_of(self.root, name)
        numbers = self._chosen or sorted(class_number(folder) for folder in _class_folders(tree))
        files = _pictures_of(numbers, tree)
        self._check_complete(files, tree)
        if not files:
            raise AdvspaceError(
                f"dataset.root: there is no picture in {tree}; "
                "it must hold a folder for each class, named by its WordNet id, such as n02119789/picture.JPEG"
            )
        return PictureSplit(choose(files, self.per_class, self.limit, self.choice_seed), self.preparation, self.broken)

    @property
    def _chosen(self) -> list[int]:
        return sorted({class_number(key) for key in self.only})

    def _check_complete(self, files: Sequence[PictureFile], tree: Path) -> None:
        missing = sorted(set(self._chosen) - {file.label for file in files})
        if missing:
            wanted = ", ".join(f"{wordnet_ids()[number]} ({class_names()[number]})" for number in missing)
            raise AdvspaceError(
                f"dataset.only: there is no picture of {wanted} in {tree}; put some there or choose other classes"
            )


def _class_folders(tree: Path) -> list[str]:
    folders = subfolders(tree)
    strange = [folder for folder in folders if folder not in wordnet_ids()]
    if strange:
        raise AdvspaceError(
            f"dataset.root: {tree / strange[0]} is not named by one of the 1,000 WordNet ids of ImageNet-1k "
            f"({len(strange)} of {len(folders)} folders are not); remove it, or name classes to keep in dataset.only"
        )
    return folders


def _pictures_of(numbers: Sequence[int], tree: Path) -> list[PictureFile]:
    label = {wordnet_ids()[number]: number for number in numbers}
    paths = only_pictures([path for folder in label for path in files_below(tree / folder)], tree)
    return [
        PictureFile(id_, path, label[path.relative_to(tree).parts[0]])
        for id_, path in zip(picture_ids(paths, tree), paths, strict=True)
    ]
