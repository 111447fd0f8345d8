"""What a plugin author's tests call: `check_noise(SaltPepper())` is a whole test.

Each check tries a plugin against its contract, on the CPU and, where there is one, on CUDA.  It needs neither pytest
nor anything of our own tests; a broken clause is a `ContractError`, whose one sentence says which and what was found.
"""

from advspace.testing.analyses import check_analysis as check_analysis
from advspace.testing.attacks import check_attack as check_attack
from advspace.testing.clauses import ContractError as ContractError
from advspace.testing.datasets import check_dataset as check_dataset
from advspace.testing.models import check_model as check_model
from advspace.testing.noises import check_noise as check_noise
from advspace.testing.probes import check_probe as check_probe
