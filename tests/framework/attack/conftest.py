"""What the tests of stop rules share."""

import sys

import pytest
import torch

from advspace import Problem


@pytest.fixture
def plane(linear, generator):
    """Two classes and images far from the box; adversarials in any direction, and their share up to the boundary."""
    weight = torch.randn(2, 64, generator=generator)
    image = 0.5 + 0.01 * torch.randn(6, 1, 8, 8, generator=generator)
    behind = (image.flatten(1) @ (weight[0] - weight[1])).min().item() - 0.5
    model = linear(weight, torch.tensor([0.0, behind]))
    normal = weight[1] - weight[0]
    direction = normal / normal.norm() + 0.1 * torch.randn(6, 64, generator=generator)
    lead = (model(image)[:, 0] - model(image)[:, 1]).double()
    share = lead / (direction.double() @ normal.double())
    assert (lead > 0).all()
    adversarial = image + (2.5 * share.float()[:, None] * direction).reshape(image.shape)
    assert ((adversarial > 0.05) & (adversarial < 0.95)).all()
    label = torch.zeros(6, dtype=torch.int64)
    return Problem(model, image, label, label + 1), adversarial, share * direction.double().norm(dim=1)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a source tree that Python imports from; what is imported of it is forgotten afterwards."""
    before = set(sys.modules)

    def write(files, folder=tmp_path):
        for name, source in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        monkeypatch.syspath_prepend(folder)
        return folder

    yield write
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) is None or str(tmp_path) in sys.modules[name].__file__:
            del sys.modules[name]
