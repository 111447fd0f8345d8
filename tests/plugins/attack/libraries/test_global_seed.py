"""Global generators are seeded for an attack, and left as they were."""

import numpy as np
import torch

from advspace_plugins.attack.libraries.global_seed import global_seed


def test_global_generators_are_seeded_and_left_alone():
    torch.manual_seed(1)
    np.random.seed(1)
    expected = torch.rand(1).item(), np.random.rand()
    torch.manual_seed(1)
    np.random.seed(1)
    drawn = []
    for part in (5, 5, 6):
        with global_seed(torch.device("cpu"), part):
            drawn.append((torch.rand(1).item(), np.random.rand()))
    assert (torch.rand(1).item(), np.random.rand()) == expected
    assert drawn[0] == drawn[1]
    assert drawn[0][0] != drawn[2][0]
    assert drawn[0][1] != drawn[2][1]
