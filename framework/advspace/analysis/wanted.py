"""Estimates by name: those that a sweep maximises and that the terminal shows of each run."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from advspace.analysis.contract import Estimate


def wanted_names(headline: Mapping[str, Estimate], wanted: Sequence[str]) -> list[str]:
    """The estimates of a run that are wanted, each once, in the order of priority.

    Args:
        headline: The estimates of the run.
        wanted: Names of estimates, or patterns such as `half_scale/adversarial/*`, in the order of priority.
    """
    return list(dict.fromkeys(name for pattern in wanted for name in headline if fnmatchcase(name, pattern)))
