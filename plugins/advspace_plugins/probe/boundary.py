"""The boundary on the way back from an adversarial to its image, and its slope there."""

from dataclasses import dataclass
from math import acos, degrees, nan

import torch
from torch import nn

from advspace import Case, NoiseBlocks
from advspace.forward.memory_format import contiguous
from advspace.probe.contract import Row
from advspace.shapes import Draws, Image, Labels

ROUNDS, STEPS = 4, 16
"""Each round looks at so many points of the part that holds the boundary: 1/65,536 of the distortion is left."""
TIGHT = "tight"
"""Name of the center."""


@dataclass(frozen=True, eq=False)
class Boundary:
    """Where the segment from an adversarial back to its image leaves the target class first.

    Args:
        tight: The last point on the way that has the target class.
        distance: Euclidean length of the distortion; pixels in [0, 1].
        depth: Euclidean distance from the adversarial back to the boundary.
        angle: Between the distortion and the gradient of the target's margin at `tight`, in degrees; NaN if the network
            has no gradient.  It is 0 where the distortion is the shortest one, away from the box.
    """

    tight: Image
    distance: float
    depth: float
    angle: float

    @property
    def row(self) -> Row:
        """The row of the table `boundary`."""
        return {"distance": self.distance, "depth": self.depth, "angle": self.angle}


def to_boundary(model: nn.Module, case: Case, blocks: NoiseBlocks) -> Boundary:
    """Find the boundary along the distortion.

    Args:
        model: Frozen network, pixels to logits.
        case: The image and its adversarial.
        blocks: The number of points in a forward pass, and their memory format.
    """
    low, high = 0.0, 1.0
    for _ in range(ROUNDS):
        shares = torch.linspace(low, high, STEPS + 1, device=case.image.device)[1:-1]
        points = case.image + shares[:, None, None, None] * case.distortion
        classes = classes_of(model, points, blocks)
        outside = (classes != case.target).nonzero().flatten().tolist()
        step = (high - low) / STEPS
        first = 1 + (outside[-1] if outside else -1)  # number of steps up to the last point outside
        low, high = low + first * step, low + (first + 1) * step
    tight = case.adversarial if high >= 1 else case.image + high * case.distortion
    length = float(case.distortion.double().norm())
    return Boundary(tight, length, (1 - high) * length, _angle(model, case, contiguous(tight, blocks.memory_format)))


def classes_of(model: nn.Module, points: Draws, blocks: NoiseBlocks) -> Labels:
    """The classes of some points, in passes of the size and memory format of `blocks`."""
    with torch.no_grad():
        parts = torch.split(points.contiguous(memory_format=blocks.memory_format), blocks.per_forward)
        return torch.cat([model(part).argmax(1) for part in parts])


def _angle(model: nn.Module, case: Case, tight: Image) -> float:
    """Angle between the distortion and the gradient of the target's margin."""
    with torch.enable_grad():
        point = tight.detach().clone()[None].requires_grad_()
        try:
            logits = model(point)[0]
            others = torch.arange(len(logits), device=logits.device) != case.target
            (gradient,) = torch.autograd.grad(logits[case.target] - logits[others].max(), point)
        except RuntimeError:  # the network has no gradient, as one that leaves torch
            return nan
    slope, way = gradient[0].double().flatten(), case.distortion.double().flatten()
    cosine = float(slope @ way / (slope.norm() * way.norm()))
    return degrees(acos(max(-1.0, min(1.0, cosine)))) if cosine == cosine else nan
