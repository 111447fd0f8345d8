"""When a problem of the solver ends, and why."""

from dataclasses import dataclass
from enum import IntEnum


class End(IntEnum):
    """Why a problem has ended.

    `RUNNING`: it has not.  `GRADIENT`: the projected gradient is within its limit.  `DECREASE`: the relative decrease
    is, and is confirmed if this is wanted.  `NO_DESCENT`: no step along the projected gradient decreases the objective.
    `ITERATIONS`: the limit of iterations is reached.  `NOT_FINITE`: the start has no finite value or gradient.
    """

    RUNNING = 0
    GRADIENT = 1
    DECREASE = 2
    NO_DESCENT = 3
    ITERATIONS = 4
    NOT_FINITE = 5


@dataclass(frozen=True)
class Precision:
    """A problem counts as solved when it meets any of these limits.

    Args:
        decrease: Upper limit of the relative decrease of one step.
        gradient: Upper limit of the projected gradient's components.
        iterations: Maximum steps.
        confirm: Whether an end needs confirmation: a small decrease counts only after a full quasi-Newton step, and
            where the projected gradient promises no larger one; no descent counts only along the gradient.
    """

    decrease: float = 2.2e-9
    gradient: float = 1e-5
    iterations: int = 150
    confirm: bool = True
