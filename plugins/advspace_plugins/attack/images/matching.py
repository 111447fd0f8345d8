"""Match adversarial images from files to the images of the run."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from advspace import AdvspaceError
from advspace.box import GREY_LEVELS
from advspace.shapes import Images, Shape
from advspace_plugins.attack.images.files import Stack, holds, read_stack

ADVERSARIALS, ORIGINALS = "attack.adversarials", "attack.originals"
EQUAL = 0.5 / GREY_LEVELS + 1e-6
"""Largest difference of pixels that count as equal: half a grey level, as between an image and its PNG."""
PAIRS_CHECKED = 64
Originals = Float[Tensor, "originals channel height width"]


@dataclass(frozen=True)
class Given:
    """Adversarials, and what matches them to images: their originals, or the names of their files.

    Args:
        adversarials: The images to probe.
        originals: The original of each, in the same order; None if the files are named by the images' ids.
    """

    adversarials: Stack
    originals: Stack | None

    @classmethod
    def read(cls, adversarials: str, originals: str | None) -> "Given":
        """Read both, and check that they belong together.

        Raises:
            AdvspaceError: a file cannot be read, or they do not belong together.
        """
        made = read_stack(ADVERSARIALS, adversarials, "adversarial")
        if originals is None and holds(adversarials, "image"):
            originals = adversarials
        if originals is None:
            if not made.names:
                raise AdvspaceError(
                    f"{ORIGINALS} must be given: {made.source} does not say what the adversarials were made from"
                )
            return cls(made, None)
        clean = read_stack(ORIGINALS, originals, "image")
        _check_alike(made, clean)
        return cls(made, clean)

    def candidates(self, image: Images, ids: Sequence[str] | None) -> list[list[int]]:
        """Indices of the adversarials of each image: none, one, or several.

        Args:
            image: Images of the run.
            ids: Their ids; needed if there are no originals.

        Raises:
            AdvspaceError: ids are needed but not known, or the originals have another size.
        """
        if self.originals is not None:
            return _equal(image, self.originals.arranged(shape_of(image)).to(image.device))
        if ids is None:
            raise AdvspaceError(f"{ORIGINALS} must be given where the ids of the images are not known")
        indices = {name: index for index, name in enumerate(self.adversarials.names)}
        return [[indices[id_]] if id_ in indices else [] for id_ in ids]

    @property
    def missing(self) -> str:
        """Why an image has no adversarial."""
        if self.originals is not None:
            return f"no original in {self.originals.source} is this image (to half a grey level)"
        return f"no picture in {self.adversarials.source} has this image's id"


def shape_of(image: Images) -> Shape:
    """Channels, height and width."""
    _, channels, height, width = image.shape
    return channels, height, width


def _equal(image: Images, originals: Originals) -> list[list[int]]:
    """Indices of the originals that equal each image; pixels are compared only if the means agree."""
    means, flat = originals.flatten(1).mean(1), originals.flatten(1)
    result = []
    for one in image:
        near = ((means - one.mean()).abs() <= EQUAL).nonzero().flatten()
        same = (flat[near] - one.flatten()).abs().amax(1) <= EQUAL if len(near) else near > 0
        result.append(near[same].tolist())
    return result


def _check_alike(made: Stack, clean: Stack) -> None:
    if bool(made.names) != bool(clean.names):
        raise AdvspaceError(
            f"{ORIGINALS} and {ADVERSARIALS} must both be folders of pictures, or neither, got {clean.source} and "
            f"{made.source}: pictures are matched by name, arrays by order"
        )
    for some, others in ((made, clean), (clean, made)):
        alone = next((name for name in some.names if name not in others.names), None)
        if alone is not None:
            raise AdvspaceError(
                f"{some.setting}: picture '{alone}' has no counterpart of that name in {others.source}; add it, or "
                "remove this one"
            )
    if len(made) != len(clean):
        raise AdvspaceError(
            f"{ORIGINALS}: {len(made)} adversarials but {len(clean)} originals; give one for each, in order"
        )
    if made.pixel.shape != clean.pixel.shape:
        raise AdvspaceError(
            f"{ORIGINALS}: adversarials are {list(made.pixel.shape[1:])}, originals {list(clean.pixel.shape[1:])}; "
            "give both in one size and one order of channels"
        )
    _check_order(made, clean)


def _check_order(made: Stack, clean: Stack) -> None:
    """Refuse a wrong order: an adversarial must be nearer to its own original than to the median of the others."""
    some = min(len(made), PAIRS_CHECKED)
    if some < 4:
        return
    distance = torch.cdist(made.pixel[:some].flatten(1), clean.pixel[:some].flatten(1))
    others = distance.masked_fill(torch.eye(some, dtype=torch.bool), torch.nan).nanmedian(1).values
    astray = int((distance.diagonal() >= others).sum())
    if astray > some / 4:  # in a random order it is about half
        raise AdvspaceError(
            f"{ORIGINALS}: {astray} of {some} adversarials are no nearer to their own original than to others; "
            "give both in the same order"
        )
