"""Adversarial images from files of the user."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from advspace import UNTARGETED, Adversarial, Attack
from advspace.progress.ticks import tick
from advspace.shapes import Images, Labels
from advspace_plugins.attack.external import ExternalImages
from advspace_plugins.attack.images.matching import Given, shape_of
from advspace_plugins.attack.refusals import refused

NONE: Sequence[int | None] = (None,)


@dataclass(frozen=True)
class GivenImages(Attack):
    """Read adversarial images from files, and check them like those of any attack.

    An adversarial belongs to the image of the run that equals its original, to half a grey level.  So the order of the
    files and of the run does not matter, and an image that was prepared differently has no match.  One original may
    have several adversarials; the nearest of the wanted class is used.  Without originals, the files must be named by
    the ids of the images, as in the tables.

    Adversarials have a fixed class, and a random target is seldom that class: run with `target=untargeted`.

    Args:
        adversarials: A folder of lossless pictures (8 or 16 bits), a `.npy`, or a `.safetensors` (or a folder of them,
            such as the `tensors` of a run): uint8, or floats in [0, 1]; channels first or last, or none if grey.
        originals: The clean images, of the same kind and in the same order (pictures: with the same names).  Not
            needed if a `.safetensors` holds `image` beside `adversarial`, nor for pictures named by id.
    """

    adversarials: str
    originals: str | None = None
    given: Given = field(init=False, repr=False, compare=False)
    ids: tuple[str, ...] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", Given.read(self.adversarials, self.originals))

    @property
    def depends_on(self) -> None:
        """None: nothing is kept, because the images are in files already."""

    def about(self, ids: Sequence[str]) -> "GivenImages":
        """The same attack with the ids of the next images."""
        twin = copy(self)
        object.__setattr__(twin, "ids", tuple(ids))
        return twin

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Look up the adversarial of each image.

        Raises:
            AdvspaceError: the files hold images of another size.
        """
        adversarials = self.given.adversarials.arranged(shape_of(image)).to(image)
        candidates = self.given.candidates(image, self.ids)
        pairs = [(row, index) for row, indices in enumerate(candidates) for index in indices or NONE]
        rows = [row for row, _ in pairs]
        refusals = refused(image, label, target)
        external = ExternalImages(
            torch.stack([image[row] if index is None else adversarials[index] for row, index in pairs]),
            [refusals[row] or (self.given.missing if index is None else "") for row, index in pairs],
            torch.zeros_like(label[rows]),
        )
        made = external.checked(model, image[rows], label[rows], target[rows])
        tick("attack", len(image))
        return _chosen(made, _best(made, image[rows], rows), target)


def _best(made: Adversarial, image: Images, rows: list[int]) -> list[int]:
    """For each image the index of its nearest adversarial; of its first candidate if none is adversarial."""
    norms: Tensor = (made.image - image).flatten(1).norm(dim=1).where(made.success, torch.inf)
    best: dict[int, int] = {}
    for index, row in enumerate(rows):
        if row not in best or norms[index] < norms[best[row]]:
            best[row] = index
    return [best[row] for row in sorted(best)]


def _chosen(made: Adversarial, indices: list[int], target: Labels) -> Adversarial:
    """One entry per image; if the class is not the target, the reason says what to do."""
    reasons = [made.reason[index] for index in indices]
    text = [
        f"{reason}; target=untargeted takes the class that it has" if aimed and "of class" in reason else reason
        for reason, aimed in zip(reasons, (target != UNTARGETED).tolist(), strict=True)
    ]
    return Adversarial(
        image=made.image[indices],
        success=made.success[indices],
        reason=tuple(text),
        c=made.c[indices],
        margin=made.margin[indices],
        evaluations=made.evaluations[indices],
    )
