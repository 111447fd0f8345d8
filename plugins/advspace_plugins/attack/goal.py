"""The goal of an attack: a loss of the logits to minimise, and a score that is positive on success."""

from dataclasses import dataclass, replace
from math import log

import torch
from jaxtyping import Bool
from torch import Tensor, nn

from advspace import AdvspaceError, aims, margin
from advspace.checks import one_of
from advspace.shapes import Aims, Images, Labels, Logits, PerImage

GOALS = ("min_norm", "confidence")
CLEAR = 1e-4
"""Least score, in logits, of a query that is kept: more than the difference between single and double precision."""


@dataclass(frozen=True)
class Goal:
    """Reach one of the wanted classes, or a probability of them.

    Args:
        wanted: Which classes count as success, per image.
        confidence: Least probability of the wanted classes; None if a positive margin is enough.
        aimed: The wanted classes that the loss pulls to, per image; None for all of them.
    """

    wanted: Aims
    confidence: float | None = None
    aimed: Aims | None = None

    @property
    def pulled(self) -> Aims:
        """The classes that the loss pulls to, per image."""
        return self.wanted if self.aimed is None else self.aimed

    @property
    def free(self) -> Bool[Tensor, " batch"]:
        """Images for which the attack may choose among several classes; none if their joint probability counts."""
        return (self.wanted.sum(1) > 1) & (self.confidence is None)

    def of(self, rows: Tensor) -> "Goal":
        """The goal of some of the images."""
        aimed = None if self.aimed is None else self.aimed[rows]
        return replace(self, wanted=self.wanted[rows], aimed=aimed)

    def pull(self, logits: Logits, scale: float = 1.0) -> tuple[PerImage, Logits]:
        """Minus the logarithm of the probability of the classes aimed at, and its gradient in the logits.

        For one target the loss is the cross-entropy.  Its gradient is that of torch's graph to the last bit; without a
        graph it takes a third of the time.

        Args:
            logits: The model's answer, without its graph.
            scale: Factor on the logits.
        """
        logs = torch.log_softmax(scale * logits, 1)
        among = logs.masked_fill(~self.pulled, -float("inf"))
        within = torch.log_softmax(among, 1)  # of the probabilities among the classes aimed at
        slope = torch.ops.aten._log_softmax_backward_data(within.exp(), logs, 1, logs.dtype)
        return within.amax(1) - among.amax(1), -scale * slope

    def score(self, logits: Logits) -> PerImage:
        """The margin; with a confidence, at most the log-odds of the wanted classes minus those of the confidence."""
        won = margin(logits, self.wanted)
        if self.confidence is None:
            return won
        odds = logits.masked_fill(~self.wanted, -float("inf")).logsumexp(1)
        odds = odds - logits.masked_fill(self.wanted, -float("inf")).logsumexp(1)
        return won.minimum(odds - log(self.confidence / (1 - self.confidence)))


def slope_of(logits: Logits, pull: Logits, point: Images) -> Images:
    """The gradient in the network's input whose gradient in the logits is `pull`.

    A sum costs less than `grad_outputs`, for which torch imports a library of symbols.
    """
    with torch.enable_grad():
        (slope,) = torch.autograd.grad((logits * pull).sum(), point)
    return slope


@dataclass(frozen=True)
class Aim:
    """The settings of a goal, before there are images.

    Args:
        goal: `min_norm`: the closest image that the model gives a wanted class; `confidence`: the closest image whose
            wanted class has at least the probability `confidence`.
        confidence: That probability, in [0.5, 1).

    Raises:
        AdvspaceError: a setting is out of its range.
    """

    goal: str
    confidence: float

    def __post_init__(self) -> None:
        one_of("goal", self.goal, GOALS)
        if not 0.5 <= self.confidence < 1:
            raise AdvspaceError(f"confidence must be in [0.5, 1), got {self.confidence}")

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Goal:
        """The goal for a batch of images."""
        with torch.no_grad():
            classes = model(image[:1]).shape[1]
        confidence = self.confidence if self.goal == "confidence" else None
        return Goal(aims(label, target, classes), confidence)
