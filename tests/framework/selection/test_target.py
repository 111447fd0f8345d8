"""How targets are chosen."""

import pytest
import torch
from scipy.stats import chisquare

from advspace import AdvspaceError
from advspace.selection.target import choose_targets, random_targets, target_class

CLASSES = ["cat", "dog", "cow", "7"]
LOGITS = torch.tensor([[3.0, 2.0, 0.0, 1.0], [-9.0, 5.0, 1.0, 0.0]])
LABEL = torch.tensor([0, 1])


def chosen(rule, logits=LOGITS, label=LABEL, seed=0):
    ids = [f"image-{place}" for place in range(len(label))]
    return choose_targets(rule, logits, label, ids, CLASSES, seed)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("least_likely", [2, 0]), ("runner_up", [1, 2]), (2, [2, 2]), ("2", [2, 2]), ("cow", [2, 2]), ("dog", [1, 1])],
)
def test_rules(rule, expected):
    assert chosen(rule).tolist() == expected


def test_least_likely_is_never_the_label():
    assert chosen("least_likely", torch.tensor([[-5.0, 1.0, 0.0, 2.0]]), torch.tensor([0])).tolist() == [2]


def test_random_is_uniform_over_the_other_classes():
    label = torch.full((3000,), 2)
    targets = chosen("random", torch.zeros(3000, 4), label)
    counts = torch.bincount(targets, minlength=4)
    assert counts[2] == 0
    assert chisquare(counts[[0, 1, 3]].numpy()).pvalue > 1e-6


def test_random_depends_on_seed_and_id_only():
    label = torch.zeros(50, dtype=torch.int64)
    whole = chosen("random", torch.zeros(50, 4), label)
    assert torch.equal(whole[:7], chosen("random", torch.zeros(7, 4), label[:7]))
    assert not torch.equal(whole, chosen("random", torch.zeros(50, 4), label, seed=1))


def test_several_targets_begin_with_the_one_and_are_all_different():
    for id_ in ("image-0", "image-1", "image-2"):
        every = random_targets(2, id_, len(CLASSES), seed=3, count=3)
        assert sorted(every) == [0, 1, 3]
        assert random_targets(2, id_, len(CLASSES), seed=3, count=2) == every[:2]
    first = [random_targets(1, f"image-{place}", len(CLASSES), seed=0, count=3)[0] for place in range(50)]
    assert chosen("random", torch.zeros(50, 4), torch.ones(50, dtype=torch.int64)).tolist() == first


def test_the_order_of_several_targets_is_uniform():
    """Each of the 24 orders of four targets, at p = 1e-6."""
    orders = [tuple(random_targets(0, f"image-{place}", 5, seed=0, count=4)) for place in range(2400)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 24
    assert chisquare(counts).pvalue > 1e-6


@pytest.mark.parametrize("rule", ["nearest", "4", "-1"])
def test_unknown_rule(rule):
    with pytest.raises(AdvspaceError, match=f"target must be random, .*, got {rule}"):
        chosen(rule)


@pytest.mark.parametrize(("rule", "near"), [("randon", "random"), ("least-likely", "least_likely"), ("Tow", "two")])
def test_an_unknown_rule_is_offered_the_nearest(rule, near):
    with pytest.raises(AdvspaceError, match=f", got {rule}; nearest: {near}$"):
        target_class(rule, ["one", "two", "six"])
