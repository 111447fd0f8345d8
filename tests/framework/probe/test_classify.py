"""Points of many cells in one forward pass, against each cell by itself."""

import pytest
import torch
from torch import nn

from advspace.model.contract import freeze
from advspace.noise.offsets import Offsets
from advspace.probe.classify import ClassCounter
from advspace.probe.count import enqueue, tallies, tally


@pytest.fixture
def model(linear, generator):
    return linear(torch.randn(3, 12, generator=generator))


@pytest.mark.parametrize("rows", [8, 13, 400])
def test_cells_that_share_a_pass_are_counted_apart(model, generator, rows):
    center = torch.rand(3, 2, 2, generator=generator)
    noises = [torch.randn(n, 3, 2, 2, generator=generator) * sd for n, sd in ((4, 0.1), (3, 0.5), (1, 2.0))]
    counter = ClassCounter(model, center, 6, rows)
    for number, noise in enumerate(noises):
        steps = Offsets.of(noise)
        enqueue(counter, {"none": 2 * number, "clip": 2 * number + 1}, center, steps, known=steps.applied(1.0))
    for cell, result in enumerate(tallies(counter)):
        alone = tally(model, center, noises[cell // 2], ("none", "clip")[cell % 2])
        assert result.class_counts.tolist() == alone.class_counts.tolist()
        assert result.measured == len(noises[cell // 2])
        assert [result.total, result.square, result.norms, result.moved] == pytest.approx(
            [alone.total, alone.square, alone.norms, alone.moved], rel=1e-5
        )


@pytest.mark.parametrize("policy", ["clip", "none"])
def test_only_the_first_probes_are_measured(model, generator, policy):
    center, noise = torch.full((3, 2, 2), 0.5), torch.randn(9, 3, 2, 2, generator=generator)
    counter = ClassCounter(model, center, 1, 9)
    steps = Offsets.of(noise)
    enqueue(counter, {policy: 0}, center, steps, known=steps.first(4).applied(1.0))
    (result,), alone = tallies(counter), tally(model, center, noise[:4], policy)
    assert (result.measured, int(result.class_counts.sum())) == (4, 9)
    assert (result.total, result.norms, result.moved) == pytest.approx(
        (alone.total, alone.norms, alone.moved), rel=1e-5
    )


def test_the_model_is_asked_as_seldom_as_rows_allow(generator):
    asked = []

    class Counting(nn.Module):
        def forward(self, image):
            asked.append(len(image))
            return image.flatten(1)

    center = torch.rand(1, 2, 2, generator=generator)
    counter = ClassCounter(freeze(Counting()), center, 5, 10)
    for cell in range(5):
        enqueue(counter, {"none": cell}, center, Offsets.of(torch.zeros(4, 1, 2, 2)))
    assert sum(int(result.class_counts.sum()) for result in tallies(counter)) == 20
    assert asked == [8, 8, 4]


def test_models_may_write_over_their_last_logits(generator):
    class Saving(nn.Module):
        def __init__(self):
            super().__init__()
            self.logits = torch.empty(4, 4)

        def forward(self, image):
            return self.logits.copy_(image.flatten(1))

    counter, center = ClassCounter(freeze(Saving()), torch.zeros(1, 2, 2), 2, 4), torch.zeros(1, 2, 2)
    for cell in (0, 1):
        noise = torch.zeros(4, 1, 2, 2)
        noise[:, 0, cell, cell] = 1
        enqueue(counter, {"none": cell}, center, Offsets.of(noise))
    assert counter.counts().tolist() == [[4, 0, 0, 0], [0, 0, 0, 4]]


def test_labels_are_read_in_time(generator, monkeypatch, linear):
    """However many logits wait, the counts are the same."""
    model, center = linear(torch.randn(3, 4, generator=generator)), torch.rand(1, 2, 2, generator=generator)
    noise, result = torch.randn(40, 1, 2, 2, generator=generator), []
    for kept in (0, 20, 1000):
        monkeypatch.setattr("advspace.probe.classify.KEPT", kept)
        counter = ClassCounter(model, center, 1, 8)
        for part in Offsets.of(noise).split(8):
            enqueue(counter, {"clip": 0}, center, part)
        result.append(counter.counts().tolist())
    assert result[0] == result[1] == result[2]
    assert sum(result[0][0]) == 40
