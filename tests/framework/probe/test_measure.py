"""What was really added, against adding it up by hand."""

import pytest
import torch

from advspace.noise.offsets import Applied
from advspace.probe.measure import Measurements, measure, measured_draws


def test_more_draws_are_measured_of_smaller_images():
    assert [measured_draws(torch.zeros(shape)) for shape in ((3, 224, 224), (1, 20, 50), (1, 8, 8))] == [100, 100, 1563]


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_what_is_added_to_a_center(memory_format):
    center = torch.tensor([0.5, 0.25]).reshape(2, 1, 1)
    unboxed = torch.tensor([[1.5, 0.25], [0.5, -1.0]]).reshape(2, 2, 1, 1).contiguous(memory_format=memory_format)
    points = unboxed.clamp(0, 1)[None]
    for scratch in (torch.empty_like(points), unboxed[None]):
        result = measure(center, unboxed[None], points, scratch)
        assert result.total.tolist() == [[0.5, -0.25]]
        assert result.norm.tolist() == [[0.5, 0.25]]
        assert result.moved.tolist() == [[1, 1]]


def test_sums_of_cells():
    measurements = Measurements()
    for cell, values in ((2, [1.0, 3.0]), (0, [0.5]), (2, [2.0])):
        each = torch.tensor([values])
        measurements.add([cell], Applied(-each, each, 4 * each))
    first, none, last = measurements.sums(3)
    assert first == (-0.5, 0.5, 0.25, 2.0, 1)
    assert none == (0.0, 0.0, 0.0, 0.0, 0)
    assert last == (-6.0, 6.0, 14.0, 24.0, 3)
    assert Measurements().sums(1) == [none]
