"""The walk to where the search begins."""

import pytest
import torch
from stopping import attacked
from torch import nn

from advspace_plugins.attack.goal import Aim
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb.exploration import explore
from advspace_plugins.attack.queries import Queries


def walk(model, images, label, target, steps):
    queries = Queries(model, images, Aim("min_norm", 0.9)(model, images, label, target))
    rows = torch.arange(len(images))
    clean = queries.ask(torch.zeros_like(images.flatten(1)), rows)
    return explore(queries, clean, rows, steps), queries


def test_on_a_plane_it_comes_to_the_nearest_point(linear, generator):
    """Two classes, far from the box: the distance is |margin| / |difference of the weights|."""
    weight = torch.randn(2, 64, generator=generator) / 50
    model = linear(weight)
    images = 0.5 + 0.05 * torch.randn(8, 1, 8, 8, generator=generator)
    logits = model(images)
    label = logits.argmax(1)
    point, queries = walk(model, images, label, 1 - label, 60)
    exact = (logits[:, 0] - logits[:, 1]).abs() / (weight[0] - weight[1]).norm()
    assert (point.norm(dim=1) >= exact * (1 - 1e-4)).all()
    assert (point.norm(dim=1) <= exact * 1.03).all()
    assert torch.equal(point, queries.best)
    assert (queries.evaluations == 61).all()


def test_it_begins_at_the_scale_of_the_image(linear, generator):
    """The same problem a hundred times smaller: the same walk, a hundred times smaller."""
    weight = torch.randn(3, 64, generator=generator)
    images = 0.5 + 0.1 * torch.randn(4, 1, 8, 8, generator=generator)
    logits = images.flatten(1) @ weight.T
    label = logits.argmax(1)
    bias = -logits.mean(0)
    large, _ = walk(linear(weight, bias), images, label, (label + 1) % 3, 10)
    small_images = 0.5 + (images - 0.5) / 100
    shift = 0.5 * weight.sum(1) * 99
    small, _ = walk(linear(100 * weight, bias - shift), small_images, label, (label + 1) % 3, 10)
    torch.testing.assert_close(100 * small, large, rtol=2e-3, atol=1e-4)


def test_nan_on_the_way_turns_it_back():
    class Cracked(nn.Module):
        def forward(self, image):
            score = image.flatten(1).mean(1)
            return torch.stack([1 - score, torch.where(score > 0.501, torch.nan, score)], 1)

    point, queries = walk(Cracked(), torch.full((1, 1, 2, 2), 0.3), torch.tensor([0]), torch.tensor([1]), 60)
    assert torch.isfinite(point).all()
    assert queries.norm.item() == pytest.approx(0.4, abs=0.01)


def test_it_finds_better_minima_of_a_deep_net(generator):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        wide = [nn.Linear(64, 200), nn.Linear(200, 200), nn.Linear(200, 200), nn.Linear(200, 10)]
    for layer in wide:
        layer.requires_grad_(requires_grad=False).weight.mul_(3)
    between = [part for layer in wide[:-1] for part in (layer, nn.ReLU())]
    model = nn.Sequential(nn.Flatten(), *between, wide[-1])
    images = torch.rand(64, 1, 8, 8, generator=generator)
    label = model(images).argmax(1)
    target = (label + 1 + torch.randint(9, (64,), generator=generator)) % 10
    begun, walked = (
        (attacked(LBFGSB(explore=steps, logit_scale=1.0), model, images, label, target, stop="tight").image - images)
        .flatten(1)
        .norm(dim=1)
        for steps in (0, 40)
    )
    assert walked.mean() < 0.995 * begun.mean()


@pytest.mark.parametrize(("lead", "longest"), [(0.05, 1.0), (9.0, 0.2)])
def test_an_image_without_a_success_takes_shorter_steps(lead, longest):
    """The slopes of a valley point across it, so long steps leap to and fro; with a small lead there is a success."""

    class Valley(nn.Module):
        def forward(self, image):
            asked.append(image.detach().flatten().clone())
            x, y = image.flatten(1).sub(0.5).unbind(1)
            return torch.stack([torch.full_like(x, lead), y - x.abs()], 1)

    asked, image = [], torch.tensor([0.55, 0.5]).reshape(1, 1, 1, 2)
    walk(Valley(), image, torch.tensor([0]), torch.tensor([1]), 60)
    points = torch.stack(asked[-31:-20]) - image.flatten()
    steps = points.diff(dim=0).norm(dim=1) / points[1:].norm(dim=1)
    assert (steps.max() < longest) & (steps.max() > longest / 10)
