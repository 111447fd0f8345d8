"""Datasets of picture files; each is read, resized and cropped when it is needed."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from advspace import AdvspaceError, Dataset, LabelledImage, Preparation, Split
from advspace.checks import at_least, one_of
from advspace.dataset.contract import Batch
from advspace.errors import warn
from advspace.pictures.open import PictureError
from advspace.shapes import Shape
from advspace_plugins.dataset.pictures.decode import read_picture
from advspace_plugins.dataset.pictures.transform import prepare

REFUSE, SKIP = "refuse", "skip"


class PictureFile(NamedTuple):
    """A picture file with its stable id and its label; not read yet."""

    id: str
    path: Path
    label: int


@dataclass(frozen=True, kw_only=True)
class Pictures(Dataset):
    """Picture files of any size: three channels, resized and cropped as they are read.

    Args:
        size: Height and width if the model does not specify them; then pictures are resized (bicubic) to 8/7 of it,
            and the center is cropped.
        broken: If a file cannot be read: `refuse` raises an error, `skip` leaves the file out with a warning.
    """

    size: int = 224
    broken: str = REFUSE
    preparation: Preparation = field(init=False)

    def __post_init__(self) -> None:
        at_least("size", self.size, 1)
        one_of("broken", self.broken, (REFUSE, SKIP))
        object.__setattr__(self, "preparation", Preparation(self.size, self.size))

    def prepared(self, preparation: Preparation) -> "Pictures":
        """The same pictures with the preparation of a model."""
        twin = copy(self)
        object.__setattr__(twin, "preparation", preparation)
        return twin

    @property
    def shape(self) -> Shape:
        """Red, green and blue, in the size of the preparation."""
        return 3, self.preparation.height, self.preparation.width


@dataclass(frozen=True)
class PictureSplit(Split):
    """Picture files in a fixed order.

    Args:
        files: The pictures.
        preparation: How each is resized and cropped.
        broken: `refuse` or `skip`.
    """

    files: Sequence[PictureFile]
    preparation: Preparation
    broken: str = REFUSE

    @cached_property
    def ids(self) -> Sequence[str]:
        """Path of each in its tree."""
        return [file.id for file in self.files]

    def __getitem__(self, index: int) -> LabelledImage:
        """Read picture `index`.

        Raises:
            AdvspaceError: it is broken.
        """
        try:
            return self._read(index)
        except PictureError as error:
            raise AdvspaceError(
                f"{error}; repair or remove it, or leave such files out with dataset.broken={SKIP}"
            ) from error

    def __getitems__(self, indices: list[int]) -> Batch:
        """Read several pictures; broken ones are left out if `broken` is `skip`.

        Raises:
            AdvspaceError: one is broken, and `broken` is `refuse`.
        """
        rows = list(self._readable(indices)) if self.broken == SKIP else [self[index] for index in indices]
        return Batch.of(rows, (3, self.preparation.height, self.preparation.width))

    def _readable(self, indices: list[int]) -> Iterator[LabelledImage]:
        for index in indices:
            try:
                yield self._read(index)
            except PictureError as error:
                warn(f"{error}; it is left out")

    def _read(self, index: int) -> LabelledImage:
        file = self.files[index]
        return LabelledImage(file.id, prepare(read_picture(file.path), self.preparation), file.label)
