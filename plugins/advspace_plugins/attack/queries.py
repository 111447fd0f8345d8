"""Queries of the attacked model, their answers, and the best query so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn
from torch.linalg import vector_norm

from advspace import answer
from advspace.forward.few_rows import filled, least_rows
from advspace.shapes import Images, Logits, PerImage
from advspace_plugins.attack.asking import Asking, Rows
from advspace_plugins.attack.goal import CLEAR, Goal, slope_of
from advspace_plugins.attack.shapes import Mask, Points


class Answer(NamedTuple):
    """The model's answers at some distortions.

    Args:
        loss: The goal's loss.
        gradient: Its gradient in the distortion.
        score: The goal's score, in logits as the model gives them times the factor of the image.
    """

    loss: PerImage
    gradient: Points
    score: PerImage

    @property
    def finite(self) -> Bool[Tensor, " queries"]:
        """Whether loss and gradient are numbers."""
        return 0 * (self.loss + self.gradient.sum(1)) == 0  # not for infinity and NaN

    def of(self, rows: Tensor) -> "Answer":
        """The answers to some of the queries."""
        return Answer(self.loss[rows], self.gradient[rows], self.score[rows])


@dataclass
class Queries:
    """Loss, gradient and score per query; the smallest distortion that reaches the goal is kept.

    Args:
        model: Frozen network.
        image: Clean images.
        goal: The goal of each image.
        factor: Factor on the logits of each image within loss and score; None for 1.
        evaluations: Gradients spent on each image.
        forwards: Scores without a gradient of each image.
        best: The smallest distortion of each image that reached the goal; NaN before there is one.
        norm: Its length; infinite before there is one.
    """

    model: nn.Module
    image: Images
    goal: Goal
    factor: PerImage | None = None
    evaluations: Int[Tensor, " batch"] = field(init=False)
    forwards: PerImage = field(init=False)
    best: Points = field(init=False)
    norm: PerImage = field(init=False)
    _last: Asking | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        flat = self.image.flatten(1)
        self.evaluations = torch.zeros(len(flat), dtype=torch.int64, device=flat.device)
        self.forwards = torch.zeros(len(flat), device=flat.device)
        self.best = torch.full_like(flat, torch.nan)
        self.norm = flat.new_full((len(flat),), torch.inf)

    @property
    def least(self) -> int:
        """The smallest batch of queries: fewer rows would have other bits."""
        return least_rows(self.model, self.image)

    def ask(self, distortion: Points, rows: Rows, scale: float = 1.0, asked: Mask | None = None) -> Answer:
        """Query the model at distortions of some images.

        Args:
            distortion: One per query.
            rows: The image of each query; where the first appears again, its distortion is the same.
            scale: Factor on the logits within the loss.
            asked: Queries that count; the others only fill the batch.  So do copies of the first, with its distortion.
        """
        asking = self._asking(rows, asked)
        if asking.kept is None or asking.fill is None:
            result = self._answer(asking, distortion, scale)
        else:
            result = self._answer(asking, distortion[asking.kept], scale).of(asking.fill)
        self.evaluations += asking.counts
        self._remember(distortion, rows, result.score, asked)
        return result

    def clean_logits(self, rows: Rows) -> Logits:
        """Logits of some clean images; costs no gradient."""
        self.forwards[rows] += 1
        return answer(self.model, self.image[rows]).float()

    def clean_slopes(self, rows: Rows, classes: Int[Tensor, "queries classes"]) -> Iterator[Points]:
        """Gradients of the logits of some classes minus the largest logit that is not wanted, at clean images.

        Args:
            rows: The image of each query.
            classes: Classes of each query.

        Yields:
            For each column of `classes`, the gradients; each costs one.
        """
        wanted = self.goal.wanted[rows]
        with torch.enable_grad():
            point = self.image[rows].requires_grad_()
            logits = self.model(point).float()
            lead = logits.masked_fill(wanted, -torch.inf).amax(1)
        for column in classes.T:
            self.evaluations[rows] += 1
            with torch.enable_grad():
                gap = logits.gather(1, column[:, None])[:, 0] - lead
                (slope,) = torch.autograd.grad(gap.sum(), point, retain_graph=True)
            yield slope.flatten(1)

    def score_at(self, point: Images, asked: Mask | None = None) -> PerImage:
        """The score at one point per image of the batch; costs no gradient and is not remembered.

        It is in logits as the model gives them, or in larger ones where the factor is above 1.

        Args:
            point: The points.
            asked: Images that count; the others only fill the batch.
        """
        self.forwards += 1 if asked is None else asked
        score = self.goal.score(answer(self.model, point).float())
        return score if self.factor is None else score * self.factor.clamp_min(1)

    def slope_at(self, point: Images) -> Images:
        """Gradient of the score at one point per image of the batch."""
        self.evaluations += 1
        with torch.enable_grad():
            batch = filled(self.model, point.detach()).requires_grad_()
            logits = self.model(batch)[: len(point)]
            (slope,) = torch.autograd.grad(self.goal.score(logits.float()).sum(), batch)
        return slope[: len(point)]

    def _asking(self, rows: Rows, asked: Mask | None) -> Asking:
        live = None if asked is None else asked.tolist()
        if self._last is None or not self._last.serves(rows, live, self.goal):
            self._last = Asking.of(self.image, self.goal, self.factor, rows, live, self.least)
        return self._last

    def _answer(self, asking: Asking, distortion: Points, scale: float) -> Answer:
        with torch.enable_grad():
            point = (asking.image + distortion.view_as(asking.image)).requires_grad_()
            logits = self.model(point).float()
        scores = logits.detach()
        if asking.factor is not None:
            scores = asking.factor * scores
        loss, pull = asking.goal.pull(scores, scale)
        if asking.factor is not None:
            pull = asking.factor * pull
        slope = slope_of(logits, pull, point)
        return Answer(loss, slope.flatten(1), asking.goal.score(scores))

    def _remember(self, distortion: Points, rows: Rows, score: PerImage, asked: Mask | None) -> None:
        norm = vector_norm(distortion, dim=1)
        better = (score > CLEAR) & (norm < self.norm[rows])
        if asked is not None:
            better = better & asked
        if any(better.tolist()):
            which = better.nonzero()[:, 0]
            index = rows[which]
            self.norm[index], self.best[index] = norm[which], distortion[which]
