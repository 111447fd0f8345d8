"""Checks for the tests of plugin authors: `check_noise(SaltPepper())` is a complete test.

Each check tests a plugin against its contract, on the CPU and, if there is one, on CUDA.  It does not need pytest or
our own tests.  A broken clause raises a `ContractError` with the clause and the result in one sentence.
"""

from advspace.testing.analyses import check_analysis as check_analysis
from advspace.testing.attacks import check_attack as check_attack
from advspace.testing.clauses import ContractError as ContractError
from advspace.testing.datasets import check_dataset as check_dataset
from advspace.testing.models import check_model as check_model
from advspace.testing.noises import check_noise as check_noise
from advspace.testing.probes import check_probe as check_probe

__all__ = [
    "ContractError",
    "check_analysis",
    "check_attack",
    "check_dataset",
    "check_model",
    "check_noise",
    "check_probe",
]
