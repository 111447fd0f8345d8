"""The form of an attack's result, clause by clause."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from advspace.attack.contract import Adversarial
from advspace.clauses import Clause, tensor_form
from advspace.shapes import Images

INTEGERS = torch.int64, torch.int32


def adversarial_form(made: Any, image: Images) -> Iterator[Clause]:
    """Clauses for the result of an attack, without its claims.

    Args:
        made: What the attack returned.
        image: The images that it attacked.
    """
    count = (len(image),)
    yield "return an advspace.Adversarial", isinstance(made, Adversarial), type(made).__name__
    yield from tensor_form("image", made.image, image, tuple(image.shape))
    flags = isinstance(made.success, torch.Tensor) and made.success.dtype == torch.bool and made.success.shape == count
    yield "give 'success' as a tensor of one flag per image", flags, made.success
    whole = isinstance(made.evaluations, torch.Tensor) and made.evaluations.dtype in INTEGERS
    clause = "give 'evaluations' as a tensor of one whole number per image"
    yield clause, whole and made.evaluations.shape == count, made.evaluations
    counts = made.forwards is None or (
        isinstance(made.forwards, torch.Tensor) and made.forwards.is_floating_point() and made.forwards.shape == count
    )
    yield "give 'forwards' as None or a tensor of one floating-point number per image", counts, made.forwards
    texts = isinstance(made.reason, tuple) and all(isinstance(reason, str) for reason in made.reason)
    clause = "give reasons as a tuple of one text per image"
    yield clause, texts and len(made.reason) == len(image), made.reason
    yield "give 'extra' as names with values", isinstance(made.extra, Mapping), type(made.extra).__name__
    for name, value in {"c": made.c, "margin": made.margin, **made.extra}.items():
        numbers = isinstance(value, torch.Tensor) and value.shape == count and value.is_floating_point()
        yield f"give '{name}' as a tensor of one floating-point number per image", numbers, value


def score_form(score: Any, image: Images) -> Iterator[Clause]:
    """Clauses for the score of some points, by which the stop rule finds the boundary.

    Args:
        score: What the function of `Attack.score_at` returned.
        image: The points, one per image.
    """
    numbers = isinstance(score, torch.Tensor) and score.shape == (len(image),) and score.is_floating_point()
    yield "give the score as a tensor of one floating-point number per image", numbers, score
