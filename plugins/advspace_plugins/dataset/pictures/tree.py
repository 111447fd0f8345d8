"""Folders of picture files."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePath

from advspace import AdvspaceError
from advspace.dataset.contract import SplitName
from advspace.files.place import place
from advspace.pictures.left_out import by_suffix, counted_suffixes, say_left_out

SUFFIXES = frozenset(
    ".apng .bmp .gif .jfif .jpe .jpeg .jpg .pbm .pgm .png .pnm .ppm .tif .tiff .webp".split()  # noqa: SIM905
)
SUBFOLDERS = {"train": "train", "test": "val"}


def tree_of(root: str, split: SplitName) -> Path:
    """The folder of a split: `root/train` to train on; `root/val` to test, or `root` itself if there is no `val`.

    Raises:
        AdvspaceError: there is no such folder.
    """
    top = Path(root).expanduser()
    tree = top / SUBFOLDERS[split]
    if split == "test" and not tree.is_dir():
        tree = top
    if not tree.is_dir():
        also = ", or take a model that has weights (model.weights=...)" if split == "train" else ""
        raise AdvspaceError(
            f"dataset.root: there is no folder {place(tree)}; put the pictures there, or name their folder{also}"
        )
    return tree


def subfolders(tree: Path) -> list[str]:
    """Names of the folders directly below `tree`, sorted; hidden ones are left out."""
    return sorted(entry.name for entry in tree.iterdir() if entry.is_dir() and not entry.name.startswith("."))


def files_below(tree: Path) -> list[Path]:
    """All files below `tree`, sorted; hidden ones are left out.

    Links to folders are followed; a folder with several links is read once.
    """
    result: list[Path] = []
    seen: set[str] = set()
    for folder, inner, files in os.walk(tree, followlinks=True):
        seen.add(os.path.realpath(folder))
        inner[:] = sorted(name for name in inner if not name.startswith(".") and _real(folder, name) not in seen)
        here = [Path(folder, name) for name in files if not name.startswith(".")]
        result += [path for path in here if path.is_file()]
    return sorted(result)


def only_pictures(files: Sequence[Path], tree: Path) -> list[Path]:
    """The files with the suffix of a picture; a warning says which suffixes the others have.

    Raises:
        AdvspaceError: there are files, but none has the suffix of a picture.
    """
    pictures, others = by_suffix(files, SUFFIXES)
    if others and not pictures:
        raise AdvspaceError(
            f"dataset.root: there is no picture in {tree}, only files with the suffix {counted_suffixes(others)}; "
            "put some there or name another folder"
        )
    say_left_out("dataset.root", tree, others, SUFFIXES)
    return pictures


def picture_ids(paths: list[Path], tree: Path) -> list[str]:
    """A stable id for each picture: its path below `tree`, such as `n02119789/kit_fox_example1`.

    The suffix is left out, unless two pictures differ in it alone.
    """
    paths = [path.relative_to(tree) for path in paths]
    count = Counter(path.with_suffix("") for path in paths)
    return [_text(path if count[path.with_suffix("")] > 1 else path.with_suffix("")) for path in paths]


def _real(folder: str, name: str) -> str:
    return os.path.realpath(os.path.join(folder, name))


def _text(path: PurePath) -> str:
    r"""The path as text for any table, even if its bytes are not UTF-8; different paths have different texts.

    >>> _text(PurePath(os.fsdecode(b"caf\xe9"))), _text(PurePath(r"caf\xe9"))
    ('caf\\xe9', 'caf\\\\xe9')
    """
    return os.fsencode(path.as_posix()).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")
