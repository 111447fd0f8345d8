"""A random choice of pictures that does not depend on the order of files."""

from collections import Counter
from collections.abc import Sequence

from advspace.seed import seed_of
from advspace_plugins.dataset.pictures.pictures import PictureFile


def choose(files: Sequence[PictureFile], per_class: int | None, limit: int | None, seed: int) -> list[PictureFile]:
    """Choose pictures at random, and keep their order.

    The rank of a picture depends on `seed` and its id only.  So a smaller choice is part of a larger one, and new
    pictures in a tree change little of the choice.

    Args:
        files: All pictures.
        per_class: Maximum number per class, or None for all.
        limit: Maximum number in total, or None for all.
        seed: Seed of the choice.
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
