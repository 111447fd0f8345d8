"""Queries of the attacked model, their answers, and the best query so far."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn

from advspace import answer
from advspace.forward.few_rows import filled, least_rows
from advspace.forward.padding import MIN_ROWS, padded
from advspace.shapes import Images, Logits, PerImage
from advspace_plugins.attack.goal import CLEAR, Goal
from advspace_plugins.attack.shapes import Mask, Points

Rows = Int[Tensor, " queries"]


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
        return torch.isfinite(self.loss) & torch.isfinite(self.gradient.sum(1))

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
            rows: The image of each query; an image may appear several times.
            scale: Factor on the logits within the loss.
            asked: Queries that count; the others only fill the batch.
        """
        chosen = self._chosen(distortion, rows, asked)
        if len(chosen) == len(rows):
            result = self._answer(distortion, rows, scale)
        else:
            place = {query: index for index, query in enumerate(chosen)}
            fill = torch.tensor([place.get(query, 0) for query in range(len(rows))], device=rows.device)
            kept = padded(torch.tensor(chosen, device=rows.device), self.least)
            result = self._answer(distortion[kept], rows[kept], scale).of(fill)
        self._remember(distortion, rows, result.score, torch.ones_like(rows) > 0 if asked is None else asked)
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

    def _chosen(self, distortion: Points, rows: Rows, asked: Mask | None) -> Collection[int]:
        """The queries that the model must answer; the others, finished images and copies of the first, only fill.

        All of them, if the model needs four images at once anyway.
        """
        if self.least == MIN_ROWS:
            return range(len(rows))
        image, live = rows.tolist(), [True] * len(rows) if asked is None else asked.tolist()
        return [
            query
            for query, counts in enumerate(live)
            if counts and not (query and image[query] == image[0] and torch.equal(distortion[query], distortion[0]))
        ]

    def _answer(self, distortion: Points, rows: Rows, scale: float) -> Answer:
        goal = self.goal.of(rows)
        with torch.enable_grad():
            point = (self.image[rows] + distortion.reshape(-1, *self.image.shape[1:])).requires_grad_()
            logits = self.model(point).float()
            factor = 1.0 if self.factor is None else self.factor[rows, None]
            loss = goal.loss(factor * logits, scale)
            (slope,) = torch.autograd.grad(loss.sum(), point)
        return Answer(loss.detach(), slope.flatten(1), goal.score(factor * logits.detach()))

    def _remember(self, distortion: Points, rows: Rows, score: PerImage, asked: Mask) -> None:
        self.evaluations[rows] += asked
        norm = distortion.norm(dim=1)
        better = asked & (score > CLEAR) & (norm < self.norm[rows])
        index = rows[better]
        self.norm[index], self.best[index] = norm[better], distortion[better]
