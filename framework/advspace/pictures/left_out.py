"""Say which files of a folder were left out by their suffix."""

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from advspace.errors import warn_once

LISTED = 5
"""Most suffixes that are named."""


def by_suffix(paths: Iterable[Path], suffixes: Collection[str]) -> tuple[list[Path], list[Path]]:
    """Files with one of `suffixes` (in any case), and the others."""
    sides: tuple[list[Path], list[Path]] = ([], [])
    for path in paths:
        sides[path.suffix.lower() not in suffixes].append(path)
    return sides


def say_left_out(setting: str, folder: Path, paths: Collection[Path], suffixes: Collection[str]) -> None:
    """Warn that files were left out, once for each text; nothing if there are none.

    Args:
        setting: The setting that named the folder.
        folder: The folder.
        paths: The files.
        suffixes: Suffixes of the files that are read.
    """
    if paths:
        warn_once(
            f"{setting}: files in {folder} are left out because of their suffix, {counted_suffixes(paths)}; "
            f"only {', '.join(sorted(suffixes))} are read"
        )


def counted_suffixes(paths: Iterable[Path]) -> str:
    """The suffixes of files with their number, the most common first.

    >>> counted_suffixes([Path("a.heic"), Path("b"), Path("c.HEIC")])
    '.heic (2), none (1)'
    """
    count = Counter(path.suffix.lower() or "none" for path in paths).most_common()
    return ", ".join(f"{suffix} ({number})" for suffix, number in count[:LISTED]) + (", ..." if count[LISTED:] else "")
