"""What the tests of the adapters share."""

import pytest
import torch


@pytest.fixture
def plane(linear, generator):
    """Two classes that matter, far from the box: the smallest distortion is |margin| / |difference of the weights|.

    Three more, for losses that look at the third largest logit, are far behind.
    """
    weight = torch.randn(5, 64, generator=generator)
    images = 0.5 + 0.05 * torch.randn(5, 1, 8, 8, generator=generator)
    logits = images.flatten(1) @ weight.T
    bias = torch.tensor([0.0, (logits[:, 0] - logits[:, 1]).min().item() - 4.0, -60.0, -70.0, -80.0])
    model = linear(weight, bias)
    logits = model(images)
    label = logits.argmax(1)
    assert (label == 0).all()
    return model, images, label, (logits[:, 0] - logits[:, 1]) / (weight[0] - weight[1]).norm()
