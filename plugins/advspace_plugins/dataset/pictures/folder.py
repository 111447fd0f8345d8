"""Any folder of pictures, with or without labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advspace import AdvspaceError
from advspace.checks import one_of
from advspace.dataset.contract import UNLABELLED, SplitName
from advspace_plugins.dataset.pictures.pictures import PictureFile, Pictures, PictureSplit
from advspace_plugins.dataset.pictures.tree import (
    SUBFOLDERS,
    files_below,
    only_pictures,
    picture_ids,
    subfolders,
    tree_of,
)
from advspace_plugins.dataset.pictures.wordnet import class_names, class_number

NONE, FOLDERS, IMAGENET = "none", "folders", "imagenet"


@dataclass(frozen=True, kw_only=True)
class Folder(Pictures):
    """Pictures anywhere below a folder.

    Args:
        root: The folder; its subfolders `val` and `train`, if present, hold the pictures to test and to train on.
        labels: `none`: the label of a picture is the model's own prediction, and the records say so; `folders`: the
            class of a picture is the folder directly below `root` that holds it.
        names: Names of the classes, in the order of the model's logits: `imagenet`, `folders` (those below `root`,
            sorted), or a text file with one name per line.
    """

    root: str = "data/pictures"
    labels: str = NONE
    names: str = IMAGENET

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("labels", self.labels, (NONE, FOLDERS))

    @property
    def classes(self) -> Sequence[str]:
        """Name of each class.

        Raises:
            AdvspaceError: there are no names, or two classes have the same name.
        """
        if self.names == IMAGENET:
            return class_names()
        names = self._folders() if self.names == FOLDERS else _lines(Path(self.names).expanduser())
        if len(names) < 2 or len(set(names)) < len(names):
            twice = next((name for name in names if names.count(name) > 1), None)
            text = f"{len(names)} names" if twice is None else f"'{twice}' twice"
            raise AdvspaceError(f"dataset.names: at least two classes, each with a name of its own, got {text}")
        return names

    def split(self, name: SplitName) -> PictureSplit:
        """List the pictures of a split; each is read when it is needed.

        Raises:
            AdvspaceError: the folder is missing or has no picture, or a picture's class has no name.
        """
        if name == "train" and self.labels == NONE:
            raise AdvspaceError(
                "pictures without labels cannot be trained on; set dataset.labels=folders, "
                "or take a model that has weights (model.weights=...)"
            )
        tree = tree_of(self.root, name)
        paths = only_pictures(files_below(tree), tree)
        if not paths:
            raise AdvspaceError(f"dataset.root: there is no picture in {tree}; put some there or name another folder")
        labels = self._labels([path.relative_to(tree) for path in paths], tree)
        files = [PictureFile(*row) for row in zip(picture_ids(paths, tree), paths, labels, strict=True)]
        return PictureSplit(files, self.preparation, self.broken)

    def _labels(self, paths: Sequence[Path], tree: Path) -> list[int]:
        if self.labels == NONE:
            return len(paths) * [UNLABELLED]
        loose = next((path for path in paths if len(path.parts) == 1), None)
        if loose is not None:
            raise AdvspaceError(
                f"dataset.labels: {tree / loose} is not in a class folder; move it into one, or set dataset.labels=none"
            )
        number = {folder: self._class_of(folder) for folder in {path.parts[0] for path in paths}}
        return [number[path.parts[0]] for path in paths]

    def _class_of(self, folder: str) -> int:
        if self.names == IMAGENET:
            return class_number(folder)
        classes = list(self.classes)
        if folder not in classes:
            raise AdvspaceError(
                f"dataset.labels: folder '{folder}' is not a class of dataset.names={self.names}; rename it"
            )
        return classes.index(folder)

    def _folders(self) -> list[str]:
        trees = [Path(self.root).expanduser() / name for name in SUBFOLDERS.values()]
        present = [tree for tree in trees if tree.is_dir()] or [tree_of(self.root, "test")]
        return sorted({folder for tree in present for folder in subfolders(tree)})


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise AdvspaceError(
            f"dataset.names must be imagenet, folders, or a text file with one name per line, got {path} ({error})"
        ) from error
