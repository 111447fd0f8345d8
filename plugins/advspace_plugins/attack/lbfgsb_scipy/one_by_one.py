"""A batch attacked image by image in double precision, each with its own search for c."""

from collections.abc import Callable

import torch
from threadpoolctl import threadpool_limits

from advspace import Adversarial, Problem
from advspace.attack.contract import joined, nothing
from advspace.box import clip
from advspace.progress.ticks import tick
from advspace.shapes import Images
from advspace_plugins.attack.goal import Goal
from advspace_plugins.attack.lbfgsb_scipy.double import in_double
from advspace_plugins.attack.lbfgsb_scipy.objective import NotFiniteError, Objective, Point, Vector
from advspace_plugins.attack.refusals import NOT_FINITE, refused

Search = Callable[[Objective], tuple[Point | None, str]]
"""The search for c of one image: the adversarial, or the reason why there is none; it may raise `NotFiniteError`."""
SearchOf = Callable[[Vector, int], Search]
"""The search for an image, given its pixels as one vector and its label."""


def attack_each(problem: Problem, goal: Goal, search_of: SearchOf) -> Adversarial:
    """Attack one image after the other.

    Args:
        problem: The problem.
        goal: The goal of each image.
        search_of: The search for each image.
    """
    double = in_double(problem.model, problem.image) if len(problem.image) else problem.model
    made: list[Adversarial] = []
    with threadpool_limits(1, user_api="blas"):  # vectors are short: more threads are much slower
        for row, reason in enumerate(refused(problem.image, problem.label, problem.target)):
            only = torch.tensor([row], device=problem.image.device)
            objective = Objective(double, problem.image[only].double(), goal.of(only))
            flat = objective.image.flatten().cpu().numpy()
            point, why = (None, reason) if reason else _found(search_of(flat, int(problem.label[row])), objective)
            made.append(_result(problem.image[only], objective, point, why))
            tick("attack")
    return joined(made or [nothing(problem.image)])


def _found(search: Search, objective: Objective) -> tuple[Point | None, str]:
    try:
        return search(objective)
    except NotFiniteError:
        return None, NOT_FINITE


def _result(image: Images, objective: Objective, point: Point | None, reason: str) -> Adversarial:
    """The result of one image; `image` has its own precision, `objective` double precision."""
    adversarial = torch.full_like(image, torch.nan)
    if point is not None:
        shift = torch.from_numpy(point.distortion).reshape(image.shape).to(image.device)
        adversarial = clip(image.double() + shift).to(image.dtype)
    return Adversarial(
        image=adversarial,
        success=torch.tensor([point is not None], device=image.device),
        reason=(reason,),
        c=image.new_tensor([point.c if point else torch.nan]),
        margin=image.new_tensor([point.score if point else torch.nan]),
        evaluations=torch.tensor([objective.evaluations], device=image.device),
    )
