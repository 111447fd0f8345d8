"""The authors' published search beside a plain re-telling of it in NumPy, on our own regression."""

import numpy as np
import pytest
import torch
from made_models import Flat
from scipy.optimize import fmin_l_bfgs_b
from scipy.special import logsumexp

from advspace import AdvspaceError
from advspace.registry.components import Components
from advspace.settings import plain
from advspace.training.store import ready_network
from advspace.training.train import train
from advspace_plugins.attack.lbfgsb_scipy.tabacof2015 import Tabacof2015


@pytest.fixture
def regression(compose_config, store):
    """Our regression on digits, and one image of each digit that it knows."""
    config = compose_config("tracking=off")
    parts = Components.of(config)

    def trained():
        made = train(parts.model, parts.dataset, plain(config.trainer), ())
        return made.network, made.says

    network = ready_network(parts.model, parts.dataset, ("digits", "logistic"), store, trained).network
    split = parts.dataset.split("test")
    known = network(split.image).argmax(1) == split.label
    first = [int(torch.nonzero(known & (split.label == digit))[0]) for digit in range(10)]
    return network, split.image[first]


def retold(network, image, label, target):
    """The published loop from its description alone: c and distortion of the last solve, with and without the error."""
    standardise, layer = network[0], network[2]
    mean, unit = float(standardise.mean), float(standardise.deviation)
    weight, bias = layer.weight.double().numpy(), layer.bias.double().numpy()
    pixels = (image.double().numpy().ravel() - mean) / unit
    box = list(zip(-mean / unit - pixels, (1 - mean) / unit - pixels, strict=True))

    def solve(c):
        def value(d):
            logits = weight @ (pixels + d) + bias
            logs = logits - logsumexp(logits)
            wrong = np.exp(logs)
            wrong[target] -= 1
            return c * d @ d - logs[target], 2 * c * d + weight.T @ wrong

        options = {"bounds": box, "m": 15, "maxfun": 150, "factr": 1e7, "pgtol": 1e-5}
        distortion = fmin_l_bfgs_b(value, np.zeros_like(pixels), **options)[0]
        return distortion, (weight @ (pixels + distortion) + bias).argmax()

    first = 0.01
    while solve(first)[1] != label:
        first *= 10
    low, high = 0.0, first
    while high - low >= first / 10:
        before, middle = low, (low + high) / 2
        if solve(middle)[1] == target:
            low = middle
        else:
            high = middle
    return {off: (c / unit**2, unit * solve(c)[0]) for off, c in ((True, before), (False, low))}


def pairs(images, step):
    """Each of ten digits with the target that is `step` classes on."""
    label = torch.arange(10)
    return images, label, (label + step) % 10


def compared(network, image, label, target, off):
    """Insist on c and distortions of the re-told loop; returns their lengths, and those of the other variant."""
    theirs = [retold(network, *row) for row in zip(image, label.tolist(), target.tolist(), strict=True)]
    ours = Tabacof2015(unit=float(network[0].deviation), off_by_one=off)(network, image, label, target)
    assert ours.success.all()
    assert ours.c.tolist() == pytest.approx([told[off][0] for told in theirs], rel=1e-6)
    distortion = (ours.image - image).flatten(1).double().numpy()
    assert np.abs(distortion - [told[off][1] for told in theirs]).max() < 2e-5
    other = [np.linalg.norm(told[not off][1]) for told in theirs]
    return np.linalg.norm(distortion, axis=1), np.array(other)


def test_ten_digits_towards_nine_targets_are_those_of_the_published_loop(regression):
    """The off-by-one moves about half of them: those whose last halving succeeds."""
    network, images = regression
    sets = [pairs(images, step) for step in range(1, 10)]
    whole = (torch.cat([each[item] for each in sets]) for item in range(3))
    off, without = compared(network, *whole, off=True)
    assert (off >= without - 1e-6).all()
    assert 0.3 < (off > 1.001 * without).mean() < 0.7


def test_without_the_off_by_one_the_last_solve_is_that_of_the_search(regression):
    network, images = regression
    without, off = compared(network, *pairs(images, 3), off=False)
    assert (off >= without - 1e-6).all()
    assert (off > 1.001 * without).any()


def test_a_last_solve_that_misses_is_a_failure_with_its_c(linear):
    """A target that the box does not reach; and a model without a gradient."""
    result = Tabacof2015()(Flat(), torch.full((1, 1, 2, 2), 0.3), torch.tensor([0]), torch.tensor([1]))
    assert result.reason == ("the gradient of the loss is zero at the clean image",)
    beyond = linear(torch.tensor([[0.0, 0.0], [0.1, 0.0]]), torch.tensor([1.0, 0.0]))
    result = Tabacof2015()(beyond, torch.full((1, 1, 1, 2), 0.3), torch.tensor([0]), torch.tensor([1]))
    assert result.reason == ("the last solve, at c = 0, does not reach the goal",)
    assert result.image.isnan().all()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"unit": 0.0}, "unit must be > 0, got 0.0"),
        ({"c": -1.0}, "c must be > 0, got -1.0"),
        ({"growth": 1.0}, "growth must be > 1, got 1.0"),
        ({"resolution": 0.0}, "resolution must be > 0, got 0.0"),
        ({"evaluations": 0}, "evaluations must be >= 1, got 0"),
    ],
)
def test_refused(settings, said):
    with pytest.raises(AdvspaceError, match=said):
        Tabacof2015(**settings)
