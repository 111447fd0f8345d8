"""The class to aim at where any other class counts: the one whose boundary is nearest, not the one with most logit.

The probability of all other classes together follows the largest of their logits, and the sharper the logits are, the
earlier it is decided which.  So an attack that starts there often ends in a class further away.
"""

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from advspace.box import HIGH, LOW
from advspace.forward.padding import padded
from advspace.shapes import Labels
from advspace_plugins.attack.asking import Rows
from advspace_plugins.attack.lbfgsb.exploration import explore
from advspace_plugins.attack.queries import Queries
from advspace_plugins.attack.shapes import Points, Scalars

CLASSES = 10
"""Most classes whose gradients are computed: those with the largest logits."""
RIVAL = 1.5
"""The second class is tried too if its linearised boundary is at most this much further away than the first's."""
PART = 0.2
"""Largest share of a limited number of gradients that the gradients of classes take."""
DOUBLINGS, HALVINGS = 40, 40

PerClass = Float[Tensor, "queries classes"]
Classes = Int[Tensor, "queries classes"]


def most_classes(gradients: int | None) -> int:
    """Number of classes whose gradients are computed; 0 if too few gradients are allowed."""
    most = CLASSES if gradients is None else min(CLASSES, int(PART * gradients))
    return most if most > 1 else 0


def settle(queries: Queries, rows: Rows, most: int, steps: int, scale: float) -> None:
    """Aim each image at one of its wanted classes.

    The two whose linearised boundaries are nearest are tried, with half a walk each.

    Args:
        queries: The model and the images; its goal is replaced.
        rows: Which images.
        most: Number of classes whose gradients are computed, each a gradient of the image; 0 leaves the goal as it is.
        steps: Steps of both walks together; two gradients more are needed.  0 takes the nearest linearised boundary.
        scale: Factor on the logits within the loss.

    Source: Moosavi-Dezfooli et al. 2016, arXiv:1511.04599 (the nearest linearised class).  Departure: in the box.
    """
    if not most:
        return
    distances, classes = _nearest_two(queries, rows, most)
    _aim(queries, rows, classes[:, 0])
    if not steps:
        return
    _walk(queries, rows, steps // 2, scale)
    rival = distances[:, 1] <= RIVAL * distances[:, 0]
    if not bool(rival.any()):
        return
    chosen = padded(rival.nonzero()[:, 0])
    some, before = rows[chosen], queries.norm[rows[chosen]]
    _aim(queries, some, classes[chosen, 1])
    _walk(queries, some, steps // 2, scale)
    better = queries.norm[some] < before
    _aim(queries, some, torch.where(better, classes[chosen, 1], classes[chosen, 0]))


def _walk(queries: Queries, rows: Rows, steps: int, scale: float) -> None:
    clean = queries.ask(torch.zeros_like(queries.image.flatten(1)[rows]), rows, scale)
    explore(queries, clean, rows, steps, scale)


def _aim(queries: Queries, rows: Rows, classes: Labels) -> None:
    """Let the loss of some images pull to one class each; the others keep theirs."""
    goal = queries.goal
    pulled = goal.pulled.clone()
    pulled[rows] = torch.nn.functional.one_hot(classes, pulled.shape[1]) > 0
    queries.goal = replace(goal, aimed=pulled)


def _nearest_two(queries: Queries, rows: Rows, most: int) -> tuple[PerClass, Classes]:
    """Linearised distances of the two nearest classes of each image, and the classes; without a class infinite."""
    logits, wanted = queries.clean_logits(rows), queries.goal.wanted[rows]
    among = logits.masked_fill(~wanted, -torch.inf).topk(min(most, logits.shape[1]), 1).indices
    lead = logits.masked_fill(wanted, -torch.inf).amax(1)
    distances: list[Scalars] = []
    for place, slope in enumerate(queries.clean_slopes(rows, among)):
        gap = lead - logits.gather(1, among[:, place : place + 1])[:, 0]
        distances.append(_to_half_space(queries.image.flatten(1)[rows], slope, gap))
    found = torch.stack(distances, 1).masked_fill(~wanted.gather(1, among), torch.inf)
    nearest = found.topk(2, 1, largest=False)
    return nearest.values, among.gather(1, nearest.indices)


def _to_half_space(image: Points, slope: Points, gap: Scalars) -> Scalars:
    """Length of the shortest step d in the box with slope . d >= gap; infinite if there is none.

    The step is clip(k x slope) for a factor k, which is found by bisection.
    """
    low, high = LOW - image, HIGH - image
    under = torch.zeros_like(gap)
    over = (gap / slope.square().sum(1).clamp_min(torch.finfo(gap.dtype).tiny)).clamp(1e-12, 1e12)

    def gain(factor: Scalars) -> Scalars:
        return (slope * (factor[:, None] * slope).clamp(low, high)).sum(1)

    for _ in range(DOUBLINGS):
        over = torch.where(gain(over) < gap, 2 * over, over)
    for _ in range(HALVINGS):
        middle = (under + over) / 2
        enough = gain(middle) >= gap
        under, over = torch.where(enough, under, middle), torch.where(enough, middle, over)
    length = (over[:, None] * slope).clamp(low, high).norm(dim=1)
    return torch.where(gain(over) >= gap, length, torch.inf)
