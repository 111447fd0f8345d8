"""What is the same for many queries in turn, gathered once: the images, their goals, and which of them are asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from advspace.forward.padding import MIN_ROWS, padded
from advspace.shapes import Images, PerImage
from advspace_plugins.attack.goal import Goal

Rows = Int[Tensor, " queries"]


@dataclass(frozen=True)
class Asking:
    """Some images of a batch, as their queries need them.

    Args:
        rows: The image of each query.
        asked: Queries that count; None for all.
        goals: The goal of each image of the batch.
        kept: Queries that the model must answer; None for all.
        fill: For each query the place of its answer among those.
        image: Clean image of each query that the model answers.
        goal: Their goals.
        factor: Factor on their logits; None for 1.
        counts: Gradients that each image of the batch needs.
    """

    rows: Rows
    asked: Sequence[bool] | None
    goals: Goal
    kept: Int[Tensor, " batch"] | None
    fill: Rows | None
    image: Images
    goal: Goal
    factor: Float[Tensor, "batch 1"] | None
    counts: Int[Tensor, " all"]

    @classmethod
    def of(
        cls,
        image: Images,
        goals: Goal,
        factor: PerImage | None,
        rows: Rows,
        asked: Sequence[bool] | None,
        least: int,
    ) -> "Asking":
        """Gather what the queries need.

        Args:
            image: The whole batch.
            goals: Its goals.
            factor: Factors on its logits.
            rows: The image of each query.
            asked: Queries that count.
            least: Smallest batch of the model.
        """
        chosen = range(len(rows)) if least == MIN_ROWS else _needed(rows.tolist(), asked)
        kept = fill = None
        some, counts = rows, torch.zeros(len(image), dtype=torch.int64, device=rows.device)
        if len(chosen) < len(rows):
            place = {query: index for index, query in enumerate(chosen)}
            fill = torch.tensor([place.get(query, 0) for query in range(len(rows))], device=rows.device)
            kept = padded(torch.tensor(chosen, device=rows.device), least)
            some = rows[kept]
        counts[rows] = 1 if asked is None else torch.tensor(asked, device=rows.device).to(counts.dtype)
        each = None if factor is None else factor[some, None]
        return cls(rows, asked, goals, kept, fill, image[some], goals.of(some), each, counts)

    def serves(self, rows: Rows, asked: Sequence[bool] | None, goals: Goal) -> bool:
        """Whether these are the same queries again."""
        return self.rows is rows and self.asked == asked and self.goals is goals


def _needed(image: list[int], asked: Sequence[bool] | None) -> list[int]:
    """The queries that the model must answer; finished images and copies of the first only fill the batch."""
    return [
        query for query, row in enumerate(image) if (asked is None or asked[query]) and not (query and row == image[0])
    ]
