"""What a network computes for an attack, image by image, and what only fills batches."""

from dataclasses import replace
from functools import partial

import pytest
import torch
from given_attack import Given
from torch import nn

from advspace import Problem, Stop
from advspace.attack.cache import AdversarialCache
from advspace.attack.counting import counted_rows, counting
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import CHECKS, verified
from advspace.model.copying import copied


def whole_stage(attack, stop, problem, cache=None):
    """Attack, verify and stop as a run does; also the number of rows that the network computed."""
    make = counting(partial(attack, problem.model), problem.model)
    with counted_rows(problem.model) as rows:
        if cache is None:
            made = verified(make(problem.image, problem.label, problem.target), *aim(problem))
        else:
            made = cache.adversarials(make, problem.model, problem.image, problem.label, problem.target)
        return stopped(attack, stop, problem, made), rows.count


def aim(problem):
    return problem.model, problem.label, problem.target


def part(problem, rows):
    return Problem(problem.model, problem.image[rows], problem.label[rows], problem.target[rows])


def test_copies_are_counted_and_the_hook_leaves():
    network = nn.Flatten()
    with counted_rows(network) as rows:
        network(torch.zeros(3, 1, 2, 2))
        copied(network)(torch.zeros(2, 1, 2, 2))
    network(torch.zeros(3, 1, 2, 2))
    assert rows.count == 5
    assert not network._forward_hooks


class Counts(Given):
    """Says that it needed four passes without gradients, and computes six rows for each image, and one for all."""

    def __call__(self, model, image, label, target):
        for _ in range(6):
            model(image)
        model(image[:1])
        made = super().__call__(model, image, label, target)
        return replace(made, evaluations=torch.ones_like(label), forwards=torch.full((len(image),), 4.0))


@pytest.mark.parametrize("rule", ["given", "tight", "overshoot"])
def test_all_rows_are_gradients_forwards_or_padding(plane, rule):
    problem, adversarial, _ = plane
    for rows in ([3], [0, 1, 2, 3, 4, 5]):
        made, computed = whole_stage(Counts(adversarial[rows]), Stop(rule), part(problem, rows))
        assert (made.evaluations + made.forwards + made.padding).sum().item() == pytest.approx(computed, rel=1e-5)


def test_forwards_do_not_depend_on_the_batch(plane, one_thread):
    problem, adversarial, _ = plane
    adversarial = adversarial.clone()
    adversarial[1] = torch.nan
    whole, _ = whole_stage(Counts(adversarial), Stop("overshoot"), problem)
    assert whole.forwards[1] == 4 + 2 * CHECKS
    assert (whole.forwards[[0, 2, 3, 4, 5]] > 4 + 2 * CHECKS + 3).all()
    for rows in ([3], [5, 0], [4, 1, 2, 0, 5]):
        made, _ = whole_stage(Counts(adversarial[rows]), Stop("overshoot"), part(problem, rows))
        assert torch.equal(made.forwards, whole.forwards[rows])


def test_the_stop_rule_asks_what_it_says(plane):
    """One image alone: each score that the rule asks for, and two checks before and after."""
    problem, adversarial, _ = plane
    only, calls = part(problem, [2]), []

    class Asked(Counts):
        def score_at(self, problem):
            score = super().score_at(problem)
            return lambda point: calls.append(len(point)) or score(point)

    made, _ = whole_stage(Asked(adversarial[[2]]), Stop("overshoot"), only)
    assert made.forwards.item() == 4 + 2 * CHECKS + len(calls)


def test_an_attack_that_does_not_count_gets_the_mean(plane):
    problem, adversarial, _ = plane

    class Silent(Counts):
        def __call__(self, *given):
            return replace(super().__call__(*given), forwards=None)

    made = counting(partial(Silent(adversarial), problem.model), problem.model)(*aim_images(problem))
    assert made.forwards.tolist() == pytest.approx([(6 * 6 + 1 - 6) / 6] * 6)
    assert made.padding.tolist() == [0.0] * 6


def aim_images(problem):
    return problem.image, problem.label, problem.target


def test_the_cache_keeps_what_was_counted(plane, tmp_path):
    problem, adversarial, _ = plane
    first, _ = whole_stage(Counts(adversarial), Stop("tight"), problem, AdversarialCache(tmp_path, "same"))
    again = AdversarialCache(tmp_path, "same")
    second, computed = whole_stage(Counts(adversarial), Stop("tight"), problem, again)
    assert again.hits == 6
    assert computed < second.forwards.sum().item() + second.padding.sum().item()
    for name in ("evaluations", "forwards", "padding"):
        assert torch.equal(getattr(first, name), getattr(second, name))
