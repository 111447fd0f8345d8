"""Points of many cells in one forward pass, against each cell by itself."""

import pytest
import torch
from torch import nn

from advspace.model.contract import freeze
from advspace.probe.classify import ClassCounter


@pytest.fixture
def model(linear, generator):
    return linear(torch.randn(3, 12, generator=generator))


def add(counter, points, cells=(0,)):
    for rows in counter.enqueue(cells, len(points)):
        rows.copy_(points)


class Sizes(nn.Module):
    """Takes the pixels for logits, and keeps the sizes of its batches."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def forward(self, image):
        self.sizes.append(len(image))
        return image.flatten(1)


@pytest.mark.parametrize("rows", [8, 13, 400])
def test_cells_that_share_a_pass_are_counted_apart(model, generator, rows):
    points = [torch.randn(count, 3, 2, 2, generator=generator) for count in (4, 3, 1, 4)]
    counter = ClassCounter(model, points[0][0], rows)
    cells = [(counter.cell(), counter.cell()) for _ in points]
    for pair, images in zip(cells, points, strict=True):
        add(counter, images, pair)
    expected = [model(images).argmax(1).bincount(minlength=3).tolist() for images in points]
    assert counter.counts() == [counts for counts in expected for _ in range(2)]


def test_the_model_is_called_as_seldom_as_rows_allow(generator):
    model = Sizes()
    counter = ClassCounter(freeze(model), torch.rand(1, 2, 2, generator=generator), 10)
    for _ in range(5):
        add(counter, torch.zeros(4, 1, 2, 2), [counter.cell()])
    assert sum(map(sum, counter.counts())) == 20
    assert model.sizes == [8, 8, 4]


def test_free_rows(generator):
    counter = ClassCounter(freeze(Sizes()), torch.rand(1, 2, 2, generator=generator), 10)
    cell, free = counter.cell(), [counter.free]
    for count in (4, 6, 3):
        add(counter, torch.zeros(count, 1, 2, 2), [cell])
        free.append(counter.free)
    assert free == [10, 6, 10, 7]


def test_models_may_write_over_their_last_logits():
    class Saving(nn.Module):
        def __init__(self):
            super().__init__()
            self.logits = torch.empty(4, 4)

        def forward(self, image):
            return self.logits.copy_(image.flatten(1))

    counter = ClassCounter(freeze(Saving()), torch.zeros(1, 2, 2), 4)
    for number in (0, 3):
        points = torch.zeros(4, 1, 2, 2)
        points.view(4, 4)[:, number] = 1
        add(counter, points, [counter.cell()])
    assert counter.counts() == [[4, 0, 0, 0], [0, 0, 0, 4]]


@pytest.mark.parametrize("kept", [0, 20, 1000])
def test_cells_may_begin_at_any_time_and_logits_be_counted(model, generator, monkeypatch, kept):
    """However many logits wait, the counts are the same."""
    monkeypatch.setattr("advspace.probe.classify.KEPT", kept)
    points = torch.randn(40, 3, 2, 2, generator=generator)
    counter = ClassCounter(model, points[0], 8)
    for part in points.split(5):
        add(counter, part, [counter.cell()])
    expected = [model(part).argmax(1).bincount(minlength=3).tolist() for part in points.split(5)]
    assert counter.counts() == expected
    assert counter.counts() == expected


def test_points_are_in_the_memory_format_asked_for():
    seen = []

    class Seeing(nn.Module):
        def forward(self, image):
            seen.append(image.is_contiguous(memory_format=torch.channels_last))
            return image.flatten(1)

    for memory_format in (torch.channels_last, torch.contiguous_format):
        counter = ClassCounter(freeze(Seeing()), torch.zeros(2, 3, 3), 4, memory_format)
        add(counter, torch.zeros(4, 2, 3, 3), [counter.cell()])
        counter.counts()
    assert seen == [True, False]


def test_cells_with_logits_that_are_not_finite_are_named(linear):
    """NaN on a dark point, which is in the second cell only."""
    model = nn.Sequential(Root(), linear(torch.ones(2, 4)))
    counter = ClassCounter(model, torch.ones(1, 2, 2), 4)
    for point in (1.0, -1.0, 0.5):
        add(counter, torch.full((2, 1, 2, 2), point), [counter.cell()])
    assert counter.not_finite() == [1]
    assert [sum(counts) for counts in counter.counts()] == [2, 0, 2]


class Root(nn.Module):
    def forward(self, image):
        return image.sqrt()


def test_logits_that_are_known_are_counted_beside_points_that_wait(model, generator):
    points = torch.randn(9, 3, 2, 2, generator=generator)
    counter = ClassCounter(model, points[0], 100, labelled=True)
    waiting, known, later = (counter.cell() for _ in range(3))
    add(counter, points[:4], [waiting])
    counter.add_logits([known, later], model(points[4:8]).view(2, 2, 3))
    add(counter, points[8:], [waiting])
    expected = model(points).argmax(1).tolist()
    assert [labels.tolist() for labels in counter.labels()] == [
        expected[:4] + expected[8:],
        expected[4:6],
        expected[6:8],
    ]
    assert [sum(counts) for counts in counter.counts()] == [5, 2, 2]
