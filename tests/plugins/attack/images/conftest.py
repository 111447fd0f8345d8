"""Images, adversarials of theirs, and a model that knows both."""

import pytest
import torch


@pytest.fixture
def grey(generator):
    """Six images of grey levels and adversarials of theirs; a model that counts how bright the first pixel is."""
    images = torch.randint(0, 200, (6, 1, 4, 5), generator=generator).float() / 255
    images[:, 0, 0, 0] = 0.2
    adversarials = images.clone()
    adversarials[:, 0, 0, 0] = 204 / 255
    return images, adversarials


@pytest.fixture
def colour(generator):
    images = torch.randint(0, 200, (6, 3, 4, 5), generator=generator).float() / 255
    images[:, 0, 0, 0] = 0.2
    adversarials = images.clone()
    adversarials[:, 0, 0, 0] = 204 / 255
    return images, adversarials


@pytest.fixture
def model(linear):
    """Class 1 where the first pixel is brighter than a half."""

    def of(images):
        weight = torch.zeros(3, images[0].numel())
        weight[1, 0] = 10.0
        return linear(weight, torch.tensor([0.0, -5.0, -50.0]))

    return of
