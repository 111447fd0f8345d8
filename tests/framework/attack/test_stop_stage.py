"""The stage after any attack: what it moves, what it leaves alone, and what an attack may do afterwards."""

from dataclasses import replace

import pytest
import torch
from given_attack import Given, distance, stage

from advspace import Problem, Stop


@pytest.mark.parametrize("rule", ["given", "algorithm1"])
def test_where_the_attack_ends_nothing_is_moved(plane, rule):
    problem, adversarial, _ = plane
    raw, made = stage(Stop(rule, 1e-5, 0.5), problem, Given(adversarial))
    assert made is raw
    assert torch.equal(made.image, adversarial)


@pytest.mark.parametrize("rule", ["tight", "overshoot"])
def test_failures_stay_and_change_nobodys_result(plane, one_thread, rule):
    problem, adversarial, _ = plane
    spoilt = adversarial.clone()
    spoilt[1], spoilt[4] = torch.nan, problem.image[4]
    _, whole = stage(Stop(rule), problem, Given(adversarial))
    _, made = stage(Stop(rule), problem, Given(spoilt))
    assert made.success.tolist() == [True, False, True, True, False, True]
    assert made.reason[1] == "out of luck"
    assert made.reason[4] == "the attack claims success but the model gives class 0"
    assert made.image[[1, 4]].isnan().all()
    good = made.success
    for name in ("image", "margin", "evaluations", "reached"):
        assert torch.equal(getattr(made, name)[good], getattr(whole, name)[good])
    _, none = stage(Stop(rule), problem, Given(torch.full_like(adversarial, torch.nan)))
    assert none.reason == ("out of luck",) * 6


@pytest.mark.parametrize("rule", ["tight", "overshoot"])
def test_the_same_in_any_batch(plane, same_bits, rule):
    problem, adversarial, _ = plane
    _, whole = stage(Stop(rule), problem, Given(adversarial))
    for rows in ([3], [5, 0], [4, 1, 2, 0, 5]):
        some = Problem(problem.model, problem.image[rows], problem.label[rows], problem.target[rows])
        _, made = stage(Stop(rule), some, Given(adversarial[rows]))
        assert torch.equal(made.image, whole.image[rows])
        assert torch.equal(made.margin, whole.margin[rows])


class Ahead(Given):
    """Wants a lead of one logit, and rounds to tenths where that keeps it."""

    def score_at(self, problem):
        score = super().score_at(problem)
        return lambda point: score(point) - 1.0

    def after_stop(self, problem, made, stop):
        rounded = (made.image * 10).round() / 10
        reached = made.success & (self.score_at(problem)(rounded.nan_to_num(0)) > 0)
        lost = (made.success & ~reached).tolist()
        return replace(
            made,
            image=torch.where(reached[:, None, None, None], rounded, torch.nan),
            success=reached,
            reason=tuple("no tenths" if gone else why for why, gone in zip(made.reason, lost, strict=True)),
            evaluations=made.evaluations + 7,
            extra={"unrounded": distance(made, problem).float(), "beyond": torch.full((3,), stop.beyond)},
        )


def test_an_attacks_own_goal_and_what_it_does_afterwards(linear):
    """The lead is ten times the first pixel less five: none of it at 0.5, one logit at 0.6."""
    model = linear(torch.tensor([[0.0, 0.0], [10.0, 0.0]]), torch.tensor([5.0, 0.0]))
    image = torch.tensor([[0.2, 0.1], [0.2, 0.1], [0.2, 0.1]]).reshape(3, 1, 1, 2)
    adversarial = torch.tensor([[0.95, 0.1], [0.54, 0.1], [torch.nan, 0.1]]).reshape(3, 1, 1, 2)
    problem = Problem(model, image, torch.zeros(3).long(), torch.ones(3).long())
    _, made = stage(Stop("tight", 1e-4), problem, Given(adversarial))
    assert made.image[0].flatten().tolist() == pytest.approx([0.5, 0.1], abs=2e-5)
    _, made = stage(Stop("overshoot", 1e-5, 0.25), problem, Ahead(adversarial))
    assert made.success.tolist() == [True, False, False]
    assert made.reason == ("", "no tenths", "out of luck")
    assert made.image[0].flatten().tolist() == pytest.approx([0.7, 0.1])
    assert made.margin[0] == pytest.approx(2.0, abs=1e-5)
    assert made.extra["unrounded"][:2].tolist() == pytest.approx([0.5, 0.34], abs=1e-4)
    assert made.extra["beyond"].tolist() == [0.25] * 3
    assert made.evaluations.tolist() == [7, 8, 9]
    assert made.survives_8bit.tolist() == [True, False, False]
