"""A choice among many pictures that knows nothing of the order of files."""

from collections import Counter
from collections.abc import Sequence

from advspace.seed import seed_of
from advspace_plugins.dataset.pictures.pictures import PictureFile


def choose(files: Sequence[PictureFile], per_class: int | None, limit: int | None, seed: int) -> list[PictureFile]:
    """Choose pictures at random, in the order they have.

    Each picture's rank depends on `seed` and its id only: a smaller choice is part of a larger one, and pictures that
    are added to a tree push out few of those chosen.

    Args:
        files: All there are.
        per_class: Highest number of each class, or None for all.
        limit: Highest number in all, or None.
        seed: Of the choice.
    """
    if per_class is None and limit is None:
        return list(files)
    ranked = sorted(files, key=lambda file: (seed_of(seed, file.id, "choice"), file.id))
    if per_class is not None:
        ranked = _first_of_each(ranked, per_class)
    kept = {file.id for file in ranked[:limit]}
    return [file for file in files if file.id in kept]


def _first_of_each(files: Sequence[PictureFile], per_class: int) -> list[PictureFile]:
    count: Counter[int] = Counter()
    result = []
    for file in files:
        count[file.label] += 1
        if count[file.label] <= per_class:
            result.append(file)
    return result
